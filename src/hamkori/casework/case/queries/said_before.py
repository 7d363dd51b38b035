"""What stands in the open about a case that was opened again, and was said before it was closed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db.models import OuterRef, QuerySet, Subquery

from hamkori.casework.case.models import CaseStep

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

NEEDS_SAID: Final = "needs_said"
"""The step after a case was opened again: what is needed now was said, and whether somebody is in danger."""
REOPEN: Final = "reopen"


def needs_asked(case: str = "pk") -> dict[str, Subquery]:
    """Beside a case, or a row of one (`case`): the step that says whether its needs are those of before the closing."""
    return {"last_of_needs": Subquery(_steps().filter(case=OuterRef(case)).values("step_code")[:1])}


def said_before(case: object) -> bool:
    """Whether danger and what is needed were written before the case was opened again, and not since. Asks nothing: the
    case, or the row of it, is read with `needs_asked`.
    """
    return bool(case.last_of_needs == REOPEN)  # type: ignore[attr-defined]


def waits_for_needs(case: Case) -> bool:
    """The same of a case that was read without it."""
    last = _steps().filter(case=case).first()
    return last is not None and last.step_code == REOPEN


def written_before(case: Case) -> datetime | None:
    """When the case was written last, where that was before it was opened again; None: something was since, and when
    what is needed was said nobody knows.
    """
    said = max(filter(None, (case.begun_at, case.edited_at)))
    return said if case.opened_at is not None and said < case.opened_at else None


def _steps() -> QuerySet[CaseStep]:
    return CaseStep.objects.filter(step_code__in=(REOPEN, NEEDS_SAID)).order_by("-at")
