"""A slip that was put back: the place that was found once more is the one of before, and keeps its hour (ADR 0165)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from hamkori.casework.case.rules.lifecycle import GOES_ELSEWHERE, THEY_SAID_NO

LATELY: Final = timedelta(hours=24)
"""So long after "the person is there" or "goes to another place" the same place, found once more, is that one; the
database says the same.
"""


Told = tuple[object, datetime]
"""An organisation that was told that nobody comes, and when; None: one that is not listed."""


class Word(NamedTuple):
    """What a case says of a place for tonight: the step, its reason, which organisation if one is named, and when."""

    step: str
    reason: str
    body: object
    at: datetime


def may_put_back(told: datetime | None, at: datetime) -> bool:
    """Whether it can be said that it was a slip that child protection was told, at this time (ADR 191)."""
    return told is not None and at < told + LATELY


def is_slip(step: str, reason: str) -> bool:
    """Whether what is said of a place that was found may be put back by finding it once more."""
    return step == "place_reached" or (step, reason) == ("place_needed", GOES_ELSEWHERE)


def slip_of(said: Sequence[tuple[str, str]]) -> int | None:
    """Of a case's words and their reasons, the newest first: which of them found the place, where nothing was said
    since but that the person is there, or goes to another one, or first the one and then the other.
    """
    steps = [step for step, _reason in said]
    if not said or not is_slip(*said[0]):
        return None
    if steps[1:2] == ["place_found"]:
        return 1
    left = said[0][0] == "place_needed" and steps[1:3] == ["place_reached", "place_found"]
    return 2 if left else None


def undone_of(said: Sequence[tuple[str, str]]) -> int | None:
    """The same of what has a way back while another place is ready: also, right after it was found, that the place is
    none after all. Found once more it has a new hour: nothing tells a slip from a new yes (ADR 0173).
    """
    gone = [step for step, _reason in said[:2]] == ["place_needed", "place_found"] and said[0][1] in ("", THEY_SAID_NO)
    return 1 if gone else slip_of(said)


def first_found(said: Iterable[Word], told: Iterable[Told] = ()) -> dict[datetime, datetime]:
    """Of a case's words, the oldest first: each with which a slip was put back, and when that place was found first.
    `told`: who was told that nobody comes; they are asked anew. `place_finds` in walls/59_place_told.sql says the same.
    """
    found: dict[datetime, datetime] = {}
    words, called_off = list(said), list(told)
    for number, again in enumerate(words):
        before = words[:number][-3:][::-1]
        back = slip_of([(one.step, one.reason) for one in before]) if again.step == "place_found" else None
        if back is None:
            continue
        there, place = before[0], before[back]
        if any(body == again.body and there.at < at < again.at for body, at in called_off):
            continue
        if (place.reason, place.body) == (again.reason, again.body) and again.at < there.at + LATELY:
            found[again.at] = found.get(place.at, place.at)
    return found
