"""A worker's own SQL gives a date that no program can read, a part of the day that is none, a step without its clock.

Red on c288705: one such row, and pages of other organisations answered 409 or 500, the clock's turn failed at it for
the whole country, and a team that took "another time" without a clock was never asked again.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.casework.models import Case, CaseClock, Referral, ReferralClock
from hamkori.casework.rules.clock_table import CLOCKS
from hamkori.vocabulary import codelist
from tests.attacks import counted
from tests.attacks.test_after_it_was_sent import accepted, waiting
from tests.casework.test_story import registered
from tests.cast import World, tomorrow
from tests.database import god

pytestmark = pytest.mark.django_db

NONE = ("infinity", "-infinity", "2126-01-01", "1926-01-01")


def clock(code: str, **other: Any) -> dict[str, Any]:
    """A clock as a page gives it, with something else in it."""
    at = f"{tomorrow().isoformat()}T09:00:00+05:00"
    rung = {"name": CLOCKS[code].rungs[0].name, "at": at}
    return {
        "clock_code": code,
        "row_code": code,
        "started_at": at,
        "due_at": at,
        "next_at": at,
        "rungs": [rung],
        "calendar_version": 1,
        **other,
    }


def ask(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, list(values))


def refused(statement: str, *values: object) -> None:
    with pytest.raises(DatabaseError, match=r"no date|no clock"):
        ask(statement, *values)
    counted.tried()


WRONG_CLOCKS: list[dict[str, Any]] = [
    *({name: at} for name in ("started_at", "due_at", "next_at") for at in NONE),
    *({"rungs": [{"name": "target", "at": at}]} for at in NONE),
    {"rungs": []},
    {"rungs": [{"name": "target"}]},
    {"due_at": None},
]


@pytest.mark.parametrize("wrong", WRONG_CLOCKS, ids=str)
def test_no_clock_of_hers_stops_the_clock(small_world: World, wrong: dict[str, Any]) -> None:
    with small_world.as_("caseworker-cso") as zarina:
        case = registered(zarina)
        refused("select consent_clock(%s, %s::jsonb)", case.pk, json.dumps(clock("consent", **wrong)))
        ask("select consent_clock(%s, %s::jsonb)", case.pk, json.dumps(clock("consent")))
    with god():
        assert CaseClock.objects.filter(case=case, clock_code="consent").count() == 1


TAKES = "select referral_take(%s, 'expect', %s, %s::jsonb, %s::jsonb)"


ARRIVAL = ("arrival", {})


@pytest.mark.parametrize(
    ("values", "clocks"),
    [
        *(({"arrival_on": at}, [ARRIVAL]) for at in NONE),
        ({"arrival_part_code": "zz"}, [ARRIVAL]),
        ({}, []),
        ({}, None),
        ({}, [("confirm", {})]),
        ({}, [ARRIVAL, ("confirm", {})]),
        ({}, [("arrival", {"due_at": "infinity"})]),
    ],
    ids=str,
)
def test_another_time_is_a_day_with_its_clock(
    small_world: World, values: dict[str, str], clocks: list[tuple[str, dict[str, Any]]] | None
) -> None:
    referral = accepted(small_world)
    given = {"arrival_on": tomorrow().isoformat(), "arrival_part_code": "evening", **values}
    started = json.dumps([clock(code, **other) for code, other in clocks]) if clocks is not None else None
    with god():
        before = ReferralClock.objects.values().get(referral=referral)
    with small_world.as_("shelter-worker"):
        version = Referral.objects.get(pk=referral.pk).version
        refused(TAKES, referral.pk, version, json.dumps(given), started)
    with god():
        assert ReferralClock.objects.values().get(referral=referral) == before


@pytest.mark.parametrize("part", codelist("part_of_day").codes)
def test_each_part_of_the_day_is_one(small_world: World, part: str) -> None:
    referral = accepted(small_world)
    given = {"arrival_on": tomorrow().isoformat(), "arrival_part_code": part}
    with small_world.as_("shelter-worker"):
        version = Referral.objects.get(pk=referral.pk).version
        ask(TAKES, referral.pk, version, json.dumps(given), json.dumps([clock("arrival")]))


def test_a_question_leaves_the_clock_of_the_answer(small_world: World) -> None:
    referral = waiting(small_world)
    with small_world.as_("desk-shelter"):
        asks = "select referral_take(%s, 'ask', %s, '{\"question_code\": \"language\"}'::jsonb, '[]'::jsonb)"
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
