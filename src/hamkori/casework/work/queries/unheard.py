"""A no to everything that somebody else brought: it counts at once, and the person is asked, alone, whether it is so
(ADR 0184).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from hamkori.casework.case.models import CaseAccess
from hamkori.casework.consent.models import Consent
from hamkori.casework.consent.rules.consent import BY_OTHERS
from hamkori.casework.work.queries.due import Due, first_of
from hamkori.casework.work.queries.peace import all_no
from hamkori.casework.work.rules.worklist import UNHEARD


def unheard() -> Combinable:
    """Of a row of who works on a case: whether the last word to everything is such a no."""
    newest = Consent.objects.filter(case=OuterRef("case_id")).order_by("-number")
    brought = ExpressionWrapper(Q(all_no()) & Q(how_said_code__in=BY_OTHERS), BooleanField())
    return Coalesce(Subquery(newest.annotate(brought=brought).values("brought")[:1]), Value(value=False))


def is_unheard(case: UUID) -> bool:
    """The same of one case, where nothing of what the person said is at hand."""
    newest = Consent.objects.filter(case=case).order_by("-number").annotate(no=all_no())
    how, no = newest.values_list("how_said_code", "no").first() or ("", False)
    return bool(no) and how in BY_OTHERS


def to_ask(cases: Iterable[CaseAccess], on: date) -> list[Due]:
    """Of such open cases a row each for whoever leads and supervises them, until somebody has asked."""
    return [
        Due(
            what=UNHEARD,
            late=False,
            on=on,
            case=row.case.code,
            sex=row.case.sex_code,
            age_band=row.case.age_band_code,
            children=row.case.children_code,
            region=row.case.region_code,
            first=first_of(row.case),
            supervised=row.kind_code == "supervisor",
        )
        for row in cases
        if row.unheard and row.case.state_code == "open" and row.kind_code in ("lead", "supervisor")  # type: ignore[attr-defined]
    ]
