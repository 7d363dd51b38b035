"""The end of a referral on the sender's side: her view, confirmed or questioned."""

from __future__ import annotations

from hamkori.action import Act, action
from hamkori.calendar.clocks import as_kept
from hamkori.calendar.queries import calendar
from hamkori.casework.case.rules import clocks
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.machinery import steps
from hamkori.casework.referral.machinery.telling import tell
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.rules.lifecycle import REASON_LISTS, REFERRAL
from hamkori.lifecycle import take as decide_step
from hamkori.vocabulary import codelist


@action("referral.confirm", on="referral")
def confirm(act: Act, referral: Referral, *, version: int, her_view: str, agrees: bool) -> None:
    """Closes the loop: what she said of the help, and whether the result is agreed with."""
    guards = {"her_view": her_view in codelist("her_view").codes}
    row = decide_step(REFERRAL, referral.state_code, "confirm", REFERRAL.sides[act.grant.scope], guards)
    values: dict[str, object] = {"her_view_code": her_view}
    if referral.state_code == "finished":
        values["agrees"] = agrees
    steps.referral_take(referral, "confirm", version, values)
    tell(act.actor, row, referral.pk, Side.SENDER)


@action("referral.dispute", on="referral")
def dispute(act: Act, referral: Referral, *, version: int, reason: str) -> None:
    """Questions a result, once."""
    guards = {
        "not_disputed_before": not referral.was_disputed,
        "reason_given": reason in codelist(REASON_LISTS["dispute"]).codes,
    }
    row = decide_step(REFERRAL, referral.state_code, "dispute", REFERRAL.sides[act.grant.scope], guards)
    act.note(reason=reason)
    timed = clocks.dispute_rungs(act.at, calendar())
    steps.referral_take(referral, "dispute", version, {"reason_code": reason}, [as_kept("dispute", "dispute", timed)])
    tell(act.actor, row, referral.pk, Side.SENDER)
