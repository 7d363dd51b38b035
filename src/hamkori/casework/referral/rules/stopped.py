"""When a referral has stopped without help: it stays on the sender's list until somebody acts."""

from __future__ import annotations

from datetime import datetime

STOPPED = ("declined", "unaccepted", "lapsed")
"""Endings after which the person still needs help, the gravest first. "Did not come" is no ending, and stops it too."""
MISSED = "missed"
"""What an accepted referral is called here when the organisation has said that the person did not come."""


def stop(state: str, *, ended_at: datetime | None, missed_at: datetime | None) -> tuple[str, datetime] | None:
    """How a referral stopped, and when; None if it did not."""
    if state in STOPPED and ended_at is not None:
        return state, ended_at
    if state == "accepted" and missed_at is not None:
        return MISSED, missed_at
    return None
