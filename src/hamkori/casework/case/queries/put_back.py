"""A call of a coordinator that was a slip: it is put back, and nobody counts it any more."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from hamkori.casework.case.queries.child_calls import PUT_BACK
from hamkori.casework.case.queries.coordination import COORDINATOR, ME, Call

__all__ = ("PUT_BACK", "just_said", "to_put_back")

JUST_NOW: Final = timedelta(minutes=15)
"""So long the way back stands open beside what was pressed; then it lies folded with another call."""


def to_put_back(calls: Sequence[Call], at: datetime) -> bool:
    """Whether the newest call of a coordinator can be put back: within a day, as that about a child."""
    newest = next((one for one in calls if one.side in (ME, COORDINATOR)), None)
    return newest is not None and at < newest.at + timedelta(hours=24)


def just_said(calls: Sequence[Call], at: datetime) -> bool:
    """Whether the newest call of a coordinator is the reader's own of just now."""
    newest = next((one for one in calls if one.side in (ME, COORDINATOR)), None)
    return newest is not None and newest.side == ME and at < newest.at + JUST_NOW
