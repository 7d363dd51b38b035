"""Help that was a place to sleep has ended, and the person sleeps there one more night: who may, and until when."""

from datetime import datetime
from typing import Final

from hamkori.casework.referral.rules.tonight import night_begins
from hamkori.directory.rules.suit import kinds

UNREACHED: Final = "not_reached"
PLACE: Final = "safe_place"
ENDED: Final = ("finished", "disputed", "confirmed")
"""States in which help has ended with a result."""


def may_sleep_on(service: str, result: str, *, came: bool) -> bool:
    """Not who never came to a place to sleep, nor who left it without a word."""
    return came and result != UNREACHED and service in kinds([PLACE])


def sleeps_on(finished_at: datetime, at: datetime) -> bool:
    """Whether the night that was meant when help ended is that of now; both are of the house's zone. The database asks
    the same (`referral_slept_until` in walls/59_shelter_ended.sql).
    """
    return finished_at >= night_begins(at)
