"""A slip that was put back: the place found once more keeps the hour at which it was found first (ADR 0165)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hamkori.casework.case.rules.lifecycle import GOES_ELSEWHERE, NOBODY_COMES, THEY_SAID_NO
from hamkori.casework.case.rules.put_back import LATELY, Word, first_found, is_slip, may_put_back, slip_of, undone_of

START = datetime(2026, 11, 30, 10, tzinfo=UTC)


def word(step: str, hours: int, reason: str = "known_people", body: str = "") -> Word:
    return Word(step, reason, body, START + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("step", "reason", "slip"),
    [
        ("place_reached", "", True),
        ("place_needed", GOES_ELSEWHERE, True),
        ("place_needed", "", False),
        ("place_found", "known_people", False),
    ],
)
def test_what_may_be_a_slip(step: str, reason: str, *, slip: bool) -> None:
    assert is_slip(step, reason) is slip


def test_the_same_place_found_once_more_has_the_first_hour() -> None:
    said = [word("place_found", 0), word("place_reached", 1, ""), word("place_found", 2)]
    again = [*said, word("place_reached", 3, ""), word("place_found", 4)]
    assert first_found(said) == {said[2].at: said[0].at}
    assert first_found(again) == {said[2].at: said[0].at, again[4].at: said[0].at}, "also the second time"


@pytest.mark.parametrize(
    "last",
    [word("place_found", 2, "own_home"), word("place_found", 2, body="a shelter"), word("place_found", 26)],
    ids=["another kind", "another body", "a day later"],
)
def test_another_place_or_a_later_day_has_its_own_hour(last: Word) -> None:
    assert first_found([word("place_found", 0), word("place_reached", 1, ""), last]) == {}


def test_a_place_that_was_refused_in_between_is_found_anew() -> None:
    assert first_found([word("place_found", 0), word("place_needed", 1, ""), word("place_found", 2)]) == {}


GOES = ("place_needed", GOES_ELSEWHERE)
THERE = ("place_reached", "")
FOUND = ("place_found", "known_people")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ([], None),
        ([FOUND], None),
        ([THERE, FOUND], 1),
        ([GOES, FOUND], 1),
        ([GOES, THERE, FOUND], 2),
        ([THERE, THERE, FOUND], None),
        ([THERE, GOES, FOUND], None),
        ([GOES, THERE, THERE, FOUND], None),
        ([GOES, THERE], None),
    ],
)
def test_which_word_found_the_place(said: list[tuple[str, str]], found: int | None) -> None:
    assert slip_of(said) == found


def test_who_was_there_and_goes_elsewhere_is_put_back_to_the_first_hour() -> None:
    said = [word("place_found", 0), word("place_reached", 1, ""), word("place_needed", 2, GOES_ELSEWHERE)]
    said.append(word("place_found", 3))
    assert first_found(said) == {said[3].at: said[0].at}


@pytest.mark.parametrize(
    ("reason", "found"), [("", 1), (THEY_SAID_NO, 1), (GOES_ELSEWHERE, 1), (NOBODY_COMES, None), ("is_safe", None)]
)
def test_that_a_place_is_none_has_a_way_back_too(reason: str, found: int | None) -> None:
    assert undone_of([("place_needed", reason), FOUND]) == found
    assert undone_of([("place_needed", reason), THERE, FOUND]) == (2 if reason == GOES_ELSEWHERE else None)


def test_who_was_told_since_that_nobody_comes_is_asked_anew() -> None:
    said = [word("place_found", 0, body="a shelter"), word("place_needed", 1, GOES_ELSEWHERE)]
    said.append(word("place_found", 4, body="a shelter"))
    assert first_found(said, [("a shelter", START + timedelta(hours=2))]) == {}
    for body, hours in (("another", 2), ("a shelter", 0), ("a shelter", 5)):
        assert first_found(said, [(body, START + timedelta(hours=hours))]) == {said[2].at: said[0].at}


def test_what_was_told_by_slip_is_put_back_within_a_day() -> None:
    assert may_put_back(START, START + timedelta(hours=23))
    assert not may_put_back(START, START + LATELY)
    assert not may_put_back(None, START), "nothing was told"
