"""What nobody answers does not expire before its desk had working time to answer (ADR 163)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamkori.calendar import clocks as ticking
from hamkori.calendar.rules import Calendar, on_end, working_between
from hamkori.casework.case.rules import clocks
from hamkori.casework.case.rules.clock_table import CLOCKS
from tests.rules.test_clocks import PLAIN, URGENCIES, at, at_most, calendars, instants, lapse_at

MONDAY_OFF = Calendar.of({date(2026, 11, 30): "holiday"})
WHEN_URGENT_ENDS = {
    "in the working day it ends as before": (at(2026, 11, 25, 10, 0), PLAIN, at(2026, 11, 25, 16, 0)),
    "they had two hours before they closed": (at(2026, 11, 25, 15, 0), PLAIN, at(2026, 11, 25, 21, 0)),
    "they had not": (at(2026, 11, 25, 15, 1), PLAIN, at(2026, 11, 26, 10, 0)),
    "half an hour is no two hours": (at(2026, 11, 25, 16, 30), PLAIN, at(2026, 11, 26, 10, 0)),
    "sent at night": (at(2026, 11, 25, 20, 51), PLAIN, at(2026, 11, 26, 10, 0)),
    "early in the morning they have two hours": (at(2026, 11, 25, 3, 0), PLAIN, at(2026, 11, 25, 10, 0)),
    "and the usual time where that is later": (at(2026, 11, 25, 6, 0), PLAIN, at(2026, 11, 25, 12, 0)),
    "on Friday evening": (at(2026, 11, 27, 20, 51), PLAIN, at(2026, 11, 30, 10, 0)),
    "before a holiday": (at(2026, 11, 27, 20, 51), MONDAY_OFF, at(2026, 12, 1, 10, 0)),
    "before a working Saturday": (
        at(2026, 11, 27, 20, 51),
        Calendar.of({date(2026, 11, 28): "working_saturday"}),
        at(2026, 11, 28, 10, 0),
    ),
}


@pytest.mark.parametrize("why", WHEN_URGENT_ENDS)
def test_an_urgent_one_does_not_end_before_its_desk_had_two_working_hours_on_end(why: str) -> None:
    sent, days, ends = WHEN_URGENT_ENDS[why]
    clock = clocks.answer_rungs(sent, "urgent", days)
    assert clock.rung("lapse").at == ends
    assert [clock.rung(name).at - sent for name in ("reminder", "told")] == [timedelta(hours=1), timedelta(hours=2)]


def test_within_a_day_does_not_end_before_the_close_of_the_next_working_day() -> None:
    assert lapse_at(at(2026, 11, 23, 10, 0), "within_a_day", {}) == at(2026, 11, 25, 10, 0), "as before"
    assert lapse_at(at(2026, 11, 26, 20, 51), "within_a_day", {}) == at(2026, 11, 28, 20, 51), "they had all of Friday"
    for friday in (at(2026, 11, 27, 0, 30), at(2026, 11, 27, 16, 30), at(2026, 11, 27, 20, 51)):
        assert lapse_at(friday, "within_a_day", {}) == at(2026, 11, 30, 17, 0)
    off = {date(2026, 11, 30): "holiday"}
    assert lapse_at(at(2026, 11, 27, 20, 51), "within_a_day", off) == at(2026, 12, 1, 17, 0)


def test_no_day_is_longer_than_a_working_day() -> None:
    start = at(2026, 11, 25, 10, 0)
    assert on_end(PLAIN, start, timedelta(hours=9)) == at(2026, 11, 26, 17, 0)
    with pytest.raises(ValueError, match="so long"):
        on_end(PLAIN, start, timedelta(hours=10))


@given(instants, calendars)
def test_no_clock_lasts_longer_than_it_may(start: datetime, calendar: Calendar) -> None:
    """Up to fourteen days off on end: the database refuses what is later (`clock_is_sound`)."""
    days_off = sum(not calendar.works((start + timedelta(days=ahead)).date()) for ahead in range(25))
    for row in CLOCKS.values():
        made = ticking.run(row, start, calendar)
        if days_off < 14:
            for rule, rung in zip(row.rungs, made.rungs, strict=True):
                assert rung.at - start <= rule.at_most(row.target), (row.name, rule.name)


@given(instants, calendars, st.sampled_from(URGENCIES))
def test_nothing_ends_before_somebody_could_answer_it_in_working_time(
    start: datetime, calendar: Calendar, urgency: str
) -> None:
    lapse = clocks.answer_rungs(start, urgency, calendar).rung("lapse").at
    assert working_between(calendar, start, lapse) >= timedelta(hours=2)
    assert at_most(start, urgency, calendar) >= lapse
