"""A worker's own SQL gives a date that no program can read, a part of the day that is none, a step without its clock.

Red on c288705: one such row, and pages of other organisations answered 409 or 500, the clock's turn failed at it for
the whole country, and a team that took "another time" without a clock was never asked again.

Red on d339dde: a clock of a kind, of a row, of a rung or of a calendar that there is not; two hundred of them in a
second, and each failed in each turn of the clock.

Red on 54b1dfa: a clock whose next look is never, or in a year: nobody heard of silence.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.access.context import now
from hamkori.access.door import as_json
from hamkori.calendar.clocks import ClockRow, run
from hamkori.calendar.clocks import as_kept as as_clock
from hamkori.calendar.queries import calendar
from hamkori.casework.case.models import Case, CaseClock
from hamkori.casework.case.rules.clock_table import CLOCKS
from hamkori.casework.referral.models import Referral, ReferralClock
from hamkori.casework.work.actions.clock import timed
from hamkori.vocabulary import codelist
from tests.attacks import counted
from tests.attacks.planting import undone
from tests.attacks.test_after_it_was_sent import accepted, waiting
from tests.attacks.written import WRITTEN
from tests.casework.test_story import registered
from tests.cast import World, tomorrow
from tests.database import god

pytestmark = pytest.mark.django_db

AT = (datetime.now(UTC) + timedelta(hours=12)).isoformat(timespec="seconds")
"""Half a day from now, at whatever hour of the day this runs: a clock begins within a day."""
LATER = (datetime.fromisoformat(AT) + timedelta(hours=1)).isoformat()
NONE = ("infinity", "-infinity", "2126-01-01", "1926-01-01")


def clock(code: str, **other: Any) -> dict[str, Any]:
    """A clock as a page gives it, with something else in it."""
    at = AT
    return {
        "clock_code": code,
        "row_code": code,
        "started_at": at,
        "due_at": at,
        "next_at": at,
        "rungs": [{"name": rung.name, "at": at} for rung in CLOCKS[code].rungs],
        "calendar_version": 0,
        **other,
    }


def ask(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, list(values))


def heard(statement: str, *values: object) -> str:
    """As what the database refuses it; nothing if it takes it."""
    try:
        ask(statement, *values)
    except DatabaseError as error:
        return str(error)
    return ""


def refused(statement: str, *values: object, why: str = "") -> None:
    said = heard(statement, *values)
    assert re.search(r"no date|no clock", said), (why, said)
    counted.tried()


def with_rungs(code: str, **other: Any) -> list[dict[str, Any]]:
    """All rungs of that clock, with something else in the first."""
    first, *others = clock(code)["rungs"]
    return [{**first, **other}, *others]


# Python raises at each of these, and so did every page and the clock that read one. Red on 3f5130e: all were taken.
ONLY_THE_DATABASE_READS = ("tomorrow", "now", "2026-11-28 10:00 Asia/Dushanbe", "J2461373", "2026-11-28", "", "+05:00")
AFTER_A_YEAR = (datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=399)).isoformat()

WRONG_CLOCKS: list[dict[str, Any]] = [
    *({name: at} for name in ("started_at", "due_at", "next_at") for at in NONE),
    *({"rungs": [{"name": "target", "at": at}]} for at in NONE),
    *({name: at} for name in ("started_at", "due_at", "next_at") for at in ONLY_THE_DATABASE_READS),
    *({"rungs": with_rungs("consent", at=at)} for at in ONLY_THE_DATABASE_READS),
    {"rungs": with_rungs("consent")[:3]},
    {"rungs": with_rungs("consent")[::-1]},
    {"rungs": with_rungs("consent", at=AFTER_A_YEAR)},
    {"due_at": AFTER_A_YEAR},
    {"next_at": None},
    {"next_at": AFTER_A_YEAR},
    {"next_at": LATER},
    {"started_at": None},
    {"rungs": []},
    {"rungs": [{"name": "target"}]},
    {"due_at": None},
    {"clock_code": "x1"},
    {"clock_code": None},
    {"clock_code": "child", "row_code": "child"},
    {"row_code": "none"},
    {"row_code": "child"},
    {"rungs": [{"name": "none", "at": AT}]},
    {"rungs": [{"name": "end", "at": AT}] * 2},
    {"period": 2147483647},
    {"calendar_version": 999},
    {"calendar_version": -1},
    {"calendar_version": None},
]


AT_ONCE = 12
"""How many of them are tried on one case: whatever is refused leaves it as it was."""


@pytest.mark.parametrize("begin", range(0, len(WRONG_CLOCKS), AT_ONCE))
def test_no_clock_of_hers_stops_the_clock(small_world: World, begin: int) -> None:
    with small_world.as_("caseworker-cso") as zarina:
        case = registered(zarina)
        for wrong in WRONG_CLOCKS[begin : begin + AT_ONCE]:
            said = json.dumps(clock("consent", **wrong))
            refused("select consent_clock(%s, %s::jsonb)", case.pk, said, why=str(wrong))
            with god():
                assert not CaseClock.objects.filter(case=case, clock_code="consent").exists(), wrong
        ask("select consent_clock(%s, %s::jsonb)", case.pk, json.dumps(clock("consent")))
    with god():
        assert CaseClock.objects.filter(case=case, clock_code="consent").count() == 1


@pytest.mark.parametrize("more", ["[" * 3000 + "]" * 3000, "9" * 5000], ids=["deep", "long"])
def test_no_other_word_of_a_rung_is_kept(small_world: World, more: str) -> None:
    """Red on 3f5130e: it was kept as it came, and Today of sender and desk was a fault for everybody who read it."""
    with small_world.as_("caseworker-cso") as zarina:
        case = registered(zarina)
        said = json.dumps(clock("consent", more="MORE", rungs=with_rungs("consent", more="MORE")))
        ask("select consent_clock(%s, %s::jsonb)", case.pk, said.replace('"MORE"', more))
        counted.tried()
    with god():
        row = CaseClock.objects.get(case=case, clock_code="consent")
        assert timed(row).rungs[0].at == datetime.fromisoformat(AT)
        assert [rung.keys() for rung in row.rungs] == [{"name", "at"}] * 4


@pytest.mark.parametrize("row", CLOCKS.values(), ids=lambda row: row.name)
def test_each_clock_of_ours_is_no_longer_than_it_may_be(small_world: World, row: ClockRow) -> None:
    """Through a year with its holidays, from any hour; the database takes it as it is."""
    with god(), connection.cursor() as cursor:
        begin, days = now() - timedelta(days=370), calendar()
        for hour in range(0, 24 * 360, 101):
            made = run(row, begin + timedelta(hours=hour), days)
            said = as_clock(row.name.partition(".")[0], row.name, made)
            cursor.execute("select clock_is_sound(%s::jsonb)", [as_json(said)])


TAKES = "select take('referral', %s, 'expect', null, %s, %s::jsonb, %s::jsonb)"


ARRIVAL = ("arrival", {})


WRONG_TIMES: list[tuple[dict[str, str], list[tuple[str, dict[str, Any]]] | None]] = [
    *(({"arrival_on": at}, [ARRIVAL]) for at in NONE),
    ({"arrival_part_code": "zz"}, [ARRIVAL]),
    ({"arrival_part_code": "now", "arrival_on": (datetime.now(UTC).date() + timedelta(days=3)).isoformat()}, [ARRIVAL]),
    ({}, []),
    ({}, None),
    ({}, [("confirm", {})]),
    ({}, [ARRIVAL, ("confirm", {})]),
    ({}, [("arrival", {"due_at": "infinity"})]),
    ({}, [("arrival", {"next_at": None})]),
    ({}, [("arrival", {"row_code": "none"})]),
    ({}, [("arrival", {"row_code": "answer.urgent"})]),
]


def test_another_time_is_a_day_with_its_clock(small_world: World) -> None:
    referral = accepted(small_world)
    with god():
        before = ReferralClock.objects.values().get(referral=referral)
    for values, clocks in WRONG_TIMES:
        given = {"arrival_on": tomorrow().isoformat(), "arrival_part_code": "evening", **values}
        started = json.dumps([clock(code, **other) for code, other in clocks]) if clocks is not None else None
        with small_world.as_("shelter-worker"):
            version = Referral.objects.get(pk=referral.pk).version
            refused(TAKES, referral.pk, version, json.dumps(given), started, why=f"{values} {clocks}")
        with god():
            assert ReferralClock.objects.values().get(referral=referral) == before, (values, clocks)


def test_each_part_of_the_day_is_one(small_world: World) -> None:
    referral = accepted(small_world)
    for part in codelist("part_of_day").codes:
        day = tomorrow() - timedelta(days=1) if part == "now" else tomorrow()
        given = {"arrival_on": day.isoformat(), "arrival_part_code": part}
        with undone():
            with small_world.as_("shelter-worker"):
                version = Referral.objects.get(pk=referral.pk).version
                ask(TAKES, referral.pk, version, json.dumps(given), json.dumps([clock("arrival")]))
                ask(WRITTEN, "referral.expect", referral.pk)
            with god():
                assert Referral.objects.get(pk=referral.pk).arrival_part_code == part


def test_a_question_leaves_the_clock_of_the_answer(small_world: World) -> None:
    referral = waiting(small_world)
    with small_world.as_("desk-shelter"):
        asks = (
            "select take('referral', %s, 'ask', null, %s, '{\"question_code\": \"interpreter\"}'::jsonb,"
            ' \'[{"clock_code": "answer"}]\')'
        )
        refused(asks, referral.pk, referral.version)
    with god():
        assert ReferralClock.objects.filter(referral=referral, clock_code="answer").count() == 1


@pytest.mark.parametrize("at", ["infinity", "-infinity"])
def test_no_row_that_she_may_write_has_a_day_that_is_none(small_world: World, at: str) -> None:
    with small_world.as_("caseworker-cso") as zarina:
        case = registered(zarina)
        refused('update "case" set next_step_on = %s where id = %s', at, case.pk)
        refused("update contact set written_at = %s where case_id = %s", at, case.pk)
    with god():
        assert Case.objects.filter(pk=case.pk, next_step_on=case.next_step_on).exists()
