"""What a summary said of the age at a moment, however often it was corrected since."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hamkori.casework.case.rules.age import of_another_side
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.rules.ages import former, said
from hamkori.casework.referral.rules.card import Card
from hamkori.casework.referral.rules.lifecycle import AWAITED, conditions

FIRST, SECOND = datetime(2026, 11, 9, 10, tzinfo=UTC), datetime(2026, 11, 30, 2, tzinfo=UTC)
KEPT = [
    {"age": "a18_29", "until": SECOND.isoformat()},
    {"age": "a9_17", "until": FIRST.isoformat()},
    {"age": "no band", "until": SECOND.isoformat()},
]


def test_each_moment_has_the_age_that_was_said_then() -> None:
    formers = former(KEPT)
    assert [one.age for one in formers] == ["a9_17", "a18_29"], "the first one first, and what is no band is left out"
    before, between, after = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC), SECOND
    for at, age in ((before, "a9_17"), (FIRST, "a18_29"), (between, "a18_29"), (after, "a9_17"), (None, "a9_17")):
        assert said(formers, "a9_17", at) == age, at
    card = Card.__new__(Card)
    object.__setattr__(card, "former_ages", formers)
    object.__setattr__(card, "age_band_code", "a9_17")
    assert card.age_at(between) == "a18_29"


def test_who_counts_the_beds_is_told_where_somebody_was_expected_and_it_is_ended_from_either_side() -> None:
    for side in (Side.SENDER, Side.SENDER_SUPERVISOR, Side.RECEIVER):
        assert conditions("accepted", side) == {AWAITED}
        assert conditions("serving", side) == frozenset()
    assert conditions("accepted", Side.DESK) == frozenset()


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("a9_17", "a18_29", True),
        ("adult_age_unknown", "child_age_unknown", True),
        ("a18_29", "a30_47", False),
        ("a0_8", "a9_17", False),
        ("a9_17", "unknown", False),
        ("", "a18_29", False),
    ],
)
def test_a_child_by_one_and_an_adult_by_the_other(one: str, other: str, differ: bool) -> None:
    assert of_another_side(one, other) is of_another_side(other, one) is differ
