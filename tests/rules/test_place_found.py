"""Until when it is asked whether somebody got to the place that was found for a night."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from hamkori.casework.referral.rules.tonight import is_asked

DUSHANBE = ZoneInfo("Asia/Dushanbe")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=DUSHANBE)


@pytest.mark.parametrize(
    ("found", "last", "over"),
    [
        (at(25, 22, 57), at(26, 11, 59), at(26, 12)),
        (at(26, 3), at(26, 11, 59), at(26, 12)),
        (at(26, 5, 59), at(26, 11, 59), at(26, 12)),
        (at(25, 6), at(26, 11, 59), at(26, 12)),
        (at(25, 10), at(25, 22), at(26, 12)),
    ],
    ids=["evening", "night", "before six", "from six on for the night that comes", "morning"],
)
def test_it_is_asked_until_the_noon_after_that_night(found: datetime, last: datetime, over: datetime) -> None:
    assert is_asked(found, found)
    assert is_asked(found, last)
    assert not is_asked(found, over)
