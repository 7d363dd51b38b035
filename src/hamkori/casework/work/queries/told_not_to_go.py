"""Whoever was told not to go, and is expected by a place that was found since at the same organisation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from hamkori.casework.referral.models import ReferralOrigin, ReferralStep
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.rules.worklist import FOUND

WARNED: Final = "warned"


def told_not_to_go(case: UUID, body: UUID | None, found_at: datetime) -> datetime | None:
    """When the team said so last of one of its referrals there, before the place was found; None: it did not."""
    if body is None:
        return None
    said = warned().filter(referral__in=_to([case]).filter(referral__to_organisation=body).values("referral"))
    return said.filter(at__lt=found_at).order_by("-at").values_list("at", flat=True).first()


def expected_after_all(rows: Iterable[Due], cases: Mapping[str, UUID]) -> list[Due]:
    """The same rows; of a place that was found, with when the person was told not to go there. One query, where one was
    found by telephone.
    """
    found = [*rows]
    asks = {cases[row.case] for row in found if _is_asked(row) and row.case in cases}
    told = _told(asks) if asks else {}
    of_case = {code: told[case] for code, case in cases.items() if case in told}
    return [
        replace(row, told_before=_before(row, of_case[row.case])) if _is_asked(row) and row.case in of_case else row
        for row in found
    ]


def _is_asked(row: Due) -> bool:
    return row.what == FOUND and row.expected is not None and row.expected.organisation is not None


def _before(row: Due, told: Mapping[UUID, list[datetime]]) -> datetime | None:
    assert row.expected is not None
    body = row.expected.organisation
    moments = told.get(body, []) if body is not None else []
    return max((at for at in moments if at < row.expected.at), default=None)


def _told(cases: Iterable[UUID]) -> dict[UUID, dict[UUID, list[datetime]]]:
    """Case, then organisation -> when the person was told not to go there."""
    read = _to(cases).values_list("referral_id", "case_id", "referral__to_organisation_id")
    to = {referral: (case, body) for referral, case, body in read}
    found: dict[UUID, dict[UUID, list[datetime]]] = {}
    for referral, at in warned().filter(referral__in=to).values_list("referral_id", "at"):
        case, body = to[referral]
        found.setdefault(case, {}).setdefault(body, []).append(at)
    return found


def _to(cases: Iterable[UUID]) -> QuerySet[ReferralOrigin]:
    return ReferralOrigin.objects.filter(case__in=list(cases))


def warned() -> QuerySet[ReferralStep]:
    """That a person was told not to go, and not put back."""
    said = ReferralStep.objects.filter(step_code="warn_person")
    back = said.filter(referral=OuterRef("referral"), at__gte=OuterRef("at"), reason_code="put_back")
    return said.filter(~Exists(back), reason_code=WARNED)
