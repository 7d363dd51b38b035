"""Who only reads a part of a case adds no row to it by a plain statement: nine tables, asked one by one.

No commit is red here: the wall stood, and nothing asked. A fault that let every reader add a row was seen by no test.
"""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from hamkori.access.actor import Actor
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import SECTION_MODELS, Case, CaseAccess, SectionKey
from tests.attacks import counted
from tests.cast import FACTS, SEALED, World
from tests.database import god

pytestmark = pytest.mark.django_db


def member(world: World, case: Case, section: str, *, writes: bool) -> None:
    """The owner gives the colleague a row of the team as no function has it: this part alone."""
    at = timezone.now()
    with god():
        keys = SectionKey.objects.filter(case=case, section_code=section, epoch=1)
        if not keys.exists():  # a row of an epoch that is none is refused for that
            SectionKey.objects.create(
                case=case, section_code=section, epoch=1, commitment=b"c", tag=b"", since=at, closed_at=at
            )
        CaseAccess.objects.create(
            case=case,
            membership_id=world.membership("colleague-cso"),
            kind_code="member",
            sections=[section],
            writes=[section] if writes else [],
            tag=b"",
            opened_at=at,
            since=at,
        )


def add(actor: Actor, case: UUID, section: str) -> None:
    SECTION_MODELS[section]._default_manager.create(
        case_id=case,
        kind_code="note",
        epoch=1,
        body=b"planted",
        written_at=timezone.now(),
        written_by=actor.membership_id,
    )


@pytest.mark.parametrize("section", sorted(SECTION_MODELS))
@pytest.mark.parametrize("writes", [False, True])
def test_only_who_writes_a_part_adds_to_it(small_world: World, section: str, writes: bool) -> None:
    with small_world.as_("caseworker-cso") as zarina:
        case = cases.begin(zarina, codes=FACTS, sealed=SEALED)
        cases.register(zarina, case, version=case.version)
    member(small_world, case, section, writes=writes)
    with small_world.as_("colleague-cso") as colleague:
        if writes:
            add(colleague, case.pk, section)
        else:
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                add(colleague, case.pk, section)
    with god():
        added = SECTION_MODELS[section]._default_manager.filter(case=case, body=b"planted").count()
    assert added == int(writes)
    if not writes:
        counted.tried()
