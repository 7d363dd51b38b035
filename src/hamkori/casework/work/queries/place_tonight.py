"""The place for tonight that was found outside of Hamkori, as a referral that is over names it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from hamkori.casework.case.models import CaseStep
from hamkori.casework.case.rules.lifecycle import GOES_ELSEWHERE, PLACE_STEPS
from hamkori.casework.referral.rules.tonight import is_asked
from hamkori.casework.work.queries.no_place import FOUND, PLACE, WHOSE
from hamkori.casework.work.queries.still_there import REACHED

if TYPE_CHECKING:
    from datetime import datetime

    from hamkori.casework.case.models import Case


def placed(case: Case, at: datetime) -> CaseStep | None:
    """With which step it was found, until the noon after that night; None: there is none, or it is none any more."""
    if PLACE in case.need_tonight_codes:
        return None
    said = [*CaseStep.objects.filter(case=case, step_code__in=PLACE_STEPS).order_by("-at")[:2]]
    found = said[-1] if said[:1] and said[0].step_code == REACHED else next(iter(said), None)
    if found is None or found.step_code != FOUND or found.reason_code not in WHOSE:
        return None
    return found if is_asked(timezone.localtime(found.at), timezone.localtime(at)) else None


def chose_another(case: Case, at: datetime) -> datetime | None:
    """When it was said that the person goes to another place than the one that was found, for the same time, and
    nothing was said of a place since.
    """
    said = CaseStep.objects.filter(case=case, step_code__in=PLACE_STEPS).order_by("-at").first()
    if said is None or said.reason_code != GOES_ELSEWHERE:
        return None
    return said.at if is_asked(timezone.localtime(said.at), timezone.localtime(at)) else None
