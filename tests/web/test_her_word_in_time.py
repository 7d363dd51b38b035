"""Her word through the sender's page: it ends what it finds, though the page was read before somebody else moved it."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hamkori.audit.models import Ledger
from hamkori.casework.actions import receive
from hamkori.casework.models import PacketBody, Referral
from tests.cast import World
from tests.database import god
from tests.web.senders import Senders, page_text, state, version

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(small_world: World) -> Senders:
    return Senders(small_world)


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
