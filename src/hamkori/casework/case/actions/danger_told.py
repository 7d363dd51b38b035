"""Those who were asked for help before somebody was in danger know of it: somebody called them."""

from __future__ import annotations

from uuid import UUID

from hamkori import definer
from hamkori.action import Act, action
from hamkori.casework.case.actions.case import lock_open, same_version, say
from hamkori.casework.case.models import Case
from hamkori.refusal import NotNow


@action("case.edit", on="case")
def danger_told(act: Act, /, case: Case, *, version: int, organisation: UUID) -> Case:
    """Today asks no longer that this one is told; danger that is said again asks anew. NotNow: as `edit`, and where the
    case says nothing of danger. NotVisible: nothing of this case was sent to that organisation (ADR 255).
    """
    lock_open(case)
    same_version(case, version)
    if not case.has_danger:
        raise NotNow("version_same")
    say(case, "danger_told")
    definer.run("case_danger_told_to", case.pk, organisation)
    return case
