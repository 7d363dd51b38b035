"""Whose word a no to everything is: that of the person, or one that somebody else brought (ADR 0184)."""

from __future__ import annotations

import pytest

from hamkori.casework.consent.rules.consent import BY_OTHERS, is_unheard
from hamkori.vocabulary import codelist


@pytest.mark.parametrize("step", ["give", "refuse", "withdraw", "ask_again"])
@pytest.mark.parametrize("answers", [(), ("no",), ("no", "withdrawn"), ("no", "yes"), ("withdrawn", "not_asked")])
def test_only_a_no_to_everything_that_another_brought(step: str, answers: tuple[str, ...]) -> None:
    whole = step in ("refuse", "withdraw") and answers in (("no",), ("no", "withdrawn"))
    for how in (*codelist("how_said").codes, ""):
        assert is_unheard(step, how, answers) is (whole and how in ("through_other", "by_message")), how


def test_the_ways_are_in_the_list() -> None:
    assert {*BY_OTHERS} < {*codelist("how_said").codes}
