"""The days that a form takes lie inside those that the database takes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

import hamkori
from hamkori.casework.case.rules import days

TODAY = date(2026, 11, 28)
WALL = Path(hamkori.__file__).parent / "access/walls/55_clocks.sql"


@pytest.mark.parametrize(
    ("limits", "last"),
    [
        (days.next_step, date(2027, 11, 28)),
        (days.needed_from, date(2027, 5, 30)),
        (days.arrival, date(2027, 5, 30)),
    ],
)
def test_a_day_lies_between_today_and_as_far_as_anybody_plans(
    limits: Callable[[date], tuple[date, date]], last: date
) -> None:
    assert limits(TODAY) == (TODAY, last)


@pytest.mark.parametrize("most", [days.NEXT_STEP_AT_MOST, days.NEEDED_FROM_AT_MOST, days.ARRIVAL_AT_MOST])
def test_no_form_takes_a_day_that_the_database_refuses(most: object) -> None:
    """A day more than the wall's would be answered with the page of a forbidden act, and what was typed is lost."""
    found = re.search(r"hk_now\(\) \+ interval '(\d+) days'", WALL.read_text())
    assert found
    assert getattr(most, "days", 0) < int(found[1])


@pytest.mark.parametrize(
    ("today", "since"),
    [
        (date(2026, 11, 26), date(2026, 11, 26)),  # Thursday: what came on Wednesday had its day
        (date(2026, 11, 28), date(2026, 11, 28)),  # Saturday: Friday was the day of what came on Friday
        (date(2026, 11, 29), date(2026, 11, 28)),
        (date(2026, 11, 30), date(2026, 11, 28)),  # Monday: what came at the weekend has it now
        (date(2026, 12, 1), date(2026, 12, 1)),
    ],
)
def test_a_case_may_be_without_a_next_step_on_its_first_working_day(today: date, since: date) -> None:
    assert days.planned_since(today) == since
    for before in range(9):
        opened = today - timedelta(days=before)
        assert (days.plan_by(opened, came=False) < today) == (opened < since), "the day that a page says is that day"
        came = days.plan_by(opened, came=True)
        assert (came < today) == (opened < days.planned_since(today, came=True))
        assert came > opened, "who came by referral, perhaps shortly before midnight, has the next working day"
