"""Her word through the sender's page: it ends what it finds, though the page was read before somebody else moved it."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hamkori.audit.models import Ledger
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.machinery.her_word import leave_to_the_clock
from hamkori.casework.referral.models import PacketBody, Referral
from hamkori.web.received import showing
from hamkori.web.words import referral as words
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text, state, version

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreed(house: Senders):
    case = house.case()
    house.agreed(case)
    return case


def press(referral: Referral, **more: object) -> dict[str, object]:
    return {"operation": str(uuid4()), "version": version(referral), **more}


def at(referral: Referral, step: str = "") -> str:
    return f"/referrals/{referral.code}/" + (f"{step}/" if step else "")


def test_her_word_ends_what_it_finds_though_the_page_was_read_before(house: Senders, agreed) -> None:
    referral, zarina = house.sent(agreed), house.browser()
    read = press(referral, how_said="by_phone")
    house.accepted(referral)
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.serve(parvina, mine, version=mine.version)
    assert zarina.post(at(referral, "withdraw"), read).status_code == 303
    assert state(referral) == "withdrawn"
    with god():
        assert not PacketBody.objects.filter(referral=referral).exists()


def test_her_word_after_an_ending_is_taken_and_said_truly(house: Senders, agreed) -> None:
    referral, zarina = house.sent(agreed), house.browser()
    read = press(referral, how_said="by_phone")
    house.accepted(referral)
    house.finished(referral)
    assert zarina.post(at(referral, "withdraw"), read).status_code == 303
    assert "This referral had already ended." in page_text(zarina.get(at(referral)))
    assert state(referral) == "finished"
    with god():
        row = Ledger.objects.get(action_code="referral.withdraw")
        assert (row.decision_code, row.reason_code) == ("done", "by_phone"), "her word is kept all the same"
    assert zarina.get(at(referral, "withdraw")).status_code == 409, "its page offers only what can be ended"


def test_her_word_throws_a_draft_away_that_was_stopped_meanwhile(house: Senders, agreed) -> None:
    referral, zarina = house.sent(agreed, "normal"), house.browser()
    read = press(referral, how_said="by_phone")
    assert zarina.post(at(referral, "stop"), press(referral)).status_code == 303
    assert zarina.post(at(referral, "withdraw"), read).status_code == 303
    assert state(referral) == "discarded"


BEING_CLOSED = "nobody can open what was sent any more. The referral is in use just now"


def left(house: Senders, referral: Referral) -> None:
    """Her word was written while somebody held the request (tests/attacks/test_her_word_is_held_up.py does hold it)."""
    with house.as_() as zarina:
        assert zarina.membership_id
        assert leave_to_the_clock(referral.pk, "in_person")


@pytest.mark.parametrize("is_accepted", [False, True])
def test_what_is_being_closed_has_ended_for_both_sides(house: Senders, agreed, is_accepted: bool) -> None:
    referral, zarina = house.sent(agreed), house.browser()
    if is_accepted:
        house.accepted(referral, {"hour": "Canary-Hour"})
    left(house, referral)
    text = page_text(zarina.get(at(referral)))
    assert BEING_CLOSED in text
    assert "Cancel" not in text
    assert "deleted" not in text, "not yet"
    meeting = zarina.get(f"{at(referral)}?open=meeting")
    assert "Canary" not in page_text(meeting)
    theirs = house.browser("shelter-worker" if is_accepted else "desk-shelter")
    text = page_text(theirs.get(at(referral)))
    assert "his referral has ended. Nothing of it can be opened here any more." in text
    assert "being closed" not in text, "by whose word it ended is the sender's"
    assert "Canary" not in page_text(theirs.get(f"{at(referral)}?open=packet"))
    step, said = ("finish", {"result": "not_needed"}) if is_accepted else ("decline", {"reason": "full"})
    assert theirs.post(at(referral, step), press(referral, **said)).status_code == 409
    assert zarina.post(at(referral, "recall"), press(referral, reason="mistake")).status_code == 409
    assert words.state("withdrawn") in page_text(zarina.get("/referrals/"))


def test_said_once_more_it_ends_at_once_where_nobody_holds_it(house: Senders, agreed) -> None:
    referral, zarina = house.sent(agreed), house.browser()
    left(house, referral)
    left(house, referral)
    assert zarina.post(at(referral, "withdraw"), press(referral, how_said="by_phone")).status_code == 303
    assert BEING_CLOSED not in page_text(zarina.get(at(referral)))
    assert state(referral) == "withdrawn"


@pytest.mark.parametrize("how", ["ended", "is paused"])
def test_the_page_says_why_nothing_opens_though_it_was_read_before(
    house: Senders, agreed, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Between the page's reading and the opening: red on 3f58cb0, where the page went on as if she agreed."""
    referral, opens = house.sent(agreed), showing.open_packet
    house.accepted(referral)

    def meanwhile(*given: object) -> object:
        if how == "is paused":
            pass_time(days=61)
        else:
            with god():
                Referral.objects.filter(pk=referral.pk).update(state_code="withdrawn", ended_at=referral.sent_at)
            given[1].refresh_from_db()
        return opens(*given)

    monkeypatch.setattr(showing, "open_packet", meanwhile)
    shut = house.browser("shelter-worker").get(f"{at(referral)}?open=packet")
    why = {
        "is paused": "The person's consent is not valid, so nothing can be read now.",
        "ended": "Ended by the person",
    }
    assert (shut.status_code, why[how] in page_text(shut)) == (409, True), page_text(shut)
    assert "Each opening is written in the record of access." not in page_text(shut), "there is nothing to press again"
