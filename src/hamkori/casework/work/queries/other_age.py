"""Own cases of whom the sender put the age right, a child or an adult, and which still say the other (ADR 0167).

Also after the referral has ended: of a child somebody must be told, and of an adult nobody without their yes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from django.db.models import Case, Exists, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.expressions import Combinable

from hamkori.casework.case import models
from hamkori.casework.case.models import CaseAccess
from hamkori.casework.case.queries.age_known import known_by_beside
from hamkori.casework.case.queries.told_there import beside_case as beside_untold
from hamkori.casework.case.rules import age
from hamkori.casework.case.rules.age import CHILD_BANDS, stands_since
from hamkori.casework.case.rules.team import LEAD
from hamkori.casework.referral.models import Referral, ReferralCard, ReferralOwnCase
from hamkori.casework.referral.queries.origin import said_to
from hamkori.casework.referral.rules.lifecycle import LIVE
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.rules.worklist import CHILD, HELPED, OTHER_AGE

SETTLES: Final = "settle_age"
"""The step of such a row to whoever leads the case; everybody else on the team reads it."""


def beside_case() -> dict[str, Any]:
    """Of a row of who works on a case: the age that the sender put right there last, and when; and whether the other
    side says that child protection was told.
    """
    said = ReferralOwnCase.objects.filter(case=OuterRef("case_id"), said_age_at__isnull=False).order_by("-said_age_at")
    read = {name: Subquery(said.values(name)[:1]) for name in ("said_age_code", "said_age_at", "said_age_how")}
    return {**read, "age_known_by": known_by_beside("case_id"), "told_there": beside_untold()}


def child_said() -> Combinable:
    """Of a row of who works on a case: the child's age that the sender says while help goes on, of an own case that
    says an adult. Each beside the row, as in `came_from`.
    """
    theirs = ReferralCard.objects.filter(referral=OuterRef("referral_id"), age_band_code__in=CHILD_BANDS)
    on = Referral.objects.filter(pk=OuterRef("referral_id"), state_code__in=LIVE)
    own = ReferralOwnCase.objects.filter(Exists(on), case=OuterRef("case_id"))
    said = own.annotate(theirs=Subquery(theirs.values("age_band_code")[:1])).exclude(theirs=None).values("theirs")[:1]
    grown = Q(case__state_code="open", case__from_referral=True, case__is_child=False)
    return Case(When(grown, then=Subquery(said)), default=Value(""), output_field=TextField())


def said_other(row: CaseAccess) -> str:
    """The age that the sender says, where the own case says a child of an adult or the other way round, and nobody
    there has confirmed it since, on a ground that is as good; '' of all others.
    """
    said = _says_other(row)
    return said if (said in CHILD_BANDS) != row.case.is_child else ""


def _says_other(row: CaseAccess) -> str:
    """The same of each age that is another one."""
    case, said, at = row.case, row.said_age_code, row.said_age_at  # type: ignore[attr-defined]
    if not said or case.state_code != "open" or said == case.age_band_code:
        return ""
    known_by, how = row.age_known_by or "", row.said_age_how  # type: ignore[attr-defined]
    return "" if stands_since(case.age_settled_at, known_by, said_at=at, said_by=how) else said


def is_plainly_grown(case: models.Case) -> bool:
    """Whether nobody can think that the person is under 18, whoever sent them neither."""
    said = said_to(case) if case.from_referral else None
    doubted = said is not None and said.age_band in CHILD_BANDS
    return age.is_plainly_grown(case.age_band_code, confirmed=case.age_settled_at is not None, doubted=doubted)


def said_by_sender(cases: Iterable[CaseAccess], rows: list[Due]) -> list[Due]:
    """The rows: that child protection is to be told says first that the sender says an adult. Of those of whom no row
    says it there is one of its own.
    """
    differ = {row.case.code: row for row in cases if row.kind_code != "supervisor" and said_other(row)}
    found = [
        _said(row, differ[row.case]) if row.what in ("child", CHILD) and row.case in differ else row for row in rows
    ]
    says = {row.case for row in found if row.said_age}
    # The row of the help says that the ages differ; of a child it says nothing of child protection.
    helped = {row.own_case for row in found if row.what == HELPED and row.other_age}
    says |= {code for code in helped if code not in differ or said_other(differ[code]) not in CHILD_BANDS}
    own = {code: row for code, row in differ.items() if code not in says}
    # What that row says is not said once more beside the help.
    found = [replace(row, other_age=False) if row.own_case in own else row for row in found]
    found = [*found, *map(_own, own.values())]
    said = says | set(differ)
    beside = {
        row.case.code: row
        for row in cases
        if row.kind_code != "supervisor" and row.case.code not in said and _says_other(row)
    }
    return [
        replace(row, other_age=True, **_as_said(beside[row.case])) if row.case in beside and not row.referral else row
        for row in found
    ]


def called_the_same(rows: list[Due]) -> list[Due]:
    """The rows with one age for one person: what is due of an own case is headed as the help is (`called_by`)."""
    ages = {row.own_case: row.age_band for row in rows if row.what == HELPED and row.own_case and row.age_band}
    return [
        replace(row, age_band=ages[row.case]) if row.case in ages and row.sex and not row.aged else row for row in rows
    ]


def _said(row: Due, of: CaseAccess) -> Due:
    step = SETTLES if of.kind_code == LEAD else ""
    return replace(
        row, said_age=said_other(of), step=step, told_at_age=of.case.told_child_protection_at, **_as_said(of)
    )


def _as_said(of: CaseAccess) -> dict[str, Any]:
    """What the sender said of the age to that own case, and how they know it."""
    return {"sender_age": of.said_age_code, "said_how": of.said_age_how or ""}  # type: ignore[attr-defined]


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
