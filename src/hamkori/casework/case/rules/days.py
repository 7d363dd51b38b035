"""The days that a form takes: from today, as far as anybody plans.

Limits of ours against a slip of the hand, and no law: whoever needs others changes them here. The walls stop only what
no program reads (access/walls/55_clocks.sql: 400 days); a form's limits lie inside theirs, so that a typed day is
answered at its field. How long a consent is valid has limits of its own (consent/rules/consent.py).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

_FRIDAY: Final = 4
NEXT_STEP_AT_MOST: Final = timedelta(days=365)
"""A year: a step that is planned for later is lost."""
NEEDED_FROM_AT_MOST: Final = timedelta(days=183)
"""Six months: nobody can promise help from a later day."""
ARRIVAL_AT_MOST: Final = NEEDED_FROM_AT_MOST
"""The person comes within the days for which help could be asked."""


def next_step(today: date) -> tuple[date, date]:
    """The first and the last day of a next step."""
    return today, today + NEXT_STEP_AT_MOST


def needed_from(today: date) -> tuple[date, date]:
    """The first and the last day from which help can be asked."""
    return today, today + NEEDED_FROM_AT_MOST


def arrival(today: date) -> tuple[date, date]:
    """The first and the last day on which a person can be expected."""
    return today, today + ARRIVAL_AT_MOST


def planned_since(today: date, *, came: bool = False) -> date:
    """From this day on an open case may be without a next step: its first working day is not over yet. `came`: the same
    of a case that began when somebody came by referral (`plan_by`).

    Weekends alone are passed over. After a feast day it is asked a day early, which costs nobody anything.
    """
    before = today - timedelta(days=1)
    while before.weekday() > _FRIDAY:
        before -= timedelta(days=1)
    return before if came else before + timedelta(days=1)


def plan_by(opened: date, *, came: bool) -> date:
    """The day on which a case without a next step gets one: its first working day. Who came by referral, perhaps at
    night, is received first (`came`): the next working day.
    """
    return working_day(opened + timedelta(days=1) if came else opened)


def working_day(on: date) -> date:
    """This day, or the next one on which work is done; as above, weekends alone are passed over."""
    while on.weekday() > _FRIDAY:
        on += timedelta(days=1)
    return on
