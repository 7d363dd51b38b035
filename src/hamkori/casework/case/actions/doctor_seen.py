"""A doctor has seen whoever needed one: said in the case, and when it was said; and that this was a slip."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from hamkori.action import Act, action
from hamkori.casework.case.actions.case import edit, say
from hamkori.casework.case.models import Case, CaseStep
from hamkori.refusal import NotNow

SAID: Final = ("doctor_seen", "doctor_unseen")
"""What is said of it, and taken back."""
TAKEN_BACK_WITHIN: Final = timedelta(hours=1)
"""So long whoever said so takes it back, as a call is."""


@action("case.edit", on="case")
def doctor_seen(act: Act, /, case: Case, *, version: int, codes: Mapping[str, Any]) -> Case:
    """What is needed from then on is in the `codes`. NotNow: as `edit`."""
    edit.body(act, case, version=version, codes=codes)
    if case.state_code == "open":
        say(case, "doctor_seen")
    return case


@action("case.edit", on="case")
def doctor_unseen(act: Act, /, case: Case, *, version: int, codes: Mapping[str, Any]) -> Case:
    """That was a slip, and is needed as the `codes` say. NotNow: as `edit`; "version_same" where somebody else said so
    last, or that is an hour ago.
    """
    last = CaseStep.objects.filter(case=case, step_code__in=SAID).order_by("-at").first()
    mine = last is not None and (last.step_code, last.membership_id) == (SAID[0], act.actor.membership_id)
    if last is None or not mine or last.at <= act.at - TAKEN_BACK_WITHIN:
        raise NotNow("version_same")
    edit.body(act, case, version=version, codes=codes)
    say(case, "doctor_unseen")
    return case
