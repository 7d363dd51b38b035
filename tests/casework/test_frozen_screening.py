"""A completed screening is what was found on its day: no statement of the team writes other answers into it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Screening
from hamkori.casework.screening.actions import screening
from hamkori.vocabulary import codelist
from tests.cast import FACTS, SEALED, World
from tests.database import god

pytestmark = pytest.mark.django_db


@pytest.fixture
def completed(small_world: World) -> UUID:
    """The row of a screening that is complete."""
    with small_world.as_("caseworker-cso") as zarina:
        case = cases.begin(zarina, codes=FACTS, sealed=SEALED)
        case = cases.register(zarina, case, version=case.version)
        screening.start(zarina, case, signs=["DR01"])
        draft = screening.draft_of(case)
        assert draft is not None
        asked = dict.fromkeys(codelist("danger_question").codes, "not_asked")
        screening.save(zarina, case, seal_no=draft.seal_no, part="danger", answers=asked)
        screening.complete(zarina, case)
    return draft.pk


def write(row: UUID, **columns: Any) -> None:
    said = ", ".join(f"{name} = %s" for name in columns)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update screening set {said} where id = %s", [*columns.values(), row])
        assert cursor.rowcount == 1


def as_it_stands(row: UUID) -> tuple[str, bytes]:
    with god():
        found = Screening.objects.get(pk=row)
        return found.state_code, bytes(found.body)


@pytest.mark.parametrize(
    "change",
    [
        {"body": b"other answers"},
        {"body": b"other answers", "state_code": "superseded"},
        {"state_code": "draft"},
        {"state_code": "discarded"},
    ],
)
def test_other_answers_are_never_written_into_it(small_world: World, completed: UUID, change: dict[str, Any]) -> None:
    before = as_it_stands(completed)
    with small_world.as_("caseworker-cso"), pytest.raises(DatabaseError, match="from_state"):
        write(completed, **change)
    assert as_it_stands(completed) == before


def test_a_later_one_takes_its_place_once_and_for_all(small_world: World, completed: UUID) -> None:
    with small_world.as_("caseworker-cso"):
        write(completed, state_code="superseded")
        with pytest.raises(DatabaseError, match="from_state"):
            write(completed, state_code="completed")
    assert as_it_stands(completed)[0] == "superseded"
