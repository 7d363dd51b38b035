"""Own cases of whom the sender put the age right, a child or an adult, and which still say the other (ADR 0167).

Also after the referral has ended: of a child somebody must be told, and of an adult nobody without their yes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from django.db.models import OuterRef, Subquery

from hamkori.casework.case.models import CaseAccess
from hamkori.casework.case.rules.age import CHILD_BANDS
from hamkori.casework.case.rules.team import LEAD
from hamkori.casework.referral.models import ReferralOwnCase
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.rules.worklist import CHILD, HELPED, OTHER_AGE

SETTLES: Final = "settle_age"
"""The step of such a row to whoever leads the case; everybody else on the team reads it."""


def beside_case() -> dict[str, Any]:
    """Of a row of who works on a case: the age that the sender put right there last, and when."""
    said = ReferralOwnCase.objects.filter(case=OuterRef("case_id"), said_age_at__isnull=False).order_by("-said_age_at")
    return {name: Subquery(said.values(name)[:1]) for name in ("said_age_code", "said_age_at")}


def said_other(row: CaseAccess) -> str:
    """The age that the sender says, where the own case says a child of an adult or the other way round, and nobody
    there has confirmed it since; '' of all others.
    """
    case, said, at = row.case, row.said_age_code, row.said_age_at  # type: ignore[attr-defined]
    if not said or case.state_code != "open" or (said in CHILD_BANDS) == case.is_child:
        return ""
    return said if case.age_settled_at is None or case.age_settled_at < at else ""


def said_by_sender(cases: Iterable[CaseAccess], rows: list[Due]) -> list[Due]:
    """The rows: that child protection is to be told says first that the sender says an adult. Of those of whom no row
    says it there is one of its own.
    """
    differ = {row.case.code: row for row in cases if row.kind_code != "supervisor" and said_other(row)}
    found = [
        _said(row, differ[row.case]) if row.what in ("child", CHILD) and row.case in differ else row for row in rows
    ]
    says = {row.case for row in found if row.said_age}
    says |= {row.own_case for row in found if row.what == HELPED and row.other_age}
    return [*found, *(_own(row) for code, row in differ.items() if code not in says)]


def _said(row: Due, of: CaseAccess) -> Due:
    return replace(row, said_age=said_other(of), step=SETTLES if of.kind_code == LEAD else "")


def _own(row: CaseAccess) -> Due:
    case = row.case
    due = Due(
        what=OTHER_AGE,
        late=False,
        started_at=row.said_age_at,  # type: ignore[attr-defined]
        case=case.code,
        sex=case.sex_code,
        age_band=case.age_band_code,
        children=case.children_code,
        region=case.region_code,
    )
    return _said(due, row)
