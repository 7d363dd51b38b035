"""Nobody is late at the moment at which a yes has promised the arrival, whatever the hour (ADR 95)."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hamkori.calendar.rules import Calendar
from hamkori.casework.case.rules import clocks
from hamkori.vocabulary import codelist
from tests.rules.test_clocks import PLAIN, URGENCIES, at, calendars, instants


@given(
    instants, st.integers(0, 60), st.sampled_from(codelist("part_of_day").codes), st.sampled_from(URGENCIES), calendars
)
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


@given(instants, calendars)
def test_whoever_needs_help_today_is_offered_this_hour_first(at_once: datetime, calendar: Calendar) -> None:
    wall = calendar.local(at_once).replace(tzinfo=None)
    offered = clocks.parts_ahead(wall, now=True)
    assert offered[0] == clocks.at_once(wall)
    assert offered[0][0] == wall.date()
    assert set(clocks.parts_ahead(wall)) == {one for one in offered if clocks.part_ends(*one) > wall}


def test_at_ten_in_the_evening_the_person_is_expected_within_three_hours() -> None:
    friday, ten = date(2026, 11, 27), at(2026, 11, 27, 22, 0)
    assert clocks.at_once(PLAIN.local(ten).replace(tzinfo=None)) == (friday, "evening")
    assert clocks.arrival_end(friday, "evening", PLAIN, ten) == at(2026, 11, 28, 1, 0)
    assert clocks.arrival_end(friday, "evening", PLAIN, at(2026, 11, 27, 10, 0)) == at(2026, 11, 27, 21, 0)
    before = clocks.arrival_end(friday - timedelta(days=1), "evening", PLAIN, ten)
    assert before == at(2026, 11, 26, 21, 0), "a day before the yes was not promised by it"
