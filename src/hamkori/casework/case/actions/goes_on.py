"""Help goes on though the person's word ended what was agreed: said in the own case of whoever helps."""

from __future__ import annotations

from typing import Any

from hamkori.action import Act, action
from hamkori.casework.case.actions.case import edit, say
from hamkori.casework.case.models import Case


@action("case.edit", on="case")
def help_goes_on(act: Act, /, case: Case, *, version: int, **written: Any) -> Case:
    """The person wants it to go on, and what is planned next is `written` with it. NotNow: as `edit`."""
    edit.body(act, case, version=version, **written)
    if case.from_referral:
        say(case, "help_goes_on")
    return case
