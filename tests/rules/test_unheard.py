"""Whose word a no to everything is: that of the person, or one that somebody else brought (ADR 0184)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import hamkori.casework
from hamkori.casework.consent.rules.consent import BY_OTHERS, ROWS, bits_of, is_unheard, unheard_rows
from hamkori.vocabulary import codelist


@pytest.mark.parametrize("step", ["give", "refuse", "withdraw", "ask_again"])
@pytest.mark.parametrize("answers", [(), ("no",), ("no", "withdrawn"), ("no", "yes"), ("withdrawn", "not_asked")])
def test_only_a_no_to_everything_that_another_brought(step: str, answers: tuple[str, ...]) -> None:
    whole = step in ("refuse", "withdraw") and answers in (("no",), ("no", "withdrawn"))
    for how in (*codelist("how_said").codes, ""):
        assert is_unheard(step, how, answers) is (
            whole and how in ("through_other", "by_message", "by_phone_no_word")
        ), how


def test_the_ways_are_in_the_list() -> None:
    assert {*BY_OTHERS} < {*codelist("how_said").codes}


def test_which_rows_were_asked_is_one_number_and_the_database_reads_it_in_the_same_order() -> None:
    assert [bits_of([key]) for key in ROWS] == [1 << place for place in range(len(ROWS))]
    assert bits_of([ROWS[0], ROWS[2], ROWS[0]]) == 0b101
    assert bits_of([]) == 0
    wall = (Path(hamkori.casework.__file__).parent / "walls" / "34_unheard.sql").read_text()
    named = re.findall(r"'([a-z_]+):([a-z_]+)'", wall.partition("function consent_asked")[2].partition("$$;")[0])
    assert tuple(named) == ROWS


SHELTER, DOCTOR, POLICE = ("shelter_social", "help"), ("health", "help"), ("police", "justice")
YES = ("give", "in_person", {SHELTER: "yes", DOCTOR: "yes", POLICE: "no"})
BROUGHT = ("withdraw", "by_message", {SHELTER: "withdrawn", DOCTOR: "withdrawn", POLICE: "no"})
ONE = ("withdraw", "through_other", {**YES[2], SHELTER: "withdrawn"})
OWN = ("withdraw", "by_phone", {**BROUGHT[2]})


@pytest.mark.parametrize(
    ("versions", "unheard"),
    [
        ([], set()),
        ([YES], set()),
        ([YES, BROUGHT], {SHELTER, DOCTOR}),
        ([YES, BROUGHT, ("withdraw", "through_other", BROUGHT[2])], {SHELTER, DOCTOR}),
        ([YES, ONE], {SHELTER}),
        ([YES, ONE, ("withdraw", "in_person", BROUGHT[2])], set()),
        ([YES, ONE, ("withdraw", "through_other", BROUGHT[2])], {SHELTER, DOCTOR}),
        ([YES, ONE, ("give", "in_person", {**ONE[2], SHELTER: "no"})], set()),
        ([YES, ("withdraw", "in_person", ONE[2]), BROUGHT], {DOCTOR}),
        ([YES, BROUGHT, ("give", "in_person", {**BROUGHT[2], SHELTER: "yes"})], {DOCTOR}),
        ([YES, BROUGHT, ("refuse", "in_person", {**BROUGHT[2], SHELTER: "no", DOCTOR: "no"})], set()),
        ([YES, BROUGHT, OWN], set()),
        ([YES, OWN, BROUGHT], set()),
        ([YES, BROUGHT, ("ask_again", "", BROUGHT[2])], set()),
        ([("refuse", "through_other", {SHELTER: "no"})], {SHELTER}),
    ],
)
def test_each_answer_stays_unheard_until_it_is_asked(versions: list[Any], unheard: set[Any]) -> None:
    """What the person had said themselves before is theirs; so is all, once they say no to everything themselves."""
    assert unheard_rows(versions) == unheard
