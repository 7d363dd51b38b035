"""What a summary said of the person before it was corrected: what is kept, what is read of it, and what is no code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from hamkori.casework.case.rules.said import SAID, said_of
from hamkori.casework.referral.rules.facts import FACTS, Fact, became, code, facts, was_at

NOON = datetime(2026, 11, 30, 7, tzinfo=UTC)
LATER = NOON + timedelta(hours=2)


def kept(fact: str, was: str, until: datetime = NOON) -> dict[str, str]:
    return {"fact": fact, "was": was, "until": until.isoformat()}


@pytest.mark.parametrize(
    ("value", "said"), [(True, "true"), (False, "false"), ("raised", "raised"), (None, ""), ("", "")]
)
def test_a_column_is_kept_as_a_code(value: object, said: str) -> None:
    assert code(value) == said


@pytest.mark.parametrize(
    ("fact", "was", "counts"),
    [
        ("risk_code", "raised", True),
        ("risk_code", "<b>high</b>", False),
        ("children_code", "0", True),
        ("children_code", "seven", False),
        ("needs_interpreter", "true", True),
        ("needs_interpreter", "perhaps", False),
        ("doctor_code", "no", True),
        ("doctor_code", "child_7_13", True),
        ("stairs_code", "child_7_13", False),
        ("doctor_code", "Zarina", False),
        ("age_band_code", "9-17", False),
    ],
)
def test_what_is_no_code_of_a_fact_is_left_out(fact: str, was: str, *, counts: bool) -> None:
    assert bool(facts([kept(fact, was)])) is counts


def test_the_first_word_stands_first_and_who_accepted_then_accepted_that() -> None:
    found = facts([kept("children_code", "1", LATER), kept("children_code", "0")])
    assert found == (Fact("children_code", "0", NOON), Fact("children_code", "1", LATER))
    read = [was_at(found, "children_code", "2", NOON + timedelta(hours=hours)) for hours in (-1, 1, 3)]
    assert read == ["0", "1", "2"]
    assert was_at(found, "risk_code", "high", NOON) == "high", "nothing was corrected there"
    assert was_at(found, "children_code", "2", None) == "2", "nobody has accepted yet"


def test_the_facts_of_a_case_are_those_of_its_summaries() -> None:
    @dataclass
    class Case:
        sex_code: str = "female"
        language_code: str = "tg"
        needs_interpreter: bool = False
        risk_code: str = "high"
        children_code: str = "2"
        doctor_code: str = "yes"
        stairs_code: str = "not_asked"
        region_code: str = "KT"

    said = said_of(Case())
    assert said["children_code"] == "2"
    assert set(said) == {*SAID, "region_code"} == set(FACTS)


def test_what_a_correction_says_never_changes() -> None:
    """Of rows that do not keep what it became, the next one of the same fact says it, or the summary itself."""
    of_before, later = kept("children_code", "0"), kept("children_code", "1", LATER) | {"now": "2"}
    found = facts([of_before, later])
    assert [became(found, one, "3+") for one in found] == ["1", "2"]
    assert [became(found[:1], one, "3+") for one in found[:1]] == ["3+"]
    (no_code,) = facts([of_before | {"now": "<b>7</b>"}])
    assert no_code.now == ""
