"""How well an age is known: documents before an assessment, an assessment before what somebody says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hamkori.casework.case.rules.age import KNOWN, known_less, stands_since
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


SAID = datetime(2026, 11, 30, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "reason", "said_by", "stands"),
    [
        (1, "papers", "own_word", True),
        (0, "papers", "papers", True),
        (1, "own_word", "papers", False),
        (-1, "papers", "own_word", False),
    ],
)
def test_an_age_stands_against_a_word_that_is_older_and_no_better(
    after: int, reason: str, said_by: str, *, stands: bool
) -> None:
    at = SAID + timedelta(hours=after)
    assert stands_since(at, reason, said_at=SAID, said_by=said_by) is stands


def test_what_was_never_confirmed_stands_against_nothing() -> None:
    assert not stands_since(None, "papers", said_at=SAID, said_by="")
