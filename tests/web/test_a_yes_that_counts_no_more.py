"""A yes by telephone that was for another age is no yes for the coordinator either: the sender is called (ADR 123)."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.doors import DoorClient
from tests.web.senders import Senders, closes, page_text, records
from tests.web.test_a_yes_for_another_age import PLACE, put_right
from tests.web.test_coordinator_is_told import LATE, counted_alike
from tests.web.test_said_on_the_telephone import press

pytestmark = pytest.mark.django_db
CHANGED = "he summary was changed, and the yes does not count: call the sender"
YES = r"{} called today \d\d:\d\d: yes, but the summary was changed"
AGES = re.compile(r"9[\u2011-]17|18[\u2011-]29|\b([Gg]irl|[Ww]oman|[Cc]hild|[Aa]ge)\b")


def waits(house: Senders) -> tuple[Case, Referral]:
    """Urgent, for a woman, at a desk that is closed until the answer is due."""
    closes(house)
    records(house)
    case = house.case({**PLACE, "sex_code": "female", "age_band_code": "a18_29"})
    house.agreed(case)
    sent = house.sent(case)
    pass_time(minutes=1)
    return case, sent


def reads(farida: DoorClient) -> list[str]:
    return [page_text(farida.get(at)) for at in ("/", LATE)]


def is_asked(farida: DoorClient, who: str) -> None:
    """On both of her pages, among what needs a call now."""
    assert counted_alike(farida) == {"to call now": 1}
    for said in reads(farida):
        assert re.search(YES.format(who), said)
        assert CHANGED in said
        assert "not confirmed in Hamkori yet" not in said
        assert "I called the sender" in said
        assert not AGES.search(said), "she is told no age"


def test_a_yes_that_she_heard_is_none_once_the_age_is_put_right(house: Senders) -> None:
    """Red before: "Reached: the answer is awaited · yes, not confirmed in Hamkori yet", and she waited two hours."""
    case, sent = waits(house)
    farida, call = house.browser("coordinator"), f"/coordination/{sent.code}/call/"
    press(farida, call, "said_yes")
    press(farida, call, "sender")
    assert counted_alike(farida) == {"reached": 1}
    pass_time(minutes=1)
    put_right(house, case, "a9_17")
    is_asked(farida, "You")
    press(farida, call, "sender")
    assert counted_alike(farida) == {"to call now": 1}, "nobody has asked that desk about who it is now"
    for said in reads(farida):
        assert CHANGED not in said, "they were told"
    pass_time(minutes=1)
    press(farida, call, "said_yes")
    is_asked(farida, "You")
    pass_time(minutes=1)
    press(house.browser(), f"/referrals/{sent.code}/call/", "said_yes")
    assert counted_alike(farida) == {"reached": 1}, "the sender has asked them"
    for said in reads(farida):
        assert CHANGED not in said


def test_a_yes_that_the_sender_heard_is_none_either_and_ages_of_an_adult_are_one(house: Senders) -> None:
    case, sent = waits(house)
    farida = house.browser("coordinator")
    press(house.browser(), f"/referrals/{sent.code}/call/", "said_yes")
    assert counted_alike(farida) == {"reached": 1}
    pass_time(minutes=1)
    put_right(house, case, "a30_47")
    assert counted_alike(farida) == {"reached": 1}
    put_right(house, case, "a9_17")
    is_asked(farida, "Cso Kulob")
