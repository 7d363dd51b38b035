"""A slip that was put back: the place that was found once more is the one of before, and keeps its hour (ADR 0165)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

LATELY: Final = timedelta(hours=24)
"""So long after "the person is there" the same place, found once more, is that one; the database says the same."""


class Word(NamedTuple):
    """What a case says of a place for tonight: the step, its reason, which organisation if one is named, and when."""

    step: str
    reason: str
    body: object
    at: datetime


def first_found(said: Iterable[Word]) -> dict[datetime, datetime]:
    """Of a case's words, the oldest first: each with which a slip was put back, and when that place was found first.
    `place_finds` in walls/59_place_told.sql says the same.
    """
    found: dict[datetime, datetime] = {}
    words = list(said)
    for place, there, again in zip(words, words[1:], words[2:], strict=False):
        steps = (place.step, there.step, again.step)
        same = (place.reason, place.body) == (again.reason, again.body)
        if steps == ("place_found", "place_reached", "place_found") and same and again.at < there.at + LATELY:
            found[again.at] = found.get(place.at, place.at)
    return found
