"""Before something that a summary says is changed: who will read it, and where that is ended first (ADR 0159)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.casework.referral.queries.put_right import readers
from hamkori.casework.referral.rules.facts import INTERPRETER
from hamkori.web.words import facts, lists
from hamkori.web.words.corrected import bodies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import QueryDict

    from hamkori.casework.case.models import Case
    from hamkori.casework.referral.models import Referral

DETAILS = ("risk_code", "children_code", "doctor_code", "stairs_code", "sex_code", "language_code", INTERPRETER)
"""What of them a summary says, in the order of the page."""
DISTRICT = "district"
"""The field of the locked part that moves the region."""
TOLD = "told"
"""What the button says that saves it knowingly: the region, and the referrals whose readers stood beside it."""


def of_details(case: Case) -> dict[str, str]:
    """Beside the details that are not locked; empty where nobody reads them."""
    found = readers(case, of_region=False)
    if not found:
        return {}
    said = _("Summaries that were sent say these: %(what)s. If you change one, these read it: %(whom)s.")
    return {"said": said % {"what": facts.names(DETAILS), "whom": bodies(found)}, "url": _end_it_first(case)}


def of_region(case: Case) -> dict[str, str]:
    """Beside the district; empty where nobody reads its region."""
    found = readers(case, of_region=True)
    if not found or not case.region_code:
        return {}
    said = _(
        "Summaries that were sent say the region. The district stays locked, but if it moves to another region, these "
        "read which one: %(whom)s."
    )
    return {"said": said % {"whom": bodies(found)}, "url": _end_it_first(case)}


def asked(case: Case, sheet: Mapping[str, Any], was: Mapping[str, Any] | None, sent: QueryDict) -> dict[str, str]:
    """What is asked once before a district of another region is saved: who reads the new region, and is told.

    Empty where the region stays, nobody reads it, or the button said so of this region and of these readers. `was`:
    what the form was opened with; who did not touch the district moves nothing.
    """
    district = str(sheet.get(DISTRICT) or "")
    region, untouched = district[:5], was is not None and was.get(DISTRICT) == district
    if not region or untouched or not case.region_code or region == case.region_code or case.state_code != "open":
        return {}
    found = readers(case, of_region=True)
    told = _told(region, found)
    if not found or sent.get(TOLD) == told:
        return {}
    said = _("Not saved yet. Once you save, these read %(region)s in the summary, and are told: %(whom)s.")
    values = {"region": lists.label("region", region), "whom": bodies(found)}
    return {"said": said % values, "told": told, "url": _end_it_first(case)}


def _told(region: str, found: tuple[Referral, ...]) -> str:
    return " ".join((region, *(one.code for one in found)))


def _end_it_first(case: Case) -> str:
    return f"{reverse('consent', args=[case.code])}?without=1#without"
