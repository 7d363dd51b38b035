"""Whether what a shelter has accepted is a place for tonight: by the day that was agreed, in the zone of the house."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

NIGHT_ENDS: Final = 6
"""What was found before this hour was found for the night that is not over yet."""
NOON: Final = 12


def comes_later(state: str, arrival_on: date | None, today: date, *, came: bool) -> bool:
    """Accepted for a later day than today, and nobody said that the person is there: no place for tonight.

    From midnight on an arrival of that very day is one again. `no_place` in work/queries/no_place.py and `my_counts` in
    walls/60_pages.sql ask the same of many rows.
    """
    return state == "accepted" and not came and arrival_on is not None and arrival_on > today


def is_asked(found_at: datetime, at: datetime) -> bool:
    """Whether it is asked if somebody got to the place that was found: until the noon after that night. Both times are
    of the house's zone.
    """
    night = found_at.date() - timedelta(days=1) if found_at.hour < NIGHT_ENDS else found_at.date()
    noon = datetime.combine(night + timedelta(days=1), datetime.min.time(), found_at.tzinfo) + timedelta(hours=NOON)
    return at < noon
