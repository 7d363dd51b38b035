"""A place for tonight, as the worker says it: one was found, the person is there, or there is none after all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hamkori.action import Act, action
from hamkori.casework.case.actions.case import Sealed, lock_open, same_version, say, write
from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.case.rules.lifecycle import PLACE_STEPS
from hamkori.refusal import NotNow


@action("case.edit", on="case")
def place_found(
    act: Act, case: Case, *, version: int, reason: str, codes: Mapping[str, Any], sealed: Sealed | None = None
) -> Case:
    """Somebody has a place for tonight: `codes` say what is needed now, `reason` whose place it is. NotNow: as `edit`,
    "reason_given".
    """
    lock_open(case)
    same_version(case, version)
    write(act, case, codes, sealed or {})
    act.note(reason=reason)
    say(case, "place_found", {"reason_code": reason})
    return case


@action("case.edit", on="case")
def place_needed(act: Act, case: Case, *, version: int, codes: Mapping[str, Any], sealed: Sealed | None = None) -> Case:
    """There is no place for tonight after all, or the person leaves the one that they had. NotNow: as `edit`."""
    lock_open(case)
    same_version(case, version)
    write(act, case, codes, sealed or {})
    say(case, "place_needed")
    return case


@action("case.edit", on="case")
def place_reached(act: Act, case: Case, *, version: int) -> Case:
    """The person is at the place that was found: nobody is asked any more. NotNow: as `edit`; "place_asked" where a
    place is not asked about.
    """
    lock_open(case)
    same_version(case, version)
    said = CaseStep.objects.filter(case=case, step_code__in=PLACE_STEPS).order_by("-at").first()
    if said is None or said.step_code != "place_found":
        raise NotNow("place_asked")
    say(case, "place_reached")
    return case
