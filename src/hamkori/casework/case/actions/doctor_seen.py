"""A doctor has seen whoever needed one: said in the case, and when it was said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hamkori.action import Act, action
from hamkori.casework.case.actions.case import edit, say
from hamkori.casework.case.models import Case


@action("case.edit", on="case")
def doctor_seen(act: Act, /, case: Case, *, version: int, codes: Mapping[str, Any]) -> Case:
    """What is needed from then on is in the `codes`. NotNow: as `edit`."""
    edit.body(act, case, version=version, codes=codes)
    if case.state_code == "open":
        say(case, "doctor_seen")
    return case
