"""Who sleeps one more night where help has ended, and needs a place from the next morning (ADR 257)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from hamkori.casework.case.models import CaseAccess, CaseStep
from hamkori.casework.case.rules.lifecycle import PLACE_STEPS
from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.due_of_cases import row_of_case
from hamkori.casework.work.queries.no_place import missed, sleeps_on
from hamkori.casework.work.rules.worklist import LAST_NIGHT
from hamkori.directory.rules.suit import kinds


def beside_last_night(at: datetime) -> dict[str, Subquery]:
    """Beside a row of a case: where the person sleeps that night, as long as nobody was asked for another place, has
    one for them, or said since where they sleep (`last_night.box` on the page of the case).
    """
    of_place = {"case": OuterRef("case_id"), "referral__service_code__in": kinds(["safe_place"])}
    given = ReferralOrigin.objects.filter(**of_place)
    beside = {**of_place, "case": OuterRef("case")}
    asked = Q(referral__state_code__in=("sent", "serving")) | Q(referral__state_code="accepted") & ~missed()
    since = {"step_code__in": PLACE_STEPS, "at__gt": OuterRef("referral__finished_at")}
    said = CaseStep.objects.filter(case=OuterRef("case"), **since)
    again = ReferralOrigin.objects.filter(asked, **beside)
    there = given.filter(sleeps_on(at)).filter(~Exists(said), ~Exists(again)).order_by("-referral__finished_at")
    return {"last_night": Subquery(there.values("referral__to_organisation_id")[:1])}


def last_nights(cases: Iterable[CaseAccess], bodies: Mapping[UUID, str], at: datetime) -> list[Due]:
    """The rows of whoever works on the case, until the morning: there is time to ask for the next place. Not of those
    who said no to everything: nobody asks for one before they raise it.
    """
    today = timezone.localdate(at)
    return [
        replace(row_of_case(row, LAST_NIGHT, False, on=today), body=bodies.get(row.last_night, ""))  # type: ignore[attr-defined]
        for row in cases
        if row.last_night and row.kind_code != "supervisor"  # type: ignore[attr-defined]
        if not (row.looked or row.place_in_peace)  # type: ignore[attr-defined]
    ]
