"""Somebody says in the person's name that they want no help: nothing ends, and the person is asked, alone."""

from __future__ import annotations

from django.utils import timezone

from hamkori.action import Act, action
from hamkori.casework.case.actions.case import lock_open, say, write
from hamkori.casework.case.models import Case


@action("case.edit", on="case")
def ask_alone(act: Act, case: Case) -> Case:
    """Today's next step, in place of what was planned. Who rang, and what was said, is not written here.

    NotNow("case_open").
    """
    lock_open(case)
    write(act, case, {"next_step_code": "ask_alone", "next_step_on": timezone.localdate(act.at)}, {})
    say(case, "ask_alone")
    return case
