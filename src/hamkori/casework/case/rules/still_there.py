"""From when it is asked whether a person still sleeps where no organisation has accepted them (ADR 0138)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from hamkori.calendar.rules import NIGHT_ENDS

AGAIN: Final = timedelta(days=7)
"""After "yes, for now" it is asked again so much later. The number is ours, and no rule of anybody."""
ABOVE: Final = timedelta(days=2)
"""What nobody has answered for so long its supervisor reads too."""


def asked_from(reached_at: datetime, *, again: bool) -> datetime:
    """The morning after the night in which it was said that the person is there; of who was asked and is still there,
    a week later. `reached_at` is of the house's zone.
    """
    days = AGAIN if again else timedelta(days=1)
    return _morning((reached_at - timedelta(hours=NIGHT_ENDS)).date() + days, reached_at)


def _morning(day: date, like: datetime) -> datetime:
    return datetime.combine(day, datetime.min.time(), like.tzinfo) + timedelta(hours=NIGHT_ENDS)
