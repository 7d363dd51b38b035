"""From when it is asked whether a person still sleeps where they got to (ADR 0138)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from hamkori.casework.case.rules.still_there import asked_from

DUSHANBE = ZoneInfo("Asia/Dushanbe")


def at(day: int, hour: int, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=DUSHANBE)


@pytest.mark.parametrize(
    ("reached", "asked"),
    [
        (at(30, 22, month=11), at(1, 6)),
        (at(1, 2), at(1, 6)),  # after midnight it is the same night
        (at(1, 6), at(2, 6)),
        (at(1, 14), at(2, 6)),
    ],
)
def test_it_is_asked_from_the_morning_after_the_night(reached: datetime, asked: datetime) -> None:
    assert asked_from(reached, again=False) == asked


def test_of_who_is_still_there_it_is_asked_a_week_later() -> None:
    assert asked_from(at(1, 10), again=True) == at(8, 6)
