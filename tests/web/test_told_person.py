"""The sender's team says that the person was told when and where: Today rests, and the other side reads nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from hamkori.casework.case.actions import team
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import confirm, receive
from hamkori.casework.referral.models import Referral, ReferralClock, ReferralOrigin, ReferralStep
from hamkori.casework.work.queries.order import cards
from hamkori.casework.work.queries.today import today as found_today
from hamkori.notices.models import Notice
from hamkori.refusal import Invalid, NotAllowed, NotNow
from hamkori.web.templatetags.kit import grouped
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text, records
from tests.web.test_agreed_by_telephone import agreed as agreed_by_telephone
from tests.web.test_did_not_get_there import MISSING, missed
from tests.web.test_place_found import ASKS, BOTH, NEEDED, ROW, file, found, until
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db

LEAD, ABOVE, HELPER, DESK = "caseworker-cso", "supervisor-cso", "shelter-worker", "desk-shelter"
TELL, READ, I_TOLD = "Tell the person the time", "Read the hour", "I told the person"
NO_HOUR, CALL_THEM = "no hour and no place written", "no hour and no place written: call them"
GETS_THERE = "Today: whether the person gets there"


def accepted(house: Senders, meeting: dict[str, str] | None = None) -> Referral:
    """A place that is accepted for now."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral, meeting, part="now")
    pass_time(minutes=1)
    return referral


def today(house: Senders, who: str = LEAD) -> str:
    return page_text(house.browser(who).get("/"))


def page(house: Senders, referral: Referral, who: str = LEAD) -> str:
    return house.browser(who).get(f"/referrals/{referral.code}/").content.decode()


def section(house: Senders, title: str, who: str = LEAD) -> str:
    """What stands under this heading of Today."""
    whole = house.browser(who).get("/").content.decode()
    return whole.partition(f">{title}<")[2].partition("</section>")[0]


def says(house: Senders, referral: Referral, answer: str, shown: str) -> tuple[int, str]:
    """The button of this page, pressed."""
    at = f"/referrals/{referral.code}/tell_person/"
    assert f'name="answer" value="{answer}"' in shown
    done = house.browser().post(at, {**form_of(shown, at)[1], "answer": answer}, follow=True)
    return done.status_code, page_text(done)


def stands(referral: Referral) -> tuple[object, ...]:
    with god():
        one = Referral.objects.get(pk=referral.pk)
        clock = ReferralClock.objects.filter(referral=one).values_list("clock_code", "due_at", "next_at")
        return one.version, one.state_code, one.heard_code, [*clock], Notice.objects.count()


def steps(referral: Referral) -> list[str]:
    with god():
        said = ReferralStep.objects.filter(referral=referral, step_code="tell_person").order_by("at")
        return [*said.values_list("reason_code", flat=True)]


def test_i_told_the_person_is_one_press_on_today_and_moves_nothing(house: Senders) -> None:
    """Red before: "Tell the person the time" went on after they were told, and nobody could know."""
    referral = accepted(house, {"hour": "soon"})
    house.browser().get(f"/referrals/{referral.code}/?open=meeting")
    before = section(house, "Accepted for today")
    # Red before: a button "Tell the person the time" beside "I told the person", and each reads as if it said so; and
    # "The person is expected: NGO shelter", which says nothing of what is to do.
    assert f'href="/referrals/{referral.code}/?open=hour#hour">{READ}' in before
    assert f">{TELL}: NGO shelter" in before
    assert before.count(TELL) == 1, "the title of the row, and no button"
    assert I_TOLD in before
    stood = stands(referral)
    status, said = says(house, referral, "told", house.browser().get("/").content.decode())
    # Red before: nobody read of whom, on a Today with several.
    code = grouped(_case(referral).code).replace("\u00a0", " ")
    assert (status, f"Saved: you told the person (case {code})." in said) == (200, True)
    assert "<title>Today" in house.browser().get("/").content.decode()
    assert stands(referral) == stood, "no state, no clock, no notice"
    assert steps(referral) == ["told"]
    assert "Accepted for today" not in said
    assert (READ in said, I_TOLD in said) == (False, False)
    row = page_text(house.browser().get("/")).partition(GETS_THERE)[2]
    assert "The person is expected: NGO shelter" in row
    assert "told today " in row
    assert "Open the referral" in row
    # A colleague, the supervisor and the worker in the afternoon read it too.
    assert "told today " in section(house, GETS_THERE, ABOVE)
    for who in (LEAD, ABOVE):
        assert "told the person today " in page_text(house.browser(who).get(f"/referrals/{referral.code}/")), who
        assert "Your team said: the person was told what was agreed" in page(house, referral, who), who
    case = page_text(house.browser().get(f"/cases/{_case(referral).code}/"))
    assert "the person was told today " in case
    assert TELL not in case
    # Red before: "telling the person when and where", and beside it the same in other words.
    assert "elling the person when" not in case
    assert case.partition("What happened")[2].lower().count("told what was agreed") == 1


def _case(referral: Referral) -> Case:
    with god():
        return ReferralOrigin.objects.get(referral=referral).case


def test_where_no_hour_is_written_the_row_says_whom_to_call_and_no_press_says_that_they_were_told(
    house: Senders,
) -> None:
    """Red before: "Tell the person the time · I told the person", and nowhere that there is no time to tell."""
    records(house)
    referral = accepted(house)
    row = section(house, "Accepted for today")
    assert CALL_THEM in row
    assert re.search(r"Shelter Kulob, 00.11", row), "their number stands there, beside the name"
    assert (TELL in row, I_TOLD in row) == (False, False)
    assert f'href="/referrals/{referral.code}/">Open the referral' in row
    supervised = section(house, "Accepted for today", ABOVE)
    assert (NO_HOUR in supervised, CALL_THEM in supervised) == (True, False), "the team calls"
    at = f"/cases/{_case(referral).code}/"
    case = page_text(house.browser().get(at))
    assert (CALL_THEM in case, TELL in case) == (True, False)
    assert CALL_THEM not in page_text(house.browser(ABOVE).get(at))
    assert I_TOLD in page(house, referral), "there it stands below what is not known"
    assert says(house, referral, "told", page(house, referral))[0] == 200
    assert NO_HOUR not in today(house)
    assert NO_HOUR not in page_text(house.browser().get(at))
    written = accepted(house, {"hour": "soon"})
    assert NO_HOUR not in section(house, "Accepted for today"), written.code


def test_the_page_says_it_and_takes_it_back(house: Senders) -> None:
    referral = accepted(house)
    assert "Nobody has said yet that the person was told." in page(house, referral, ABOVE)
    assert I_TOLD not in page(house, referral, ABOVE), "the team tells"
    assert "nobody has said yet that the person was told" in section(house, "Accepted for today", ABOVE)
    old = page(house, referral)
    status, said = says(house, referral, "told", old)
    assert (status, "asks you to tell it again. To Today" in said) == (200, True), "red before: no way on"
    assert I_TOLD not in page(house, referral)
    pass_time(minutes=1)
    at = f"/referrals/{referral.code}/tell_person/"
    twice = house.browser().post(at, {**form_of(old, at)[1], "answer": "told", "operation": str(uuid4())})
    assert twice.status_code == 409, "a second window says no second time"
    assert "Somebody has said already that the person was told." in page_text(twice)
    status, said = says(house, referral, "not_told", page(house, referral))
    assert (status, "Saved: the person was not told yet (case" in said) == (200, True)
    assert "nobody has said" not in section(house, "Accepted for today")
    assert NO_HOUR in section(house, "Accepted for today")
    assert "Your team said: the person was not told yet" in page(house, referral)
    assert steps(referral) == ["told", "not_told"]
    with house.as_() as zarina, pytest.raises(NotNow, match="is_told"):
        confirm.tell_person(zarina, _fresh(referral), version=_fresh(referral).version, answer="not_told")


def _fresh(referral: Referral) -> Referral:
    with god():
        return Referral.objects.get(pk=referral.pk)


@pytest.mark.parametrize("step", ["meet", "expect"])
def test_another_hour_is_told_again_and_no_older_page_says_that_it_was(house: Senders, step: str) -> None:
    referral = accepted(house)
    old = page(house, referral)
    assert says(house, referral, "told", old)[0] == 200
    pass_time(minutes=1)
    told = page(house, referral)
    with house.as_(HELPER) as parvina:
        mine = _fresh(referral)
        on, part, line = mine.arrival_on, mine.arrival_part_code, {"hour": "later"}
        assert on is not None
        if step == "expect":
            on, part, line = on + timedelta(days=1), "morning", {}
        receive.expect(parvina, mine, version=mine.version, arrival_on=on, arrival_part=part, meeting=line or None)
    pass_time(minutes=1)
    shown = page(house, referral)
    assert "told the person today" not in page_text(house.browser().get(f"/referrals/{referral.code}/"))
    assert (I_TOLD in shown) == (step == "expect"), "another hour is read first"
    if step == "meet":
        assert READ in section(house, "Accepted for today")
    at = f"/referrals/{referral.code}/tell_person/"
    for answer, form in (("told", form_of(old, at)[1]), ("not_told", form_of(told, at)[1])):
        stale = {**form, "answer": answer, "operation": str(uuid4())}
        refused = house.browser().post(at, stale)
        assert refused.status_code == 409, answer
        assert "Read when and where the person is expected" in page_text(refused), answer
    assert steps(referral) == ["told"]
    read = house.browser().get(f"/referrals/{referral.code}/?open=meeting").content.decode()
    assert says(house, referral, "told", read)[0] == 200


def test_the_receiver_reads_nothing_of_it(house: Senders) -> None:
    referral = accepted(house)
    shown = {who: page(house, referral, who) for who in (HELPER, DESK)}
    assert says(house, referral, "told", page(house, referral))[0] == 200
    for who in (HELPER, DESK):
        now = page(house, referral, who)
        for word in ("was told when", "told the person", "tell_person"):
            assert word not in now, (who, word)
        assert now.count("<li") == shown[who].count("<li"), who
    with house.as_(HELPER):
        assert not ReferralStep.objects.filter(referral=referral, step_code="tell_person").exists()
    for who in (ABOVE, HELPER, DESK):
        with house.as_(who) as actor, pytest.raises(NotAllowed):
            confirm.tell_person(actor, _fresh(referral), version=_fresh(referral).version, answer="told")


def test_nobody_is_told_before_a_yes_nor_after_the_person_came(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)

    def tells(answer: str = "told") -> None:
        with house.as_() as zarina:
            confirm.tell_person(zarina, _fresh(referral), version=_fresh(referral).version, answer=answer)

    with pytest.raises(NotNow, match="from_state"):
        tells()
    assert I_TOLD not in page(house, referral)
    house.accepted(referral, part="now")
    with pytest.raises(Invalid):
        tells("Canary-Name")
    with house.as_(HELPER) as parvina:
        receive.serve(parvina, _fresh(referral), version=_fresh(referral).version)
    with pytest.raises(NotNow, match="from_state"):
        tells()
    assert I_TOLD not in page(house, referral)


def test_who_was_told_is_asked_about_when_it_is_time(house: Senders) -> None:
    until(9)  # no midnight is passed, after which the case lacks its next step
    referral = accepted(house)
    assert says(house, referral, "told", page(house, referral))[0] == 200
    pass_time(hours=4)
    with house.as_() as zarina:
        lists = {card: [row.what for row in rows] for card, rows in cards(found_today(zarina, "en")).items() if rows}
    assert lists["late"] == ["sent.arrival"]
    assert "Did the person arrive? NGO shelter" in today(house)
    assert I_TOLD not in page(house, referral), "now it is asked whether the person came"


def test_who_is_missing_stands_above_who_is_to_be_told(house: Senders) -> None:
    """Red before: "Accepted for today" stood above the row of somebody of whom nobody knows whether they are safe."""
    accepted(house)
    missed(house)
    shown = today(house)
    assert 0 < shown.index(MISSING) < shown.index(NO_HOUR)


def test_a_place_that_was_found_stands_under_a_heading_that_is_true(house: Senders) -> None:
    """Red before: first under "Today and soon"; and nobody said until when it is asked."""
    until(21)
    case = house.case(NEEDED)
    found(house, case)
    for who in BOTH:
        assert ROW in section(house, GETS_THERE, who), who
    assert "Today asks this until tomorrow 12:00" in page_text(house.browser().get(f"/cases/{case.code}/"))
    accepted(house)
    missed(house)
    shown = today(house)
    assert "Accepted for today" not in shown, "it stands among the calls"
    order = ["Call now", NO_HOUR, GETS_THERE]
    assert sorted(order, key=shown.index) == order
    until(7)
    assert "Today asks this until today 12:00" in page_text(house.browser().get(f"/cases/{case.code}/"))
    assert ASKS in file(house, case)


def test_beside_an_hour_that_is_written_stands_no_second_time(house: Senders) -> None:
    """Red before: both sides read "now, by 23:37" beside the hour, which is locked."""
    bare, written = accepted(house), accepted(house, {"hour": "soon"})
    said = "hour and place: open to read"
    for who in (LEAD, HELPER):
        assert said not in page(house, bare, who), who
        assert "now, by " in page(house, bare, who), who
        assert page(house, written, who).count("our and place: open to read") == (who == HELPER), (
            "once: it is locked below"
        )
        assert "now; what" not in page(house, written, who), "the hour may be another one"
        assert "now, by " not in page(house, written, who), who
    assert "Arrival:" in page_text(house.browser().get(f"/referrals/{bare.code}/")), "our time limit"
    assert "Arrival:" not in page_text(house.browser().get(f"/referrals/{written.code}/"))
    assert said in today(house, HELPER)
    assert "Read the hour" in today(house, LEAD), "the button says it"
    read = house.browser().get(f"/referrals/{written.code}/?open=meeting").content.decode()
    assert says(house, written, "told", read)[0] == 200
    row = today(house).partition(GETS_THERE)[2]
    assert "the person was told today " in row
    assert "arrives by" not in row


def tells(house: Senders, referral: Referral, who: str = LEAD) -> tuple[int, str]:
    """The same press without a button."""
    form = {"operation": str(uuid4()), "version": str(_fresh(referral).version), "answer": "told"}
    done = house.browser(who).post(f"/referrals/{referral.code}/tell_person/", form, follow=True)
    return done.status_code, page_text(done)


def test_whoever_is_to_tell_it_has_read_the_hour_before_the_press(house: Senders) -> None:
    """Red before: "I told the person" was pressed by somebody who had read neither hour nor place."""
    first = "Open it first, then say here that you told the person."
    bare = accepted(house)
    assert I_TOLD in page(house, bare)
    assert first not in page(house, bare)
    assert "read hour and meeting point first" not in today(house)
    assert says(house, bare, "told", page(house, bare))[0] == 200
    written = accepted(house, {"hour": "soon"})
    shut = page(house, written)
    assert shut.index("?open=meeting") < shut.index(first)
    assert I_TOLD not in shut
    assert ("Read the hour" in today(house), "open to read" in today(house)) == (True, False)
    assert "read hour and meeting point first" not in today(house), "a third time"
    assert I_TOLD not in today(house)
    status, said = tells(house, written)
    assert (status, "open them first, tell the person, then say here that you told them" in said) == (409, True)
    assert steps(written) == []
    read = house.browser().get(f"/referrals/{written.code}/?open=meeting").content.decode()
    assert I_TOLD in read
    assert first not in read
    for again in (page(house, written), today(house)):
        assert I_TOLD in again, "read once, and told after it"
        assert "read hour and meeting point first" not in again
    with house.as_(HELPER) as parvina:
        mine = _fresh(written)
        on, part, line = mine.arrival_on, mine.arrival_part_code, {"hour": "later"}
        assert on is not None
        receive.expect(parvina, mine, version=mine.version, arrival_on=on, arrival_part=part, meeting=line)
    pass_time(minutes=1)
    assert tells(house, written)[0] == 409, "another hour is read anew"
    read = house.browser().get(f"/referrals/{written.code}/?open=meeting").content.decode()
    assert says(house, written, "told", read)[0] == 200


def test_who_wrote_the_hour_knows_it_and_who_has_no_key_for_it_keeps_the_press(house: Senders) -> None:
    case, sent = agreed_by_telephone(house)
    house.accepted(sent, part="now")
    pass_time(minutes=1)
    assert I_TOLD in page(house, sent), "the line that was agreed by telephone is the worker's own"
    assert I_TOLD in today(house)
    with house.as_() as zarina:
        team.admit(zarina, case, membership=house.world.membership("psychologist-cso"))
    colleague = house.browser("psychologist-cso")
    assert I_TOLD not in page(house, sent, "psychologist-cso"), "nobody read it to them, as far as it is known"
    opened = colleague.get(f"/referrals/{sent.code}/?open=meeting").content.decode()
    assert "Hour or meeting point were written before you could open them." in opened
    assert I_TOLD in opened
    assert tells(house, sent, "psychologist-cso")[0] == 200, "they tell what a colleague read to them"
    assert steps(sent) == ["told"]


def test_of_a_later_day_the_row_says_that_nobody_has_told_the_person(house: Senders) -> None:
    """Red before: "Today asks for it again", and the row under Later asked nothing."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral, part="afternoon", days=4)  # on a Friday the next three days are near
    pass_time(minutes=1)
    untold = "nobody has said yet that the person was told"
    assert untold in today(house)
    says(house, referral, "told", page(house, referral))
    assert untold not in today(house)
    pass_time(minutes=1)
    says(house, referral, "not_told", page(house, referral))
    row = today(house).partition("The person is expected: ")[2]
    assert untold in row
    assert I_TOLD in row, "red before: it stood under Later, and only opened the referral"
    assert READ not in row, "red before: there is none"
