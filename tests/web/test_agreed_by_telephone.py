"""Hour and meeting point that were agreed by telephone are kept, locked, until the answer in Hamkori (ADR 128)."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from hamkori.casework.case.actions import team
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import receive, send
from hamkori.casework.referral.models import PacketBody, PacketSeal, Referral
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, closes, page_text, records, steps, version
from tests.web.test_accepted_tonight import yes
from tests.web.test_received import another_time, look, press, record
from tests.web.test_said_on_the_telephone import LATE
from tests.web.test_said_on_the_telephone import press as called
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db
LINE = {"hour": "tonight, 2:30", "place": "canary-gate", "ask_for": "canary-guard"}
OPEN = "?open=meeting"
TITLE = "What was agreed by telephone"
THEIRS = "The sender wrote hour and meeting point, as agreed on the telephone."


def asked(house: Senders) -> tuple[Case, Referral]:
    """An urgent one at night: the desk is closed, and only a call helps."""
    closes(house)
    records(house)
    case = house.case({"need_tonight_codes": ["safe_place"]})
    house.agreed(case)
    sent = house.sent(case)
    pass_time(minutes=1)
    return case, sent


def call(house: Senders, sent: Referral, answer: str, who: str = "caseworker-cso") -> str:
    return called(house.browser(who), f"/referrals/{sent.code}/call/", answer)


def arrange(house: Senders, sent: Referral, who: str = "caseworker-cso", **line: str) -> Any:
    form = {"operation": str(uuid4()), **(line or LINE)}
    return house.browser(who, vault=False).post(f"/referrals/{sent.code}/arrange/", form)


def agreed(house: Senders) -> tuple[Case, Referral]:
    """They said yes on the telephone, and what was agreed is written."""
    case, sent = asked(house)
    call(house, sent, "said_yes")
    assert arrange(house, sent).status_code == 303
    pass_time(minutes=1)
    return case, sent


def written(sent: Referral) -> tuple[int, int]:
    """How many lines lie there, and how many seals of them."""
    with god():
        of = {"referral": sent, "section_code": "meeting"}
        return PacketBody.objects.filter(**of).count(), PacketSeal.objects.filter(**of).count()


def test_who_can_see_it_says_that_the_desk_reads_what_was_agreed(house: Senders) -> None:
    """Red before: "only the summary, until they answer", of a desk that can open the hour and where to meet."""
    only, more = "only the summary, until they answer", "the summary, and what was agreed by telephone"
    case, sent = asked(house)
    call(house, sent, "said_yes")
    page = page_text(house.browser().get(f"/cases/{case.code}/who/"))
    assert only in page
    assert more not in page
    assert arrange(house, sent).status_code == 303
    page = page_text(house.browser().get(f"/cases/{case.code}/who/"))
    assert more in page
    assert only not in page


def test_what_was_agreed_by_telephone_is_written_and_the_team_opens_it(house: Senders) -> None:
    """Red before: "agree when and where they meet the person", and no field that keeps it."""
    _case, sent = asked(house)
    page = f"/referrals/{sent.code}/"
    assert "Write down what you agreed" not in page_text(look(house, sent, "caseworker-cso")), "nobody said yes"
    call(house, sent, "said_yes")
    before = record(sent)
    assert "Write down what you agreed" in page_text(look(house, sent, "caseworker-cso"))
    empty = arrange(house, sent, hour=" ")
    assert empty.status_code == 400
    assert "Write the hour, the meeting point or whom to ask for." in page_text(empty)
    no_day = arrange(
        house, sent, hour="21:00", place="canary-gate"
    )  # red before: 9 o'clock of which day nobody could tell
    assert no_day.status_code == 400
    assert "Write the day too, in words: tonight, 21:00." in page_text(no_day)
    wrong = arrange(house, sent, hour="25:99", place="canary-gate")
    assert "Write an hour between 0:00 and 23:59, or words." in page_text(wrong)
    assert 'value="canary-gate"' in wrong.content.decode(), "what was typed stands there"
    assert written(sent) == (0, 0)
    assert arrange(house, sent)["Location"] == page, "writing needs no passphrase"
    said = page_text(look(house, sent, "caseworker-cso", vault=False))
    assert "Saved: hour, meeting point, whom to ask for. Their referral desk can open it before it accepts." in said
    assert "canary" not in said
    assert "Agree with them by telephone" not in said
    text = page_text(look(house, sent, "caseworker-cso", OPEN))
    assert "Hour tonight, 2:30 Meeting point canary-gate Whom to ask for canary-guard" in text
    assert "It is recorded that you opened this." in text
    above = page_text(look(house, sent, "supervisor-cso"))
    assert TITLE in above, "a supervisor reads that it is written"
    assert "canary" not in above
    assert "Correct what you agreed" not in above
    assert "How to meet: written by the sender" in above
    after = record(sent)
    assert (after.state_code, after.version, after.answer_due_at) == ("sent", before.version, before.answer_due_at)
    form = form_of(look(house, sent, "caseworker-cso", OPEN).content.decode(), f"{page}arrange/")[1]
    again = arrange(house, sent, hour="tonight, 3:00", over=form["over"])
    assert again.status_code == 303, "once it is open it is put right, as often as needed"
    text = page_text(look(house, sent, "caseworker-cso", OPEN))
    assert "tonight, 3:00" in text
    assert "canary-gate" not in text
    assert written(sent)[0] == 1
    assert steps(sent).count("arrange") == 2


def test_a_colleague_who_holds_the_contact_opens_it(house: Senders) -> None:
    case, sent = asked(house)
    with house.as_() as zarina:
        team.admit(zarina, case, membership=house.world.membership("colleague-cso"))
    call(house, sent, "said_yes")
    assert arrange(house, sent).status_code == 303
    assert "canary-gate" in page_text(look(house, sent, "colleague-cso", OPEN))


def test_who_may_not_write_it_and_when(house: Senders) -> None:
    _case, sent = asked(house)
    no_yes = "Not saved: their last word by telephone is not a yes."
    assert no_yes in page_text(arrange(house, sent))
    call(house, sent, "said_yes")
    for who in ("supervisor-cso", "desk-shelter"):
        assert arrange(house, sent, who).status_code == 403, who
    assert arrange(house, sent, "stranger").status_code == 404
    call(house, sent, "said_no")
    assert no_yes in page_text(arrange(house, sent))
    call(house, sent, "said_yes")
    house.accepted(sent)
    late = arrange(house, sent)
    assert late.status_code == 409
    assert "Accepted" in page_text(late)
    assert written(sent) == (0, 0)


def test_it_is_put_aside_by_a_no_on_the_telephone_whoever_heard_it(house: Senders) -> None:
    _case, sent = agreed(house)

    def is_read() -> bool:
        pass_time(minutes=1)
        return TITLE in page_text(look(house, sent, "caseworker-cso"))

    call(house, sent, "not_reached")
    assert is_read(), "nobody reached takes nothing back"
    call(house, sent, "said_no")
    assert not is_read()
    call(house, sent, "said_yes")
    assert is_read()
    assert arrange(house, sent).status_code == 409, "what stands there again was not read"
    pass_time(hours=3)
    farida = house.browser("coordinator")
    assert sent.code in farida.get(LATE).content.decode().replace(" ", "")
    called(farida, f"/coordination/{sent.code}/call/", "said_yes")
    assert is_read()
    called(farida, f"/coordination/{sent.code}/call/", "said_no")
    assert not is_read()
    call(house, sent, "said_yes")
    assert is_read()
    assert written(sent)[0] == 1


def _declined(house: Senders, sent: Referral) -> None:
    with house.as_("desk-shelter") as desk:
        receive.decline(desk, Referral.objects.get(pk=sent.pk), version=version(sent), reason="full")


def _recalled(house: Senders, sent: Referral) -> None:
    with house.as_() as zarina:
        send.recall(zarina, Referral.objects.get(pk=sent.pk), version=version(sent), reason="mistake")


def _withdrawn(house: Senders, sent: Referral) -> None:
    with house.as_() as zarina:
        case = Case.objects.get()
        consent.withdraw(zarina, case, how_said="in_person")


@pytest.mark.parametrize("ends", [_declined, _recalled, _withdrawn])
def test_it_goes_at_every_ending(house: Senders, ends: Any) -> None:
    _case, sent = agreed(house)
    ends(house, sent)
    assert written(sent) == (0, 0)
    assert arrange(house, sent).status_code == 409
    for who in ("caseworker-cso", "desk-shelter"):
        assert "canary" not in page_text(look(house, sent, who, OPEN))
    assert TITLE not in page_text(look(house, sent, "caseworker-cso"))


def test_the_desk_reads_it_before_it_accepts_and_hands_it_to_who_is_named(house: Senders) -> None:
    """Red before: the night worker read "somebody of yours said yes", and nothing of when and where."""
    _case, sent = agreed(house)
    shut = page_text(look(house, sent, "desk-shelter"))
    assert re.search(THEIRS + r" \w+ \d\d:\d\d", shut), "since when: “tonight” is of that day"
    assert "If you leave it empty, what the sender wrote stays." in shut
    assert "canary" not in shut
    assert "canary-gate" in page_text(look(house, sent, "desk-shelter", OPEN))
    assert look(house, sent, "desk-shelter", OPEN, vault=False)["Location"].endswith("open%3Dmeeting%23meeting")
    assert look(house, sent, "shelter-worker", OPEN).status_code == 404, "who is not named reads nothing"
    accepts = f"/referrals/{sent.code}/accept/"
    assert house.browser("desk-shelter").post(accepts, yes(house, sent, when="now")).status_code == 303
    opened = page_text(look(house, sent, "shelter-worker", OPEN))
    assert "tonight, 2:30 Meeting point canary-gate" in opened
    assert opened.count("2:30") == 1, "with the agreed time, once"
    assert "canary-gate" in page_text(look(house, sent, "caseworker-cso", OPEN)), "the team reads on"
    assert "canary" not in page_text(look(house, sent, "desk-shelter", OPEN)), "the desk does not go there"
    assert "Not written" not in page_text(look(house, sent, "shelter-worker"))
    assert "How to meet: written by the sender" in page_text(look(house, sent, "shelter-worker"))
    joins = {
        "operation": str(uuid4()),
        "version": version(sent),
        "joins": [str(house.world.membership("shelter-social"))],
    }
    house.browser("shelter-worker").post(f"/referrals/{sent.code}/staff/", joins)
    assert "canary-gate" in page_text(look(house, sent, "shelter-social", OPEN)), "who joins gets it as ever"


def test_an_hour_of_the_desk_takes_its_place(house: Senders) -> None:
    _case, sent = agreed(house)
    house.accepted(sent, {"place": "canary-door"})
    assert written(sent)[0] == 1
    for who in ("caseworker-cso", "shelter-worker"):
        text = page_text(look(house, sent, who, OPEN))
        assert "canary-door" in text, who
        assert "canary-gate" not in text, who


@pytest.mark.parametrize("line", [{}, {"place": "canary-door"}])
def test_with_another_day_it_goes_and_can_be_put_right_before(house: Senders, line: dict[str, str]) -> None:
    _case, sent = agreed(house)
    house.accepted(sent)
    stands = {"arrival_on": record(sent).arrival_on.isoformat(), "arrival_part": "morning"}
    assert press(house, sent, "expect", **stands, hour="09:30").status_code == 303
    assert "09:30" in page_text(look(house, sent, "caseworker-cso", OPEN))
    assert press(house, sent, "expect", **another_time(2, **line)).status_code == 303
    assert written(sent)[0] == len(line)
    assert "canary-gate" not in page_text(look(house, sent, "shelter-worker", OPEN))


def test_a_yes_that_is_said_twice_is_one_in_the_sentences(house: Senders) -> None:
    """Red before: "Your team called … yes. Your team called … yes", and the same to the desk and on Today."""
    case, sent = asked(house)
    for _turn in range(2):
        text = call(house, sent, "said_yes")
    at = (f"/referrals/{sent.code}/", "/", f"/cases/{case.code}/")
    assert [page_text(house.browser().get(one)).count("Caseworker Cso called") for one in at] == [1, 1, 1], text
    for one in (at[0], "/", "/desk/"):
        assert page_text(house.browser("desk-shelter").get(one)).count("The sender called") == 1, one
    call(house, sent, "not_reached")
    text = call(house, sent, "not_reached")
    assert text.count("Caseworker Cso called") >= 2, "how often nobody was reached stays, and the yes beside it"


TOLD = "I told the person"


def tells(house: Senders, shown: str, sent: Referral) -> int:
    at = f"/referrals/{sent.code}/tell_person/"
    assert 'name="answer" value="told"' in shown
    return house.browser().post(at, {**form_of(shown, at)[1], "answer": "told"}).status_code


def test_what_was_agreed_by_telephone_is_told_and_said_before_their_answer(house: Senders) -> None:
    """Red before: four pages were looked through in vain for a place to say it."""
    _case, sent = asked(house)
    assert TOLD not in page_text(look(house, sent, "caseworker-cso"))
    call(house, sent, "said_yes")
    assert TOLD not in page_text(look(house, sent, "caseworker-cso")), "nothing is written"
    arrange(house, sent)
    pass_time(minutes=1)
    stood = record(sent)
    assert TOLD in page_text(house.browser().get(f"/cases/{_case.code}/first/?step=sent&of={sent.code}"))
    assert "Nobody has said yet that the person was told." in page_text(look(house, sent, "supervisor-cso"))
    assert TOLD not in page_text(look(house, sent, "supervisor-cso"))
    assert "nobody has said yet that the person was told" in page_text(house.browser().get("/"))
    assert tells(house, look(house, sent, "caseworker-cso").content.decode(), sent) == 303
    pass_time(minutes=1)
    for who in ("caseworker-cso", "supervisor-cso"):
        assert "told the person today" in page_text(look(house, sent, who)), who
        assert "the person was told today" in page_text(house.browser(who).get("/")), who
    now = record(sent)
    assert (now.state_code, now.version, now.answer_due_at) == ("sent", stood.version, stood.answer_due_at)
    opened = form_of(look(house, sent, "caseworker-cso", OPEN).content.decode(), f"/referrals/{sent.code}/arrange/")[1]
    arrange(house, sent, hour="tonight, 3:00", over=opened["over"])
    pass_time(minutes=1)
    assert TOLD in page_text(look(house, sent, "caseworker-cso")), "another hour was written: they do not know it"
    assert tells(house, look(house, sent, "caseworker-cso").content.decode(), sent) == 303
    pass_time(minutes=1)
    call(house, sent, "said_no")
    assert "told the person today" not in page_text(look(house, sent, "caseworker-cso")).partition("What happened")[0]


@pytest.mark.parametrize("own", [False, True])
def test_an_acceptance_with_another_time_is_told_again(house: Senders, *, own: bool) -> None:
    _case, sent = agreed(house)
    assert tells(house, look(house, sent, "caseworker-cso").content.decode(), sent) == 303
    pass_time(minutes=1)
    house.accepted(sent, {"hour": "4:00", "place": "canary-door"} if own else None, part="now")
    pass_time(minutes=1)
    text = page_text(look(house, sent, "caseworker-cso", OPEN)).partition("What happened")[0]
    assert (TOLD in text) is own
    assert ("told the person today " in text) is not own
