"""Which kinds of help a coordinator calls about before others, and why: known by the kind alone, without a summary."""

from __future__ import annotations

from typing import Final

from hamkori.directory.rules.suit import kinds
from hamkori.vocabulary import codelist

URGENT: Final = "urgent"
PROTECTED: Final = "danger"
"""It protects from danger."""
CHILD: Final = "child"
"""Only a child is helped so."""
AT_ONCE: Final = "kind"
"""A place to sleep, emergency medical care, help that saves a life: it comes too late a day later."""
OF_CHILDREN: Final = "CHILD"
BEDS: Final = frozenset(kinds(["safe_place"]))
NO_DAY_LATER: Final = frozenset({*BEDS, "HEALTH-01", "HEALTH-03", "MHPSS-07"})


def why_first(service_code: str) -> str:
    """Why this kind stands above another one that is due earlier; '' where it does not."""
    known = codelist("service")
    if service_code not in known.codes:
        return ""
    data = known.entry(service_code).data
    purposes = data.get("purposes")
    if isinstance(purposes, list | tuple) and "protection" in purposes:
        return PROTECTED
    if data.get("group") == OF_CHILDREN:
        return CHILD
    return AT_ONCE if service_code in NO_DAY_LATER else ""


def is_bed(service_code: str, urgency_code: str, *, waits: bool) -> bool:
    """Whether somebody waits urgently for a place to sleep. `waits`: nobody has answered yet."""
    return waits and urgency_code == URGENT and service_code in BEDS
