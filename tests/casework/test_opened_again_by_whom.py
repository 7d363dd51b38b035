"""Who may write that a case was opened again into her word: whoever opens it, and nothing else of hers."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.consent.models import Consent
from hamkori.refusal import NotAllowed
from tests.casework.test_opened_again import ABOVE, DESK, JUSTICE, LEAD, SHELTER, begun, closed, opened, says, served
from tests.cast import World
from tests.database import god

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(small_world: World) -> World:
    return small_world


def asks(statement: str, *values: object) -> str:
    """'' where the database does it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except DatabaseError as error:
        return str(getattr(error.__cause__, "sqlstate", ""))
    return ""


def put(case: Case, number: int, *rows: dict[str, Any], without: tuple[Any, ...] = ()) -> str:
    return asks(
        "select consent_ask_again(%s, %s, %s, false, now(), %s, %s::jsonb, %s::uuid[])",
        *(case.pk, uuid4(), number, b"no tag", json.dumps(rows), list(without)),
    )


def row_of(kind: str = "police", purpose: str = "justice", answer: str = "no") -> dict[str, Any]:
    codes = {"kind_code": kind, "purpose_code": purpose, "answer_code": answer, "sections": [], "until": None}
    return {**codes, "asked_as_child": False, "speaker_code": "", "speaker_suspected": False, "child_answer_code": ""}


def test_a_supervisor_writes_this_word_and_no_other(world: World) -> None:
    case, body = begun(world), world.bodies["shelter-kulob"]
    says(world, case, JUSTICE, "no", excluded=[body])
    with world.as_(ABOVE):
        assert put(case, 2, row_of(), without=(body,)) == "HK409", "the case is open"
    closed(world, case)
    with world.as_(LEAD):
        assert put(case, 2, row_of(), without=(body,)) == "HK403", "not hers who leads"
    with world.as_(DESK):
        assert put(case, 2, row_of(), without=(body,)) == "HK404"
    with world.as_(ABOVE) as saida:
        assert put(case, 2, row_of(), row_of("health", "help", "yes"), without=(body,)) == "HK403", "a yes"
        assert put(case, 2, row_of(), row_of("health", "help", "without_name"), without=(body,)) == "HK403"
        assert put(case, 2, without=(body,)) == "HK403", "her no is left out"
        assert put(case, 2, row_of(answer="not_asked"), without=(body,)) == "HK403", "her no is none any more"
        assert put(case, 2, row_of()) == "HK403", "whom she does not want is left out"
        assert put(case, 2, row_of(), without=(None,)) == "HK403", "nobody is named in their place"
        assert (
            asks(
                "select consent_ask_again(%s, %s, 2, false, now(), 'no tag', %s::jsonb, null)",
                *(case.pk, uuid4(), json.dumps([row_of()])),
            )
            == "HK403"
        ), "no list at all"
        reopens = "select take('case', %s, 'reopen', null, %s, '{}'::jsonb, '[]')"
        assert asks(reopens, case.pk, Case.objects.get(pk=case.pk).version)
        assert put(case, 2, row_of(), without=(body,)) == ""
        with god():
            version = Consent.objects.get(case=case.pk, step_code="ask_again")
        assert asks(
            "insert into consent_row (id, consent_id, kind_code, purpose_code, answer_code, sections, asked_as_child,"
            " speaker_code, speaker_suspected, child_answer_code) values (%s, %s, 'health', 'help', 'yes', '{}', false,"
            " '', false, '')",
            *(uuid4(), version.pk),
        )
        values = {"case": case, "number": 3, "at": timezone.now(), "membership_id": saida.membership_id}
        for step in ("give", "refuse", "withdraw", "ask_again"):
            with pytest.raises(DatabaseError), transaction.atomic():
                Consent(step_code=step, **values).save(force_insert=True)


def test_who_works_in_the_case_does_not_write_it(world: World) -> None:
    case = begun(world)
    says(world, case, SHELTER)
    closed(world, case)
    with world.as_(LEAD) as zarina:
        found = Case.objects.get(pk=case.pk)
        with pytest.raises(NotAllowed):
            cases.reopen(zarina, found, version=found.version, reason="returned")
        values = {"case": found, "number": 2, "at": timezone.now(), "membership_id": zarina.membership_id}
        with pytest.raises(DatabaseError), transaction.atomic():
            Consent(step_code="ask_again", **values).save(force_insert=True)


def test_the_permit_of_a_request_is_hers_only_while_she_opens(world: World) -> None:
    case = begun(world)
    says(world, case, SHELTER)
    one = served(world, case)
    closed(world, case)
    with world.as_(ABOVE):
        assert asks("select permit_put(%s, %s)", one.pk, b"") == "HK404"
    opened(world, case)
    with world.as_(ABOVE):
        assert asks("select permit_put(%s, %s)", one.pk, b"") == "HK404"
