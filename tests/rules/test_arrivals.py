"""Nobody is late at the moment at which an arrival was agreed, whatever the hour; "now" lasts so long (ADR 95, 101)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamkori.calendar.rules import Calendar
from hamkori.casework.case.rules import clocks
from hamkori.casework.referral.rules.tonight import comes_later, night_of
from tests.rules.test_clocks import PLAIN, URGENCIES, at, calendars, instants


@given(instants, st.integers(0, 60), st.sampled_from(clocks.parts_of_day()), st.sampled_from(URGENCIES), calendars)
def test_nobody_is_late_at_the_moment_of_the_yes(
    yes_at: datetime, ahead: int, part: str, urgency: str, calendar: Calendar
) -> None:
    """Whatever day and part is agreed from that day on, the limit and everybody who is told of it lie ahead."""
    day = calendar.day(yes_at) + timedelta(days=ahead)
    timed = clocks.arrival_rungs(day, part, urgency, calendar, yes_at)
    assert timed.target >= yes_at + clocks.COMES_WITHIN
    assert not clocks.late(timed.target, yes_at)
    assert all(rung.at > yes_at for rung in timed.rungs)
    assert timed.target == max(clocks.arrival_end(day, part, calendar), yes_at + clocks.COMES_WITHIN)


@given(instants, st.sampled_from(URGENCIES), calendars)
def test_now_is_over_so_long_after_it_was_agreed_whatever_the_hour(
    yes_at: datetime, urgency: str, calendar: Calendar
) -> None:
    day = calendar.day(yes_at)
    timed = clocks.arrival_rungs(day, clocks.NOW, urgency, calendar, yes_at)
    assert timed.target == yes_at + clocks.COMES_WITHIN
    assert clocks.can_be_agreed(day, clocks.NOW, calendar, yes_at)
    assert not any(clocks.can_be_agreed(day + timedelta(days=off), clocks.NOW, calendar, yes_at) for off in (-1, 1, 2))


@given(instants, calendars)
def test_whoever_needs_help_today_is_offered_now_first(at_once: datetime, calendar: Calendar) -> None:
    wall = calendar.local(at_once).replace(tzinfo=None)
    first, *rest = clocks.parts_ahead(wall, now=True)
    assert first == (wall.date(), clocks.NOW)
    assert tuple(rest) == clocks.parts_ahead(wall)
    assert all(clocks.part_ends(day, part) > wall for day, part in rest)


def test_at_ten_in_the_evening_the_person_is_expected_within_three_hours() -> None:
    friday, ten = date(2026, 11, 27), at(2026, 11, 27, 22, 0)
    assert clocks.arrival_end(friday, clocks.NOW, PLAIN, ten) == at(2026, 11, 28, 1, 0)
    assert clocks.arrival_end(friday, "evening", PLAIN, ten) == at(2026, 11, 28, 1, 0)
    assert clocks.arrival_end(friday, "evening", PLAIN, at(2026, 11, 27, 10, 0)) == at(2026, 11, 27, 21, 0)
    before = clocks.arrival_end(friday - timedelta(days=1), "evening", PLAIN, ten)
    assert before == at(2026, 11, 26, 21, 0), "a day before the yes was not promised by it"
    assert not clocks.can_be_agreed(friday, "evening", PLAIN, ten)
    assert clocks.can_be_agreed(friday, "evening", PLAIN, at(2026, 11, 27, 20, 0))
    with pytest.raises(KeyError):
        clocks.arrival_end(friday, clocks.NOW, PLAIN)


def wall_of(hour: int) -> datetime:
    return PLAIN.local(at(2026, 11, 27, hour, 0)).replace(tzinfo=None)


def test_tonight_is_the_last_part_of_today_from_the_afternoon_on() -> None:
    today = date(2026, 11, 27)
    said = {
        hour: [part for part in (clocks.NOW, *clocks.parts_of_day()) if clocks.is_tonight(today, part, wall)]
        for hour in (0, 9, 11, 12, 20, 23)
        for wall in [wall_of(hour)]
    }
    assert said == {0: [], 9: [], 11: [], 12: ["evening"], 20: ["evening"], 23: ["evening"]}
    assert not clocks.is_tonight(today + timedelta(days=1), "evening", wall_of(20))
    begun = {hour for hour in range(24) if clocks.has_begun(today, "evening", wall_of(hour))}
    assert begun == set(range(17, 24)), "who comes at noon for the evening comes early"
    assert clocks.has_begun(today - timedelta(days=1), "evening", wall_of(0))
    assert not clocks.has_begun(today + timedelta(days=1), "morning", wall_of(23))
    assert all(clocks.has_begun(today, part, wall_of(0)) for part in (clocks.NOW, "morning"))
    assert [clocks.starts(part) for part in ("now", "morning", "afternoon", "evening")] == ["", "", "12:00", "17:00"]


@given(instants, st.integers(-60, 60), calendars)
def test_what_was_accepted_for_a_later_day_is_no_place_for_tonight(
    now: datetime, ahead: int, calendar: Calendar
) -> None:
    """From six in the morning on, in the zone of the house, an arrival of that very day is one; "now" at once."""
    night = night_of(now.astimezone(ZoneInfo(calendar.zone)))
    comes = night + timedelta(days=ahead)
    assert comes_later("accepted", (comes, "morning"), night, came=False) is (ahead > 0)
    assert not comes_later("accepted", (comes, "now"), night, came=False)
    assert not comes_later("accepted", (comes, "morning"), night, came=True), "the person is there"
    assert not any(comes_later(one, (comes, "evening"), night, came=False) for one in ("sent", "serving", "finished"))
    assert not comes_later("accepted", (None, ""), night, came=False)


def test_a_night_ends_at_six() -> None:
    """Red before: from midnight on a bed of the coming morning was one for the night that was not over."""
    day = datetime(2026, 3, 2, tzinfo=ZoneInfo("UTC"))
    assert [night_of(day + timedelta(hours=hour)).day for hour in (-1, 0, 5, 6, 23)] == [1, 1, 1, 2, 2]


def test_each_hour_lies_in_one_part_of_the_day_or_after_the_last() -> None:
    hours = (time(0), time(8), time(12), time(12, 1), time(17), time(17, 1), time(21), time(21, 1), time(23, 59))
    parts = [clocks.part_of(hour) for hour in hours]
    assert parts == [*["morning"] * 3, *["afternoon"] * 2, *["evening"] * 2, "", ""]
