"""What stands in the open about a case that was opened again, and was said before it was closed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from hamkori.casework.case.models import CaseStep

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case


def opened_again() -> dict[str, Exists]:
    """Beside a case: whether it was ever opened again."""
    return {"opened_again": Exists(CaseStep.objects.filter(case=OuterRef("pk"), step_code="reopen"))}


def said_before(case: Case) -> datetime | None:
    """When danger and what is needed were written last, where that was before the case was opened again; None: since
    then, or the case was never closed. Asks nothing: the case is read with `opened_again`.
    """
    said = max(filter(None, (case.begun_at, case.edited_at)))
    again = case.opened_again and case.opened_at is not None and said < case.opened_at  # type: ignore[attr-defined]
    return said if again else None
