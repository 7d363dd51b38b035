"""A supervisor's row in a case steers only while she holds the role: after it ended, her statements do nothing.

No commit is red here: the wall stood, and nothing asked. A fault that left the role unasked was seen by no test.
"""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from hamkori.access.actor import Actor
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import team
from hamkori.casework.case.models import Case, CaseAccess
from hamkori.people.models import RoleHeld
from tests.attacks import counted
from tests.cast import FACTS, SEALED, World
from tests.database import god

pytestmark = pytest.mark.django_db


def sides(case: Case) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select case_sides(%s)", [case.pk])
        return list(cursor.fetchone()[0])


def takes_off(case: Case, row: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select section_code from team_end(%s, %s, 'release')", [case.pk, row])


def test_a_supervisor_whose_role_has_ended_steers_nothing(small_world: World) -> None:
    with small_world.as_("caseworker-cso") as zarina:
        case = _with_a_colleague(zarina, small_world)
    with god():
        colleague = CaseAccess.objects.get(case=case, membership_id=small_world.membership("colleague-cso"))
    with small_world.as_("supervisor-cso"):
        assert sides(case) == ["SV"]
        with god():
            held = RoleHeld.objects.filter(membership_id=small_world.membership("supervisor-cso"))
            assert held.filter(role_code="supervisor", ended_at=None).update(ended_at=timezone.now()) == 1
        assert sides(case) == []
        with pytest.raises(DatabaseError, match=r"not visible|not allowed"):
            takes_off(case, colleague.pk)
    with god():
        assert CaseAccess.objects.get(pk=colleague.pk).ended_at is None
    counted.tried(2)


def _with_a_colleague(zarina: Actor, world: World) -> Case:
    case = cases.begin(zarina, codes=FACTS, sealed=SEALED)
    case = cases.register(zarina, case, version=case.version)
    team.admit(zarina, case, membership=world.membership("colleague-cso"))
    return case
