"""The rows of cases that one member may read."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from hamkori.access.actor import Actor
from hamkori.access.scope import rows_of
from hamkori.casework.case.models import CaseAccess
from hamkori.casework.case.queries.team import Leader, leaders

KINDS_BY_SCOPE = {"own_team": ("lead", "member"), "supervised": ("supervisor",)}


def my_rows(actor: Actor) -> QuerySet[CaseAccess]:
    """The reader's live access rows that the policy lets them use: what `case.view` shows, from the other end."""
    kinds = {kind for row in rows_of(actor, "case.view") for kind in KINDS_BY_SCOPE.get(row.scope, ())}
    return CaseAccess.objects.filter(
        membership=actor.membership_id, ended_at=None, suspended_at=None, kind_code__in=sorted(kinds)
    )


def leaders_for(actor: Actor, ids: list[UUID]) -> dict[UUID, Leader]:
    """To a supervisor: who leads these cases, and each that is not closed; nothing to anybody else."""
    if "supervisor" not in actor.roles:
        return {}
    return leaders([*my_rows(actor).exclude(case__state_code="closed").values_list("case_id", flat=True), *ids])
