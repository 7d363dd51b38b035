"""When a referral has stopped without help: it stays on the sender's list until somebody acts."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

STOPPED = ("declined", "unaccepted", "lapsed")
"""Endings after which the person still needs help, the gravest first. "Did not come" is no ending, and stops it too."""
EMERGENCY: Final = "HEALTH-01"
"""Emergency medical care: urgent, whatever was chosen beside it."""
GOES_ON = "goes_on"
"""Of help that had begun when the person's word ended what was agreed: it goes on, as they want."""
TOLD_THEM = "told_them"
"""The same: the person does not want it either, and whoever helps was called."""
WHETHER_ON = (GOES_ON, TOLD_THEM)
MISSED = "missed"
"""What an accepted referral is called here once either side has said that the person did not come."""


class Told(Protocol):
    """What is asked of a referral."""

    state_code: str
    ended_at: datetime | None
    missed_at: datetime | None
    heard_code: str
    heard_at: datetime | None


def stop(one: Told) -> tuple[str, datetime] | None:
    """How a referral stopped, and when; None if it did not."""
    if one.state_code in STOPPED and one.ended_at is not None:
        return one.state_code, one.ended_at
    not_come = one.missed_at or (one.heard_at if one.heard_code == "did_not_come" else None)
    if one.state_code == "accepted" and not_come is not None:
        return MISSED, not_come
    return None
