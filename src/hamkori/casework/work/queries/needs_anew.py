"""Cases that were opened again, in which nobody has said since what is needed and whether somebody is in danger."""

from __future__ import annotations

from collections.abc import Iterable

from hamkori.casework.case.models import CaseAccess
from hamkori.casework.case.queries.said_before import said_before
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.due_of_cases import row_of_case
from hamkori.casework.work.rules.worklist import NEEDS_ANEW


def needs_anew(cases: Iterable[CaseAccess]) -> list[Due]:
    """The rows of whoever works on the case. Not of those who said no to everything since: nobody asks them before they
    raise it.
    """
    return [
        row_of_case(row, NEEDS_ANEW, False, start=row.case.opened_at)
        for row in cases
        if row.case.state_code == "open" and row.kind_code != "supervisor" and said_before(row)
        if not row.no_to_all or row.asks  # type: ignore[attr-defined]
    ]
