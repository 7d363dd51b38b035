"""Whether a desk is closed from one moment to another is said by a rule and by the database: both have one answer.

Weeks and moments are drawn, most of them at the edge of a stretch or a second beside it, in the country's zone and in
zones whose clocks are put forward and back, also by half an hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import strategies as st

from hamkori.directory.rules.hours import LONGEST_SEARCH, Stretch, closed_throughout
from hamkori.vocabulary.country import ZONE
from tests.cast import World
from tests.supposed import agree, agree_on_each, owner, owner_reads

pytestmark = pytest.mark.django_db

PARIS = "Europe/Paris"
ZONES = (ZONE, ZONE, PARIS, "Australia/Lord_Howe", "Asia/Kathmandu")
MONDAYS = tuple(datetime(2026, *day) for day in ((3, 23), (3, 30), (6, 1), (10, 19), (12, 28)))  # noqa: DTZ001
"""The clocks of one zone or the other are put forward or back in the week after four of them; the last ends a year."""
BESIDE = (timedelta(0), timedelta(seconds=1), -timedelta(seconds=1), timedelta(microseconds=1), timedelta(minutes=37))
WEEK = 7 * 1440


@dataclass(frozen=True)
class Asked:
    """A desk's week, two moments, and where they are read off the wall."""

    week: tuple[Stretch, ...]
    start: datetime
    end: datetime
    zone: str


STRETCHES = st.tuples(st.integers(1, 7), st.integers(0, 95), st.integers(1, 96)).map(
    lambda one: Stretch(one[0], min(one[1], one[2] - 1) * 15, one[2] * 15)
)
LENGTHS = (timedelta(0), timedelta(hours=1), timedelta(hours=2), timedelta(hours=24), LONGEST_SEARCH)


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    week = draw(st.lists(STRETCHES, max_size=3, unique_by=lambda one: one[:2]))
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    edges = sorted((one.day - 1) * 1440 + minutes for one in week for minutes in one[1:])
    minute = st.one_of(*([st.sampled_from(edges)] * 2 if edges else []), st.integers(0, WEEK - 1))
    monday = draw(st.sampled_from(MONDAYS))

    def moment() -> datetime:
        wall = monday + timedelta(minutes=draw(minute)) + draw(st.sampled_from(BESIDE))
        return wall.replace(tzinfo=zone, fold=draw(st.integers(0, 1))).astimezone(UTC)

    start, length = moment(), draw(st.sampled_from((*LENGTHS, None, None)))
    end = moment() if length is None else start + length + draw(st.sampled_from(BESIDE))
    if end < start and draw(st.booleans()):
        start, end = end, start
    return Asked(tuple(week), start, end, zone.key)


def at(zone: str, wall: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


WORKDAYS = tuple(Stretch(day, 480, 1020) for day in range(1, 6))
NAMED = (
    Asked(WORKDAYS, at(ZONE, "2026-11-27 17:00:00"), at(ZONE, "2026-11-30 08:00:00"), ZONE),
    Asked(WORKDAYS, at(ZONE, "2026-11-27 16:59:59"), at(ZONE, "2026-11-30 08:00:00"), ZONE),
    Asked(WORKDAYS, at(ZONE, "2026-11-27 17:00:00"), at(ZONE, "2026-11-30 08:00:01"), ZONE),
    # Put back at three: the second moment is later, and the wall shows an earlier one.
    Asked(WORKDAYS, at(PARIS, "2026-10-25 02:30:00"), at(PARIS, "2026-10-25 02:15:00", fold=1), PARIS),
    Asked(WORKDAYS, at(PARIS, "2026-10-25 02:15:00"), at(PARIS, "2026-10-25 02:30:00", fold=1), PARIS),
)
"""To the second; and the hour of the clocks, of which the database said red before that a desk is closed."""


def test_the_rule_and_the_database_call_the_same_desks_closed(small_world: World) -> None:
    service = small_world.services["HOME-02"]
    columns = "id, service_id, day, opens, closes"

    def writes(fact: Asked) -> None:
        owner("delete from service_hours where service_id = %s", service)
        for one in fact.week:
            owner(f"insert into service_hours ({columns}) values (gen_random_uuid(), %s, %s, %s, %s)", service, *one)

    def question(fact: Asked) -> dict[str, bool]:
        start, end = (moment.astimezone(ZoneInfo(fact.zone)) for moment in (fact.start, fact.end))
        ours = closed_throughout(fact.week, start, end)
        asking = "select closed_between(%s, %s, %s, %s)"
        assert owner_reads(asking, service, fact.start, fact.end, fact.zone) == [(ours,)], fact
        return {"closed": ours, f"closed {'here' if fact.zone == ZONE else 'elsewhere'}": ours}

    agree_on_each(NAMED, writes, question)
    agree(asked(), writes, question)
