"""At which hour the tests stand: HAMKORI_TESTS_AHEAD=4 puts each world's clock four hours ahead.

A test that only holds by day is seen at any hour of the day. Past midnight the world's day is not the machine's:
tests that read the machine's day fail too, and are no finding.
"""

from __future__ import annotations

import os
from datetime import date, datetime, time, timedelta

import psycopg
from django.utils import timezone

AHEAD = int(os.environ.get("HAMKORI_TESTS_AHEAD", "0"))
CLOCK = 'update world set "offset" = %s'


def ahead(days: int = 0) -> timedelta | None:
    """What the clock of the world is ahead, as tests begin and so many days later."""
    return timedelta(days=days, hours=AHEAD) or None


def first_day() -> date:
    """The day of the world as tests begin: late in the evening another one than the machine's."""
    return timezone.localdate(timezone.now() + timedelta(hours=AHEAD))


def until(here: datetime, weekday: int, hour: int, minute: int = 0) -> timedelta:
    """How long it is to the next such moment by this wall clock (Monday: 0)."""
    then = datetime.combine(here.date(), time(hour, minute), here.tzinfo)
    then += timedelta(days=(weekday - here.weekday()) % 7)
    return (then if then > here else then + timedelta(days=7)) - here


def put_ahead(url: str) -> None:
    """The clock of the world in this database goes ahead, where that is asked for."""
    if AHEAD:
        with psycopg.connect(url) as connected:
            connected.execute(CLOCK, [ahead()])
