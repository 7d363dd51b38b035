"""Whether what a shelter has accepted is a place for tonight: by the day that was agreed, in the zone of the house."""

from __future__ import annotations

from datetime import date


def comes_later(state: str, arrival_on: date | None, today: date, *, came: bool) -> bool:
    """Accepted for a later day than today, and nobody said that the person is there: no place for tonight.

    From midnight on an arrival of that very day is one again. `no_place` in work/queries/no_place.py and `my_counts` in
    walls/60_pages.sql ask the same of many rows.
    """
    return state == "accepted" and not came and arrival_on is not None and arrival_on > today
