"""What is known of somebody who did not arrive."""

from __future__ import annotations

from hamkori.action import Act, action
from hamkori.casework.case.machinery import take
from hamkori.casework.case.models import Case
from hamkori.casework.case.queries.answers import CaseFacts
from hamkori.casework.case.rules.lifecycle import CASE, CASE_REASON_LISTS, IS_SAFE, NOT_FOUND, PUT_BACK
from hamkori.casework.work.queries.looked_for import looked_now
from hamkori.casework.work.queries.said_safe import may_put_back
from hamkori.lifecycle import decide_step
from hamkori.refusal import NotNow
from hamkori.vault.server import alone_at
from hamkori.vocabulary import codelist


@action("case.looked_for", on="case")
def looked_for(act: Act, case: Case, *, reason: str) -> Case:
    """The person is safe, and nobody looks any more; or was looked for in vain, and the search goes on, or begins anew
    where somebody had said that they are safe; or that they are safe was a slip. Also of a case that was closed
    meanwhile. NotNow: "reason_given" where it is none of these; "is_looked_for" where nobody is looked for who could be
    safe; "said_safe" where there is nothing to put back.
    """
    alone_at(case.pk)
    if reason not in codelist(CASE_REASON_LISTS["looked_for"]).codes:
        raise NotNow("reason_given")
    if reason == PUT_BACK and not may_put_back(case.pk, act.at):
        raise NotNow("said_safe")
    if reason == IS_SAFE and looked_now(case.pk) is None:
        raise NotNow("is_looked_for")
    values = {"reason_code": reason}
    decide_step(CaseFacts(case, "looked_for", values), CASE.sides[act.grant.scope])
    act.note(reason=reason)
    take.case_take(case, "looked_for", case.version, values)
    if reason == NOT_FOUND and looked_now(case.pk) is None:
        raise NotNow("is_looked_for")  # no search was ended that this could begin anew: nothing of it is kept
    return case
