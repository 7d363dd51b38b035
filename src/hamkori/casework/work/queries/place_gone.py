"""Rows of who has no place for tonight since whoever promised one said no: the person may go there (ADR 0177)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone

from hamkori.casework.case.models import CaseAccess, CaseStep
from hamkori.casework.case.queries.place_told import BY_TELEPHONE
from hamkori.casework.case.rules.lifecycle import PLACE_STEPS, THEY_SAID_NO
from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.rules.tonight import is_asked
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.no_place import FOUND, WHOSE
from hamkori.casework.work.queries.told_not_to_go import warned

NEEDED: Final = "place_needed"
NONE: Final = "none_after_all"
"""Of such a row: a place where no organisation waits is none; the person may go there all the same."""
KNOWN: Final = tuple(whose for whose in WHOSE if whose != BY_TELEPHONE)


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
    none = _none_after_all(cases, now)
    return [_with(row, heard, none) if row.no_place else row for row in rows]


def _with(row: Due, heard: Mapping[str, tuple[datetime, str]], none: Mapping[str, datetime]) -> Due:
    if row.case in heard:
        return replace(row, heard=THEY_SAID_NO, heard_at=heard[row.case][0], none_at=heard[row.case][1])
    return replace(row, heard=NONE, heard_at=none[row.case]) if row.case in none else row


def _none_after_all(cases: Iterable[CaseAccess], now: datetime) -> dict[str, datetime]:
    """Case -> since when a place that was found, and where no organisation waits, is none after all, until that noon.
    One query, where somebody said that a place is needed.
    """
    said = {
        row.case_id: row.case.code
        for row in cases
        if row.found_whose == "" and row.found_at is not None and is_asked(timezone.localtime(row.found_at), now)  # type: ignore[attr-defined]
    }
    steps = CaseStep.objects.filter(case__in=[*said], step_code__in=PLACE_STEPS).order_by("at") if said else ()
    by_case: dict[UUID, list[CaseStep]] = {}
    for step in steps:
        by_case.setdefault(step.case_id, []).append(step)
    return {said[case]: of_it[-1].at for case, of_it in by_case.items() if _is_none(*of_it[-2:])}


def _is_none(before: CaseStep, last: CaseStep | None = None) -> bool:
    """Whether the last two say that a place was found where nobody waits, and that one is needed after all."""
    said = last is not None and last.step_code == NEEDED and before.step_code != NEEDED
    return said and before.reason_code in KNOWN


def _whose(cases: list[UUID]) -> dict[UUID, UUID | None]:
    """Case -> at whom the place was found that is none: what was found last."""
    found = CaseStep.objects.filter(case__in=cases, step_code=FOUND)
    return dict(found.order_by("at").values_list("case_id", "organisation_id"))


def _is_told(case: UUID, body: UUID | None, no_at: datetime) -> bool:
    """Whether the person was told after that no not to go to that organisation, of which one of its referrals asks."""
    if body is None:
        return False
    told = warned().filter(referral=OuterRef("referral_id"), at__gte=no_at)
    return ReferralOrigin.objects.filter(Exists(told), case=case, referral__to_organisation=body).exists()
