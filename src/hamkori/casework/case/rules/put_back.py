"""A slip that was put back: the place that was found once more is the one of before, and keeps its hour (ADR 0165)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from hamkori.casework.case.rules.lifecycle import GOES_ELSEWHERE

LATELY: Final = timedelta(hours=24)
"""So long after "the person is there" or "goes to another place" the same place, found once more, is that one; the
database says the same.
"""


class Word(NamedTuple):
    """What a case says of a place for tonight: the step, its reason, which organisation if one is named, and when."""

    step: str
    reason: str
    body: object
    at: datetime


def is_slip(step: str, reason: str) -> bool:
    """Whether what is said of a place that was found may be put back by finding it once more."""
    return step == "place_reached" or (step, reason) == ("place_needed", GOES_ELSEWHERE)


def first_found(said: Iterable[Word]) -> dict[datetime, datetime]:
    """Of a case's words, the oldest first: each with which a slip was put back, and when that place was found first.
    `place_finds` in walls/59_place_told.sql says the same.
    """
    found: dict[datetime, datetime] = {}
    words = list(said)
    for place, there, again in zip(words, words[1:], words[2:], strict=False):
        back = (place.step, again.step) == ("place_found", "place_found") and is_slip(there.step, there.reason)
        same = (place.reason, place.body) == (again.reason, again.body)
        if back and same and again.at < there.at + LATELY:
            found[again.at] = found.get(place.at, place.at)
    return found
