"""The sheet of what stands in the open, saved by somebody of the team."""

from __future__ import annotations

from typing import Any

from hamkori.action import Act, action
from hamkori.casework.case.actions.case import edit, say
from hamkori.casework.case.models import Case
from hamkori.casework.case.queries.said_before import NEEDS_SAID, waits_for_needs


@action("case.edit", on="case")
def details(act: Act, /, case: Case, *, version: int, needs_shown: bool, **written: Any) -> Case:
    """What is `written`. Of a case that was opened again a step says that what is needed was asked since: where one of
    these answers is another now, or all of them stood on the page that was saved (`needs_shown`). NotNow: as `edit`.
    """
    before = _needs(case)
    edit.body(act, case, version=version, **written)
    if (needs_shown or _needs(case) != before) and case.state_code == "open" and waits_for_needs(case):
        say(case, NEEDS_SAID)
    return case


def _needs(case: Case) -> tuple[bool, frozenset[str]]:
    return case.has_danger, frozenset(case.need_tonight_codes)
