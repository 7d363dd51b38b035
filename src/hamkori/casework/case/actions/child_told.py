"""That child protection was told was a slip (ADR 191)."""

from __future__ import annotations

from hamkori.action import Act, action
from hamkori.casework.case.machinery import take
from hamkori.casework.case.models import Case
from hamkori.casework.case.queries.answers import CaseFacts
from hamkori.casework.case.rules.put_back import may_put_back
from hamkori.casework.case.rules.sides import Side
from hamkori.lifecycle import decide_step
from hamkori.refusal import NotNow
from hamkori.vault.server import alone_at


@action("case.tell_child_protection", on="case")
def child_not_told(act: Act, case: Case, *, version: int) -> Case:
    """The time limit goes on from where it was. NotNow("of_a_child", "told_today")."""
    alone_at(case.pk)
    decide_step(CaseFacts(case, "child_not_told"), Side.LEAD)
    if not case.is_child:
        raise NotNow("of_a_child")
    if not may_put_back(case.told_child_protection_at, act.at):
        raise NotNow("told_today")
    take.case_take(case, "child_not_told", version, {})
    return case
