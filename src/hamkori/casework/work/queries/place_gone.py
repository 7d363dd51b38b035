"""Rows of who has no place for tonight since whoever promised one said no: the person may go there (ADR 0177)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone

from hamkori.casework.case.models import CaseAccess, CaseStep
from hamkori.casework.case.rules.lifecycle import THEY_SAID_NO
from hamkori.casework.referral.models import ReferralOrigin, ReferralStep
from hamkori.casework.referral.rules.tonight import is_asked
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.no_place import FOUND


def they_said_no(
    rows: Iterable[Due], cases: Iterable[CaseAccess], bodies: Mapping[UUID, str], at: datetime
) -> list[Due]:
    """The same rows, with that, whose no it is and since when, until the noon after that night; nothing where more was
    said since, nor where the person was told since not to go there. Asks nothing where nobody said no.
    """
    now = timezone.localtime(at)
    said: dict[UUID, CaseAccess] = {
        row.case_id: row
        for row in cases
        if row.found_whose == THEY_SAID_NO and is_asked(timezone.localtime(row.found_at), now)  # type: ignore[attr-defined]
    }
    whose = _whose([*said]) if said else {}
    heard = {
        row.case.code: (row.found_at, bodies.get(body, "") if body is not None else "")  # type: ignore[attr-defined]
        for case, row in said.items()
        for body in [whose.get(case)]
        if not _is_told(case, body, row.found_at)  # type: ignore[attr-defined]
    }
    return [
        replace(row, heard=THEY_SAID_NO, heard_at=heard[row.case][0], none_at=heard[row.case][1])
        if row.no_place and row.case in heard
        else row
        for row in rows
    ]


def _whose(cases: list[UUID]) -> dict[UUID, UUID | None]:
    """Case -> at whom the place was found that is none: what was found last."""
    found = CaseStep.objects.filter(case__in=cases, step_code=FOUND)
    return dict(found.order_by("at").values_list("case_id", "organisation_id"))


def _is_told(case: UUID, body: UUID | None, no_at: datetime) -> bool:
    """Whether the person was told after that no not to go to that organisation, of which one of its referrals asks."""
    if body is None:
        return False
    said = ReferralStep.objects.filter(step_code="warn_person")
    put_back = said.filter(referral=OuterRef("referral"), at__gte=OuterRef("at"), reason_code="put_back")
    told = said.filter(~Exists(put_back), referral=OuterRef("referral_id"), at__gte=no_at, reason_code="warned")
    return ReferralOrigin.objects.filter(Exists(told), case=case, referral__to_organisation=body).exists()
