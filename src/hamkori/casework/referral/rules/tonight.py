"""Whether what a shelter has accepted is a place for tonight: by the day that was agreed, in the zone of the house."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from hamkori.calendar.rules import NIGHT_ENDS
from hamkori.casework.case.rules.clocks import NOW

NOON: Final = 12


def night_of(at: datetime) -> date:
    """The day whose night it is, until six in the morning that of the day before. `at` is of the house's zone."""
    return (at - timedelta(hours=NIGHT_ENDS)).date()


def night_begins(at: datetime) -> datetime:
    """Six in the morning of the day whose night it is. `at` is of the house's zone."""
    return datetime.combine(night_of(at), time(NIGHT_ENDS), at.tzinfo)


def comes_later(state: str, arrival: tuple[date | None, str], night: date, *, came: bool) -> bool:
    """Accepted for a later day than that of this night, and nobody said that the person is there: no place for tonight.

    `arrival`: the day and its part. After midnight "this morning" is still after the night; "now" never is. `no_place`
    in work/queries/no_place.py, `my_counts` in walls/60_pages.sql and two more of the walls ask the same of many rows.
    """
    arrival_on, part = arrival
    later = arrival_on is not None and arrival_on > night and part != NOW
    return state == "accepted" and not came and later


def is_asked(found_at: datetime, at: datetime) -> bool:
    """Whether it is asked if somebody got to the place that was found: until the noon after that night. Both times are
    of the house's zone.
    """
    return at < asked_until(found_at)


def asked_until(found_at: datetime) -> datetime:
    """That noon. `found_at` is of the house's zone."""
    morning = datetime.combine(night_of(found_at) + timedelta(days=1), datetime.min.time(), found_at.tzinfo)
    return morning + timedelta(hours=NOON)
