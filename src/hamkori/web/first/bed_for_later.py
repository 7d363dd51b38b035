"""A place to sleep for whoever has one tonight and may not stay: looked for beside what is needed now (ADR 210)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hamkori.casework.consent.rules.consent import live
from hamkori.casework.referral.rules.how_soon import is_bed_for_later
from hamkori.casework.work.queries.no_place import SHELTER
from hamkori.web.first.frame import address

if TYPE_CHECKING:
    from hamkori.casework.referral.queries.refer import Prepared

BEDS: Final = "HOME"
"""The group of services."""
A_BED: Final = "HOME-02"


def found_at(known: Prepared, need: str, urgency: str) -> str:
    """Where such a place is chosen, once the person agreed that shelters are asked; '' where none is for later, or it
    is what is looked for.
    """
    row = known.rows.get(SHELTER)
    agrees = row is not None and live(row, known.at, known.age)
    offered = agrees and need != BEDS and is_bed_for_later(A_BED, known.case.need_tonight_codes)
    return address(known.case.code, "service", urgency=urgency, need=BEDS) if offered else ""
