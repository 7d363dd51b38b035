"""A receiver takes back what it had agreed: the person may be on the way, and somebody tells them (ADR 131)."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from hamkori.casework.referral.actions import confirm, on_the_way, receive, send
from hamkori.casework.referral.models import Referral, ReferralClock, ReferralStep
from hamkori.directory.models import Service
from hamkori.notices.models import Notice
from hamkori.refusal import Invalid, NotAllowed, NotNow
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, at, page_text, records, state
from tests.web.test_agreed_by_telephone import agreed as agreed_by_telephone
from tests.web.test_place_found import until
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db

LEAD, ABOVE, HELPER, DESK = "caseworker-cso", "supervisor-cso", "shelter-worker", "desk-shelter"
TITLE, TELLS = "Call now: the person may be on the way", "If the person was told, tell them not to go."
CALLS, TOO = "Call who sent it: Cso Kulob", "they may be on the way: call who sent it, too"
BOX = "Call who sent it: the person may be on the way."
WAITS_NOT = "Do not wait for the person: NGO shelter"


@pytest.fixture
def agreed(house: Senders) -> Referral:
    """A place for now, accepted with hour and meeting point; both desks can be called."""
    until(17)
    records(house)
    house.browser("coordinator").post(
        "/coordination/cso-kulob/phone/", {"operation": str(uuid4()), "phone": "+992 00 000 00 07"}
    )
    house.agreed(case := house.case())
    referral = house.sent(case)
    house.accepted(referral, {"hour": "18:30", "place": "Canary-Station"}, part="now")
    pass_time(minutes=1)
    return referral


def returns(house: Senders, referral: Referral, who: str = DESK, reason: str = "no_place_now") -> None:
    with house.as_(who) as desk:
        card = Referral.objects.get(pk=referral.pk)
        receive.unaccept(desk, card, version=card.version, reason=reason)
    pass_time(minutes=1)


def today(house: Senders, who: str = LEAD) -> str:
    return page_text(house.browser(who).get("/"))


def page(house: Senders, referral: Referral, who: str = LEAD) -> str:
    return page_text(house.browser(who).get(at(referral)))


def as_read(house: Senders, referral: Referral, who: str) -> str:
    """The same but for how long names are unlocked."""
    return re.sub(r"until \d\d:\d\d", "", page(house, referral, who))


def presses(house: Senders, referral: Referral, step: str, answer: str, *, who: str = LEAD, on: str = "/") -> str:
    """The button of this page, pressed; the page that follows."""
    to = at(referral, step)
    shown = house.browser(who).get(on).content.decode()
    assert f'name="answer" value="{answer}"' in shown
    said = page_text(house.browser(who).post(to, {**form_of(shown, to)[1], "answer": answer}, follow=True))
    pass_time(minutes=1)
    return said


def stands(referral: Referral) -> tuple[object, ...]:
    with god():
        one = Referral.objects.get(pk=referral.pk)
        return one.version, one.state_code, ReferralClock.objects.filter(referral=one).count(), Notice.objects.count()


def steps(referral: Referral, step: str) -> list[tuple[str, str]]:
    with god():
        said = ReferralStep.objects.filter(referral=referral, step_code=step).order_by("at")
        return list(said.values_list("reason_code", "side_code"))


def test_the_sender_reads_first_that_the_person_may_be_on_the_way(house: Senders, agreed: Referral) -> None:
    """Red before: "Returned", "No place for tonight", and nowhere that somebody walks to a place where nobody comes."""
    house.browser().get(f"{at(agreed)}?open=meeting")
    returns(house, agreed)
    for who in (LEAD, ABOVE):
        for shown in (today(house, who), page(house, agreed, who)):
            # Red before: "now, by 20:12", with 18:30 behind the lock; then "now" (ADR 139).
            for word in ("Shelter Kulob had agreed: today", TELLS, "Your team opened hour and meeting point today"):
                assert word in shown, (who, word)
            assert "00‑11" in shown, "where they are called, though it is a no"
            for hidden in ("18:30", "Canary"):
                assert hidden not in shown, hidden
    shown = today(house)
    assert shown.index(TITLE) < shown.index(TELLS) < shown.index("No place for tonight")
    before = stands(agreed)
    said = presses(house, agreed, "warn_person", "not_reached")
    assert "Saved: not reached. Try again: until the night is over this stays on Today." in said
    assert "Not reached today" in said
    assert TELLS in said, "nobody knows yet"
    said = presses(house, agreed, "warn_person", "warned", on=at(agreed))
    assert "Saved: the person knows that nobody waits for them there." in said
    assert TELLS not in said
    assert "The person was told not to go" in said, "the history says it"
    for who in (LEAD, ABOVE):
        assert TITLE not in today(house, who)
    assert "No place for tonight" in today(house), "the need for another place goes on"
    assert stands(agreed) == before, "nothing of the referral moves, and nobody is told"
    assert steps(agreed, "warn_person") == [("not_reached", "S"), ("warned", "S")]
    with house.as_() as zarina, pytest.raises(NotNow, match="is_on_the_way"):
        on_the_way.warn_person(zarina, Referral.objects.get(pk=agreed.pk), answer="never_told")


def test_a_supervisor_says_it_too_and_the_other_side_reads_nothing_of_it(house: Senders, agreed: Referral) -> None:
    returns(house, agreed, HELPER)
    shown = {who: as_read(house, agreed, who) for who in (DESK, HELPER)}
    assert "Your team opened" not in today(house, ABOVE), "nobody has opened it"
    said = presses(house, agreed, "warn_person", "never_told", who=ABOVE)
    assert "Saved: the person had not been told to come." in said
    assert TITLE not in today(house)
    assert steps(agreed, "warn_person") == [("never_told", "SV")]
    assert {who: as_read(house, agreed, who) for who in (DESK, HELPER)} == shown
    for who in (DESK, HELPER):
        with house.as_(who) as actor:
            assert not ReferralStep.objects.filter(referral=agreed, step_code="warn_person").exists()
            with pytest.raises(NotAllowed):
                on_the_way.warn_person(actor, Referral.objects.get(pk=agreed.pk), answer="warned")


def test_who_was_told_is_told_again_for_certain(house: Senders, agreed: Referral) -> None:
    house.browser().get(f"{at(agreed)}?open=meeting")  # whoever tells it has read it (ADR 139)
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=agreed.pk)
        confirm.tell_person(zarina, mine, version=mine.version, answer="told")
    pass_time(minutes=1)
    returns(house, agreed)
    for who in (LEAD, ABOVE):
        for shown in (today(house, who), page(house, agreed, who)):
            assert "The person was told (today 17:" in shown, who
            assert "tell them not to go." in shown
            assert TELLS not in shown, "no if"


def test_who_was_told_of_an_earlier_hour_was_told(house: Senders, agreed: Referral) -> None:
    """Red before: "If the person was told", of somebody of whom the history says that they were."""
    house.browser().get(f"{at(agreed)}?open=meeting")
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=agreed.pk)
        confirm.tell_person(zarina, mine, version=mine.version, answer="told")
    pass_time(minutes=1)
    with house.as_(HELPER) as parvina:
        mine = Referral.objects.get(pk=agreed.pk)
        on, part = mine.arrival_on, mine.arrival_part_code
        line = {"hour": "19:30", "place": "Canary-Station"}
        receive.expect(parvina, mine, version=mine.version, arrival_on=on, arrival_part=part, meeting=line)
    pass_time(minutes=1)
    returns(house, agreed)
    for who in (LEAD, ABOVE):
        for shown in (today(house, who), page(house, agreed, who)):
            # Red before: "had agreed: tomorrow", "The person was told", of somebody who goes at the hour before that.
            assert "The person was told before that was agreed (today 17:" in shown, who
            assert "perhaps another hour: tell them not to go." in shown, who
            assert TELLS not in shown, who


def test_who_was_not_told_after_all_was_not(house: Senders, agreed: Referral) -> None:
    house.browser().get(f"{at(agreed)}?open=meeting")
    with house.as_() as zarina:
        for answer in ("told", "not_told"):
            mine = Referral.objects.get(pk=agreed.pk)
            confirm.tell_person(zarina, mine, version=mine.version, answer=answer)
            pass_time(minutes=1)
    returns(house, agreed)
    assert TELLS in today(house)


def test_it_goes_with_the_night(house: Senders, agreed: Referral) -> None:
    returns(house, agreed)
    until(5)
    assert TELLS in today(house), "the night is not over"
    until(7)
    assert TELLS not in today(house)
    assert TELLS not in page(house, agreed)
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=agreed.pk)
        with pytest.raises(NotNow, match="is_on_the_way"):
            on_the_way.warn_person(zarina, mine, answer="warned")
        with pytest.raises(Invalid):
            on_the_way.warn_person(zarina, mine, answer="Canary")


def ends_without_help(house: Senders, referral: Referral, result: str) -> None:
    with house.as_(HELPER) as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        reason = "no_place_now" if result == "not_given" else ""
        receive.finish(parvina, mine, version=mine.version, result=result, reason=reason)
    pass_time(minutes=1)


@pytest.mark.parametrize(
    ("result", "says"), [("not_given", True), ("not_needed", True), ("not_reached", True), ("refused", False)]
)
def test_so_it_is_of_a_result_without_help(house: Senders, agreed: Referral, result: str, says: bool) -> None:
    """Red before. Who said no themselves is not on the way."""
    ends_without_help(house, agreed, result)
    for shown in (today(house), page(house, agreed)):
        assert (TELLS in shown) is says
    for who in (DESK, HELPER):
        assert (CALLS in today(house, who)) is says, who


def test_so_it_is_of_what_expired_while_somebody_was_expected(house: Senders, agreed: Referral) -> None:
    """Only the clock ended it: the desk owes no call."""
    with god():
        Referral.objects.filter(pk=agreed.pk).update(state_code="lapsed", ended_at=Referral.objects.get().agreed_at)
    assert TELLS in today(house)
    for who in (DESK, HELPER):
        assert CALLS not in today(house, who)


def test_nobody_is_warned_who_came_or_was_never_expected(house: Senders, agreed: Referral) -> None:
    with god():
        Referral.objects.filter(pk=agreed.pk).update(heard_code="came", heard_at=Referral.objects.get().agreed_at)
    returns(house, agreed)
    for who in (LEAD, DESK):
        assert TITLE not in today(house, who)
        assert CALLS not in today(house, who)
    house.agreed(other := house.case())
    declined = house.sent(other)
    with house.as_(DESK) as desk:
        card = Referral.objects.get(pk=declined.pk)
        receive.decline(desk, card, version=card.version, reason="full")
        with pytest.raises(NotNow, match="sender_to_call"):
            on_the_way.call_sender(desk, Referral.objects.get(pk=declined.pk), answer="reached")
    with house.as_() as zarina, pytest.raises(NotNow, match="is_on_the_way"):
        on_the_way.warn_person(zarina, Referral.objects.get(pk=declined.pk), answer="warned")


@pytest.mark.parametrize("who", [DESK, HELPER])
def test_whoever_returns_it_calls_the_sender(house: Senders, agreed: Referral, who: str) -> None:
    """Red before: "Returned. The sender has been told", and the number of a minute ago was gone."""
    before = page(house, agreed, who)
    assert TOO in before, "before the press"
    returns(house, agreed, who)
    for shown in (today(house, who), page(house, agreed, who)):
        assert "+992 00 000 00 07" in shown.replace("‑", "-")
    assert CALLS in today(house, who)
    assert BOX in page(house, agreed, who)
    said = presses(house, agreed, "call_sender", "not_reached", who=who)
    assert "Saved: not reached. Call again" in said
    assert "Not reached today" in said
    assert CALLS in said
    moved = stands(agreed)
    said = presses(house, agreed, "call_sender", "reached", who=who, on=at(agreed))
    assert "Saved: you called the sender." in said
    assert BOX not in said
    for each in (DESK, HELPER):
        assert CALLS not in today(house, each), "one call is enough"
    assert stands(agreed) == moved
    side = "D" if who == DESK else "R"
    assert steps(agreed, "call_sender") == [("not_reached", side), ("reached", side)]
    assert TELLS in today(house), "the person is told by the sender's team alone"
    assert "The sender was called" in page(house, agreed), "both sides read it"


def test_the_desk_is_asked_for_a_day_and_no_stranger(house: Senders, agreed: Referral) -> None:
    returns(house, agreed)
    for who in (LEAD, ABOVE):
        with house.as_(who) as actor, pytest.raises(NotAllowed):
            on_the_way.call_sender(actor, Referral.objects.get(pk=agreed.pk), answer="reached")
    with house.as_(DESK) as desk, pytest.raises(Invalid):
        on_the_way.call_sender(desk, Referral.objects.get(pk=agreed.pk), answer="sender")
    until(7)
    assert CALLS not in today(house, DESK)
    assert BOX not in page(house, agreed, DESK)


def test_whoever_has_no_place_any_more_can_say_so_in_the_directory(house: Senders, agreed: Referral) -> None:
    """Red before: only a decline offered it, and it offered it also where the directory knew."""
    returns(house, agreed)
    offers = "Say that we have no room"
    assert offers in page(house, agreed, DESK)
    assert offers not in page(house, agreed, HELPER), "the desk keeps the directory"
    with god():
        Service.objects.filter(pk=Referral.objects.get(pk=agreed.pk).service_id).update(is_full=True)
    assert offers not in page(house, agreed, DESK)


def cancels(house: Senders, referral: Referral, who: str = LEAD) -> None:
    with house.as_(who) as actor:
        mine = Referral.objects.get(pk=referral.pk)
        send.recall(actor, mine, version=mine.version, reason="mistake")


def withdraws(house: Senders, referral: Referral, who: str = LEAD) -> None:
    with house.as_(who) as actor:
        send.withdraw(actor, Referral.objects.get(pk=referral.pk), how_said="in_person")


@pytest.mark.parametrize("ends", [cancels, withdraws])
@pytest.mark.parametrize("who", [LEAD, ABOVE])
def test_who_counts_the_beds_reads_that_nobody_comes(house: Senders, agreed: Referral, ends: Any, who: str) -> None:
    """Red before: the officer found it only folded under "Ended", and kept the bed all night."""
    ends(house, agreed, who)
    assert state(agreed) in ("recalled", "withdrawn")
    pass_time(minutes=1)
    for each in (DESK, HELPER):
        assert WAITS_NOT in today(house, each), each
    with god():
        told = Notice.objects.filter(key_code="closed", about_id=agreed.pk)
        assert told.count() == told.values("membership_id").distinct().count(), "nobody is told twice"
    page(house, agreed, DESK)
    assert WAITS_NOT not in today(house, DESK), "until it is opened"
    assert WAITS_NOT in today(house, HELPER)


def test_once_help_has_begun_the_desk_is_not_told(house: Senders, agreed: Referral) -> None:
    with house.as_(HELPER) as parvina:
        mine = Referral.objects.get(pk=agreed.pk)
        receive.serve(parvina, mine, version=mine.version)
    withdraws(house, agreed)
    with god():
        told = set(Notice.objects.filter(key_code="closed", about_id=agreed.pk).values_list("membership_id", flat=True))
    assert house.world.membership(DESK) not in told
    assert house.world.membership(HELPER) in told


def test_so_it_is_where_they_had_agreed_by_telephone_and_declined(house: Senders) -> None:
    """Red before: the hour that was written went with the no, and the person may have been told of it."""
    until(20)
    _case, sent = agreed_by_telephone(house)
    with house.as_(DESK) as desk:
        card = Referral.objects.get(pk=sent.pk)
        receive.decline(desk, card, version=card.version, reason="full")
    pass_time(minutes=1)
    said = "If the person was told, tell them not to go."
    for who in (LEAD, ABOVE):
        for shown in (today(house, who), page(house, sent, who)):
            assert said in shown, who
            assert "Shelter Kulob had agreed by telephone" in shown, who
            assert "canary" not in shown
    assert CALLS in today(house, DESK)
    assert BOX in page(house, sent, DESK)
    presses(house, sent, "call_sender", "reached", who=DESK)
    assert CALLS not in today(house, DESK)
    until(5)
    assert said in today(house)
    until(7)
    assert said not in today(house)
