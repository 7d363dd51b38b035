"""The calls to the coordinator about a child, and what came of each: to her, and to the side of the case (ADR 125)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Case, Func, JSONField, Q, When

from hamkori import definer

CALLED: Final = Q(step_code="child_not_reached", reason_code="coordinator")
"""The step of a case that is such a call."""
KNOWS, THEY_TELL, NOT_REACHED = "knows", "they_tell", "not_reached"
"""What she says of it: child protection knows, the organisation tells them, she called back in vain."""
ANSWERS: Final = (KNOWS, THEY_TELL, NOT_REACHED)
PUT_BACK = "put_back"
"""That she took such an answer back: the call is hers again."""
SETTLED = "settled"
"""Of older rows: she put it away, and did not say what had come of it."""
PUT_AWAY: Final = (KNOWS, THEY_TELL, SETTLED)
"""Answers after which the call is not hers to answer any more."""


@dataclass(frozen=True, kw_only=True)
class ChildTold:
    """A call to the coordinator about a child of whom child protection does not know yet. No case, no age."""

    id: UUID
    """Of the call: by it she answers it."""
    by: UUID
    """The organisation that called."""
    at: datetime
    answer: str = ""
    """What a coordinator last recorded about it; '' where none has."""
    answered_at: datetime | None = None
    side: str = ""
    """Whether the one who reads it recorded that, or another coordinator, as of a `Call`."""

    @property
    def put_away(self) -> bool:
        """Whether it stands with her only so that it can be put back."""
        return self.answer in PUT_AWAY


def told_of_children(rows: Iterable[Sequence[Any]]) -> list[ChildTold]:
    """Of the rows of `national_owed`."""
    return [
        ChildTold(id=row[8], by=row[1], at=row[5], answer=row[9], answered_at=row[10], side=row[11])
        for row in rows
        if row[8] is not None
    ]


def phones_for_child(case: UUID, organisation_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Where these desks can be called: for whoever refers, and for the supervisor of this child's case."""
    found = definer.rows("phones_for_child", case, list(organisation_ids), columns="organisation_id phone")
    return dict(found)


def answers() -> Case:
    """Beside a step of a case, for its own side: what came of the call that it is, the newest first."""
    said = Func("pk", function="child_call_answers", arity=1, output_field=JSONField())
    return Case(When(CALLED, then=said), default=None, output_field=JSONField())


def answered(step: Any) -> list[tuple[str, datetime]]:
    """Of a step that was read with `answers` as `call_answers`."""
    return [(one["answer"], datetime.fromisoformat(one["at"])) for one in getattr(step, "call_answers", None) or ()]
