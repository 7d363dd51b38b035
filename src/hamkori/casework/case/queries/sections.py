"""The sections that a row of the database names, and the signs that count."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery

from hamkori.casework.case.models import SECTION_MODELS, Case, Screening
from hamkori.casework.case.rules.sections import in_order
from hamkori.vault.bytes import Untrusted


def completed_signs(case: Case) -> Screening | None:
    """The newest screening that was completed: only such a one feeds decisions and packets."""
    return Screening.objects.filter(case=case, state_code="completed").order_by("-completed_at").first()


def is_as_begun(case: Case, section: str) -> bool:
    """Whether the sheet of a section holds only what it was begun with: nobody has written in it since."""
    rows = SECTION_MODELS[section]._default_manager.filter(case=case, kind_code="sheet")
    return not rows.filter(seal_no__gt=1).exists()


def written_at(case: Case, section: str) -> datetime | None:
    """When somebody wrote the sheet of a section last, for whoever holds it."""
    rows = SECTION_MODELS[section]._default_manager.filter(case=case, kind_code="sheet")
    found: datetime | None = rows.values_list("written_at", flat=True).first()
    return found


def written_last(section: str, beside: str = "case_id") -> Subquery:
    """The same beside a row that names its case as `case_id`, or beside the case: "pk"."""
    rows = SECTION_MODELS[section]._default_manager.filter(case=OuterRef(beside), kind_code="sheet")
    return Subquery(rows.values("written_at")[:1])


def sections_of(what: str, row: UUID, sections: Iterable[str]) -> tuple[str, ...]:
    """The sections of a row, in the order of the table. Untrusted: one of them is none."""
    try:
        return in_order(sections)
    except (ValueError, TypeError):  # or it is no list
        raise Untrusted(what, row) from None
