"""The rows of cases that one member may read."""

from __future__ import annotations

from django.db.models import QuerySet

from hamkori.access.actor import Actor
from hamkori.access.scope import rows_of
from hamkori.casework.case.models import CaseAccess

KINDS_BY_SCOPE = {"own_team": ("lead", "member"), "supervised": ("supervisor",)}


def my_rows(actor: Actor) -> QuerySet[CaseAccess]:
    """The reader's live access rows that the policy lets them use: what `case.view` shows, from the other end."""
    kinds = {kind for row in rows_of(actor, "case.view") for kind in KINDS_BY_SCOPE.get(row.scope, ())}
    return CaseAccess.objects.filter(
        membership=actor.membership_id, ended_at=None, suspended_at=None, kind_code__in=sorted(kinds)
    )
