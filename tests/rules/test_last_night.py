"""Who sleeps one more night where help has ended, and which night that is."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hamkori.casework.referral.rules.last_night import may_sleep_on, sleeps_on
from hamkori.casework.referral.rules.tonight import night_begins

HERE = ZoneInfo("Asia/Dushanbe")
EVENING = datetime(2026, 12, 3, 19, 0, tzinfo=HERE)


@pytest.mark.parametrize(
    ("ended", "over"),
    [
        (EVENING, datetime(2026, 12, 4, 6, 0, tzinfo=HERE)),
        (EVENING.replace(hour=6), datetime(2026, 12, 4, 6, 0, tzinfo=HERE)),
        (EVENING.replace(hour=5, minute=59), datetime(2026, 12, 3, 6, 0, tzinfo=HERE)),
    ],
)
def test_the_night_that_is_or_comes_ends_at_six(ended: datetime, over: datetime) -> None:
    assert sleeps_on(ended, ended)
    assert sleeps_on(ended, over - timedelta(seconds=1))
    assert not sleeps_on(ended, over)


def test_a_night_begins_at_six_in_the_morning_of_its_day() -> None:
    assert night_begins(EVENING) == datetime(2026, 12, 3, 6, 0, tzinfo=HERE)
    assert night_begins(EVENING.replace(hour=2)) == datetime(2026, 12, 2, 6, 0, tzinfo=HERE)


@pytest.mark.parametrize(
    ("service", "result", "came", "may"),
    [
        ("HOME-02", "given", True, True),
        ("HOME-02", "not_given", True, True),
        ("HOME-02", "not_reached", True, False),
        ("HOME-02", "not_needed", False, False),
        ("LEGAL-01", "given", True, False),
    ],
)
def test_nobody_sleeps_on_who_never_came_or_left_without_a_word(
    service: str, result: str, came: bool, may: bool
) -> None:
    assert may_sleep_on(service, result, came=came) is may
