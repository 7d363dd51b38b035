"""Help that went on when its own case was closed, and whose referral the person's word ended since (ADR 0158)."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from hamkori.action import Act, action
from hamkori.casework.case.machinery import take
from hamkori.casework.case.machinery.notices import add
from hamkori.casework.case.models import Case
from hamkori.casework.case.queries.answers import CaseFacts
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.queries.helped_on import OVER, of_closed, slept
from hamkori.casework.referral.rules.stopped import GOES_ON
from hamkori.lifecycle import decide_step
from hamkori.refusal import Invalid, NotNow
from hamkori.vault.server import alone_at

ENDED_THERE: Final = "over"
ANSWERS: Final = {GOES_ON: "help_goes_on", ENDED_THERE: OVER}
"""What whoever helps heard of the person, and the step of their case that says it."""


@action("case.edit", on="case")
def help_said(act: Act, case: Case, *, answer: str) -> Case:
    """Of an own case that was closed before that word: help goes on, or has ended there. Whoever sent somebody who
    slept there is told of an end. NotNow: "help_asked" where nobody asks it.
    """
    alone_at(case.pk)
    if answer not in ANSWERS:
        raise Invalid({"answer": _("Choose one of the answers.")})
    if not of_closed(case):
        raise NotNow("help_asked")
    step, told = ANSWERS[answer], slept(case) if answer == ENDED_THERE else []
    decide_step(CaseFacts(case, step), Side.SENDER)
    take.case_take(case, step, case.version, {})
    for referral in told:
        add(act.actor, key="news", sides=(Side.SENDER,), about=("referral", referral))
    return case
