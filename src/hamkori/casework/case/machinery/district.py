"""The district of a place, in the open: it stands beside the region, and a region that changed is one everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hamkori.casework.case.machinery import take
from hamkori.casework.case.queries.answers import CaseFacts
from hamkori.casework.case.rules.sides import Side
from hamkori.lifecycle import decide_step

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from hamkori.casework.case.models import Case


def where(sealed: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Region and district of a place as columns: for the distance of a service nobody opens the place itself."""
    district = str(sealed.get("place", {}).get("district") or "")
    return {"region_code": district[:5], "district_code": district} if district else {}


def say_region(case: Case, before: str) -> None:
    """That the region of an open case is another than it was `before`: what was sent says so, and both sides are told.

    The history keeps what it was; where none was known, nobody was told of one (ADR 0151).
    """
    if case.state_code == "open" and before and case.region_code != before:
        values = {"reason_code": before}
        decide_step(CaseFacts(case, "region_changed", values), Side.SENDER)
        take.case_take(case, "region_changed", case.version, values)
