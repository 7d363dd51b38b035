"""Working time in Dushanbe, and in a zone that has summer time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamkori.calendar.rules import Calendar, add_working, close_after, close_of_working_day, working_between

PLAIN = Calendar()
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
instants = st.timedeltas(timedelta(0), timedelta(days=729)).map(lambda after: FIRST + after)
spans = st.integers(0, 60 * 9 * 12).map(lambda minutes: timedelta(minutes=minutes))
managed = st.dictionaries(
    st.dates(date(2026, 1, 1), date(2028, 3, 1)),
    st.sampled_from(["holiday", "transferred", "decree", "working_saturday"]),
    max_size=25,
)
zones = st.sampled_from(["Asia/Dushanbe", "Europe/Berlin", "America/New_York"])


def dushanbe(year: int, month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo("Asia/Dushanbe"))


def test_the_week_is_monday_to_friday_eight_to_five_in_dushanbe() -> None:
    assert PLAIN.is_open(dushanbe(2026, 11, 25, 8, 0))
    assert PLAIN.is_open(datetime(2026, 11, 25, 11, 59, tzinfo=UTC))
    assert not PLAIN.is_open(dushanbe(2026, 11, 25, 7, 59))
    assert not PLAIN.is_open(datetime(2026, 11, 25, 12, 0, tzinfo=UTC))
    assert not PLAIN.is_open(dushanbe(2026, 11, 28, 12, 0))
    assert PLAIN.next_open(dushanbe(2026, 11, 27, 17, 0)) == dushanbe(2026, 11, 30, 8, 0)
    assert PLAIN.next_open(dushanbe(2026, 11, 30, 5, 0)) == dushanbe(2026, 11, 30, 8, 0)


def test_managed_days_win_over_the_week() -> None:
    # Friday off, Saturday worked for it, a decree closes Monday.
    calendar = Calendar.of(
        {
            date(2026, 11, 27): "transferred",
            date(2026, 11, 28): "working_saturday",
            date(2026, 11, 30): "decree",
            date(2026, 12, 1): "holiday",
        },
        version=7,
    )
    assert calendar.version == 7
    assert calendar.next_open(dushanbe(2026, 11, 26, 18, 0)) == dushanbe(2026, 11, 28, 8, 0)
    assert close_of_working_day(calendar, dushanbe(2026, 11, 26, 10, 0), 2) == dushanbe(2026, 12, 2, 17, 0)
    with pytest.raises(KeyError):
        Calendar.of({date(2026, 11, 27): "party"})


def test_a_span_that_fills_the_day_ends_at_its_close() -> None:
    assert add_working(PLAIN, dushanbe(2026, 11, 27, 13, 0), timedelta(hours=4)) == dushanbe(2026, 11, 27, 17, 0)
    assert add_working(PLAIN, dushanbe(2026, 11, 27, 13, 0), timedelta(hours=5)) == dushanbe(2026, 11, 30, 9, 0)
    assert add_working(PLAIN, dushanbe(2026, 11, 28, 13, 0), timedelta(0)) == dushanbe(2026, 11, 30, 8, 0)


def test_outside_hours_count_from_the_next_opening() -> None:
    # Sent on Friday evening: Monday is the day of sending, the third working day after it is Thursday.
    assert close_of_working_day(PLAIN, dushanbe(2026, 11, 27, 19, 0), 3) == dushanbe(2026, 12, 3, 17, 0)
    assert close_of_working_day(PLAIN, dushanbe(2026, 11, 27, 16, 59), 3) == dushanbe(2026, 12, 2, 17, 0)
    assert close_after(PLAIN, date(2026, 11, 27), 1) == dushanbe(2026, 11, 30, 17, 0)


def test_summer_time_keeps_the_wall_clock() -> None:
    berlin = Calendar(zone="Europe/Berlin")
    # The clocks went forward in the night to Sunday 29 March 2026: Friday closes at 16:00 UTC, Monday at 15:00.
    assert berlin.closes(date(2026, 3, 27)) == datetime(2026, 3, 27, 16, 0, tzinfo=UTC)
    assert berlin.closes(date(2026, 3, 30)) == datetime(2026, 3, 30, 15, 0, tzinfo=UTC)
    friday = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
    assert add_working(berlin, friday, timedelta(hours=9)) == datetime(2026, 3, 30, 11, 0, tzinfo=UTC)
    assert working_between(berlin, friday, datetime(2026, 3, 30, 15, 0, tzinfo=UTC)) == timedelta(hours=13)


def test_a_calendar_without_a_working_day_is_a_fault() -> None:
    closed = Calendar(free=frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(4000)))
    with pytest.raises(ValueError, match="no working day"):
        closed.next_open(dushanbe(2026, 6, 1, 9, 0))


@given(instants, spans, managed, zones)
def test_adding_and_measuring_agree(start: datetime, work: timedelta, days: dict[date, str], zone: str) -> None:
    calendar = Calendar.of(days, zone)
    assert working_between(calendar, start, add_working(calendar, start, work)) == work


@given(instants, spans, spans, managed, zones)
def test_later_or_longer_never_ends_earlier(
    start: datetime, work: timedelta, later: timedelta, days: dict[date, str], zone: str
) -> None:
    calendar = Calendar.of(days, zone)
    end = add_working(calendar, start, work)
    assert end >= start
    assert add_working(calendar, start + later, work) >= end
    assert add_working(calendar, start, work + later) >= end
    assert working_between(calendar, start + later, start) == timedelta(0)


@given(instants, managed, zones)
def test_the_next_opening_is_open_and_not_before(start: datetime, days: dict[date, str], zone: str) -> None:
    calendar = Calendar.of(days, zone)
    opened = calendar.next_open(start)
    assert opened >= start
    assert calendar.is_open(opened)
    assert calendar.works(calendar.day(opened))
    assert (opened == start) == calendar.is_open(start)
