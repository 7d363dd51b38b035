"""How well an age is known: documents before an assessment, an assessment before what somebody says."""

from __future__ import annotations

import pytest

from hamkori.casework.case.rules.age import KNOWN, known_less
from hamkori.vocabulary import codelist

WORDS = ("own_word", "relative")
BY = ("papers", "assessment")


def test_the_reasons_that_are_ranked_are_of_the_list() -> None:
    """A code of the list that was renamed would be known as little as a word, and nobody would be asked."""
    assert set(KNOWN) <= set(codelist("age_reason").codes)
    assert set(WORDS) <= set(codelist("age_reason").codes)


@pytest.mark.parametrize("new", [*BY, *WORDS])
@pytest.mark.parametrize("old", [*BY, *WORDS])
def test_an_age_is_known_less_by_whatever_stands_later_in_the_row(new: str, old: str) -> None:
    rank = {one: BY.index(one) if one in BY else len(BY) for one in (new, old)}
    assert known_less(new, than=old) is (rank[new] > rank[old])


def test_where_nothing_was_confirmed_nothing_is_known_less() -> None:
    assert not any(known_less(one, than="") for one in (*BY, *WORDS))
