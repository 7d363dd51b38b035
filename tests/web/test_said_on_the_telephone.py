"""What was said on the telephone about a referral that waits is kept, and answers nothing (ADR 0120)."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral, ReferralClock
from hamkori.notices.models import Notice
from tests.cast import pass_time
from tests.database import god
from tests.doors import DoorClient
from tests.web.senders import Senders, closes, page_text, records
from tests.web.test_coordinator_is_told import counted_alike
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db
LATE = "/coordination/late/"


def press(browser, at: str, answer: str, **more: str) -> str:
    form = {"operation": str(uuid4()), "answer": answer, **more}
    text = page_text(browser.post(at, form, follow=True))
    pass_time(minutes=1)
    return text


def stands(referral: Referral) -> tuple[object, ...]:
    with god():
        found = Referral.objects.get(pk=referral.pk)
        clocks = ReferralClock.objects.filter(referral=referral).order_by("clock_code")
        return found.state_code, found.version, [(one.clock_code, one.due_at) for one in clocks], Notice.objects.count()


def rests_by_what_was_said_there(zarina: DoorClient, farida: DoorClient, code: str) -> None:
    """The coordinator's row of what the sender called about."""
    # Red before: the coordinator was still told to call the same desk. She reads the call, and it rests.
    assert re.search(r"Cso Kulob called today \d\d:\d\d: yes, not confirmed", page_text(farida.get("/")))
    assert counted_alike(farida) == {"reached": 1}
    press(farida, f"/coordination/{code}/call/", "not_reached")
    assert counted_alike(farida) == {"to call now": 1}, "what came of the newest call counts"
    assert re.search(r"Cso Kulob called today \d\d:\d\d: yes, not confirmed", page_text(farida.get("/")))
    press(farida, f"/coordination/{code}/call/", "sender")
    assert counted_alike(farida) == {"to call now": 1}, "a call to the sender is none to them"
    press(zarina, f"/referrals/{code}/call/", "calls_back")
    assert counted_alike(farida) == {"reached": 1}
    press(farida, f"/coordination/{code}/call/", "reached")
    press(zarina, f"/referrals/{code}/call/", "not_reached")
    assert counted_alike(farida) == {"reached": 1}, "who reached nobody undoes no call of hers"
    press(zarina, f"/referrals/{code}/call/", "coordinator")
    for at in ("/", LATE):
        assert re.search(r"You called today \d\d:\d\d: reached", page_text(farida.get(at))), "her own call stays"
    press(zarina, f"/referrals/{code}/call/", "said_no")
    assert counted_alike(farida) == {"to call now": 1}, "a no does"
    press(zarina, f"/referrals/{code}/call/", "said_yes")


def test_what_was_said_on_the_telephone_stands_and_answers_nothing(house: Senders) -> None:
    """Red before: after "Reached" nobody could write what they had said, and a "no" looked like a "yes"."""
    closes(house)
    records(house)
    another(house)
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    pass_time(minutes=1)
    before, zarina, farida = stands(sent), house.browser(), house.browser("coordinator")
    page, after = f"/referrals/{sent.code}/", f"/cases/{case.code}/first/?step=sent&of={sent.code}"
    buttons = "They said yes They said no They will call back"
    for at in ("/", after, page):
        assert buttons in page_text(zarina.get(at)), at
    # A no: the alarm stays, and what is left to do is another organisation.
    answer = zarina.post(f"{page}call/", {"operation": str(uuid4()), "answer": "said_no", "from": "sent"})
    assert answer["Location"] == after, "who reads what comes next stays there"
    assert "Your team called today" in page_text(zarina.get(after))
    assert f'href="{page}again/"' in zarina.get(after).content.decode()
    today = zarina.get("/").content.decode()
    assert re.search(r"Call now 1 They said no today \d\d:\d\d, answer by ", page_text(zarina.get("/")))
    assert f'href="{page}again/">Ask another organisation' in today
    assert "no, not confirmed in Hamkori yet" in page_text(zarina.get(page))
    assert "only a call helps" not in page_text(zarina.get(page))
    assert "no, not confirmed in Hamkori yet" in page_text(farida.get(LATE)), "who reads the call today"
    assert counted_alike(farida) == {"to call now": 1}, "a no of the sender calms nothing"
    pass_time(minutes=1)
    text = press(zarina, f"{page}call/", "not_reached")
    assert re.search(r"Recorded before: Your team called today \d\d:\d\d: no, not confirmed", text), "a no is not lost"
    assert re.search(r"Nobody reached today .* no, not confirmed in Hamkori yet", page_text(zarina.get("/")))
    # A yes: it is awaited in Hamkori, as after "Reached".
    text = press(zarina, f"{page}call/", "said_yes", **{"from": "today"})
    assert "said yes by telephone. In Hamkori it is still open." in text
    assert re.search(r"Your team called today \d\d:\d\d: yes, not confirmed in Hamkori yet", text)
    assert "Call now" not in text
    for at in (after, page):  # Red before: whether the person may go there tonight was not said.
        said = page_text(zarina.get(at))
        assert "Agree with them by telephone when and where they meet the person. Name nobody." in said, at
        assert re.search(r"In Hamkori they can answer from [^.]*\d\d:\d\d\.", said), at
    rests_by_what_was_said_there(zarina, farida, sent.code)
    assert "They will call back" in page_text(zarina.get(page)), "another call can be said"
    assert stands(sent) == before, "no state, no clock, no version, nobody is told"
    gulnora = page_text(house.browser("desk-shelter").get(page))
    assert "yes, not confirmed" not in gulnora
    assert "said yes" not in gulnora
    house.accepted(sent)
    stale = {"operation": str(uuid4()), "answer": "said_no"}
    assert "is “Accepted” by now" in page_text(zarina.post(f"{page}call/", stale)), "and a no is not lost silently"


def test_the_coordinator_keeps_what_a_desk_said_about_one_that_waits(house: Senders) -> None:
    closes(house)
    records(house)
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    pass_time(hours=3)
    farida, call = house.browser("coordinator"), f"/coordination/{sent.code}/call/"
    assert "They said yes They said no They will call back Not reached" in page_text(farida.get("/"))
    text = press(farida, call, "said_no")
    assert "said no by telephone. Now call who sent it: Cso Kulob" in text
    assert re.search(r"You called today \d\d:\d\d: no, not confirmed in Hamkori yet", text)
    assert "I called the sender" in text
    assert "Call now 1" in page_text(farida.get("/")), "a no calms nothing"
    text = press(farida, call, "calls_back")
    assert "will call back. Their answer is still open." in text
    assert "Reached: the answer is awaited 1" in page_text(farida.get("/"))
    assert "Called again" in page_text(farida.get("/"))
    text = press(farida, call, "said_yes")
    assert "said yes by telephone. Now tell who sent it: Cso Kulob" in text
    assert "Agree with them" not in text, "that is its sender's"
    press(farida, call, "sender")
    assert "Reached: the answer is awaited 1" in page_text(farida.get("/")), "a yes rests, once the sender knows of it"
    house.accepted(sent)
    pass_time(days=2)
    assert "it has not said whether the person came" in page_text(farida.get(LATE))
    assert farida.post(call, {"operation": str(uuid4()), "answer": "said_yes"}).status_code == 400, "of no arrival"


@pytest.mark.parametrize(("ended", "said"), [("withdrawn", "No longer waits"), ("accepted", "Accepted")])
def test_who_ended_it_is_not_told_to_a_coordinator_who_calls_too_late(house: Senders, ended: str, said: str) -> None:
    """Red before: for twelve hours she read that the person had ended it."""
    closes(house)
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    pass_time(hours=3)
    farida = house.browser("coordinator")
    if ended == "accepted":
        house.accepted(sent)
    else:
        with house.as_() as zarina:
            send.withdraw(zarina, Referral.objects.get(pk=sent.pk), how_said="in_person")
    pressed = {"operation": str(uuid4()), "answer": "reached"}
    text = page_text(farida.post(f"/coordination/{sent.code}/call/", pressed))
    assert f"this referral is “{said}” by now" in text
    assert "Ended" not in text
