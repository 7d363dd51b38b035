"""Of a child whom two organisations help: that the other one says that child protection was told (ADR 183).

`child_told_there` in walls/59_children_told.sql says it, to the team and the supervisor of the case whose own side has
not said so: which organisation, and when. The own time limit goes on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Func, JSONField, Q, When
from django.db.models.lookups import IsNull

from hamkori import definer


@dataclass(frozen=True, kw_only=True)
class ToldThere:
    """Which organisation says so, by name, and when it was told."""

    by: str
    at: datetime


class _There(Func):
    function = "child_told_there"
    output_field = JSONField()
    arity = 1


def beside_case(also: Q | None = None) -> Case:
    """Beside a row of a case: what is read with `told_there`. `also`: of which rows."""
    untold = Q(case__state_code="open", case__is_child=True, case__told_child_protection_at=None)
    return Case(When(untold & (also or Q()), then=_There("case_id")), default=None, output_field=JSONField())


def is_told_there() -> Q:
    """Of such a row: whether the other side says so."""
    return Q(IsNull(_There("case_id"), False))


def told_there(said: Mapping[str, Any] | None, names: Mapping[UUID, str]) -> ToldThere | None:
    """Of what was read so; None where nobody says it."""
    if not said:
        return None
    return ToldThere(by=names.get(UUID(said["by"]), ""), at=datetime.fromisoformat(said["at"]))


def told_there_of(case: UUID, names: Mapping[UUID, str]) -> ToldThere | None:
    """The same of one case."""
    return told_there(json.loads(found) if (found := definer.value("child_told_there", case)) else None, names)
