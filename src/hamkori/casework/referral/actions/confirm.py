"""What the sender says of help: whether the person came, of the result, and what comes after it stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from hamkori import definer
from hamkori.action import Act, action
from hamkori.calendar.clocks import as_kept
from hamkori.calendar.queries import calendar
from hamkori.casework.case.machinery.notices import add
from hamkori.casework.case.machinery.take import started
from hamkori.casework.case.queries.child_calls import PUT_BACK
from hamkori.casework.case.queries.coordination import SPOKEN
from hamkori.casework.case.rules import clocks
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.machinery import meetings
from hamkori.casework.referral.machinery.steps import lock_referral, referral_take
from hamkori.casework.referral.machinery.telling import tell
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.queries.answers import ReferralFacts
from hamkori.casework.referral.queries.calls import calls_now, says_yes, takes_back
from hamkori.casework.referral.queries.doubt import to_call_now
from hamkori.casework.referral.queries.goes_on import is_asked
from hamkori.casework.referral.queries.hearing import hurries
from hamkori.casework.referral.queries.meeting import line_now
from hamkori.casework.referral.queries.permit import agreed_now
from hamkori.casework.referral.queries.promised import promised
from hamkori.casework.referral.rules.lifecycle import REASON_LISTS, REFERRAL
from hamkori.casework.referral.rules.stopped import WHETHER_ON, stop
from hamkori.lifecycle import decide_step
from hamkori.refusal import ENDED, Invalid, NotNow
from hamkori.vocabulary import codelist

if TYPE_CHECKING:
    from datetime import datetime


@action("referral.hear", on="referral")
def hear(act: Act, referral: Referral, *, version: int, heard: str) -> None:
    """What the sender knows of the arrival. The receiver is told, and still says itself whether the person came."""
    values = {"heard_code": heard}
    side = REFERRAL.sides[act.grant.scope]
    row = decide_step(ReferralFacts(act.actor, act.at, referral, "hear", values), side)
    assert referral.arrival_on is not None
    cal = calendar()
    until = clocks.arrival_end(referral.arrival_on, referral.arrival_part_code, cal, referral.agreed_at)
    act.note(reason=heard)
    timed = clocks.heard_rungs(max(act.at, until), until, cal, hurries=hurries(referral))
    referral_take(referral, "hear", version, values, [as_kept("arrival", timed.clock, timed)])
    above = {"said_above"} if side == Side.SENDER_SUPERVISOR and heard != "did_not_come" else set()
    tell(act.actor, row, referral.pk, Side.SENDER, frozenset({heard, *above}))


REACHED_WHOM: Final = ("reached", "coordinator", "not_reached")
"""Whom a call of the sender reached: that desk, the coordinator, nobody. The desk alone calms the alarm: who asked the
coordinator for help has told nobody there. Older rows say "promised", too.
"""
CALL_ANSWERS: Final = (*REACHED_WHOM, "no_coordinator")
"""And that the coordinator alone was called, and not reached."""
TOLD: Final = ("reached", "not_reached")
"""Of those what is said once it was ended: whether they know that nobody comes."""


@action("referral.call", on="referral")
def call(act: Act, referral: Referral, *, answer: str, which: datetime | None = None) -> None:
    """Somebody was called about a desk that has not answered, that may not take the child that the person is, or that
    gave no help, and whom that reached (one of CALL_ANSWERS). A row of the time line. Where it was ended after they
    said yes on the telephone: that they were told, or not reached (TOLD).

    PUT_BACK: the call of that moment (`which`) was a slip and counts no more; the row stays, and another says who took
    it back (ADR 212). NotNow("call_stands"): no such call of the last day counts, or it was answered since.

    What was said there (SPOKEN) is kept while the first answer is awaited, or the word whether the child may come. It
    accepts, declines and returns nothing.
    NotNow: nobody waits for a word of theirs. Invalid: no such answer.
    """
    if answer == PUT_BACK:
        lock_referral(referral)
        if not takes_back(referral, which, act.at):
            raise NotNow("call_stands")
        act.note(reason=answer)
        definer.run("referral_call", referral.pk, answer, which)
        return
    if answer not in (*CALL_ANSWERS, *SPOKEN):
        raise Invalid({"answer": _("Choose one of the answers.")})
    waits = (answer not in SPOKEN and stop(referral) is not None) or to_call_now(referral)
    off = referral.state_code == ENDED and answer in TOLD and promised(referral.pk) is not None
    if referral.state_code != "sent" and not (waits or off):
        raise NotNow("from_state", state=referral.state_code)
    act.note(reason=answer)
    definer.run("referral_call", referral.pk, answer)


@action("referral.tell_person", on="referral")
def tell_person(act: Act, referral: Referral, *, version: int, answer: str) -> None:
    """The team says that the person was told when and where they are expected, or not yet after all. Nothing moves.

    `version`: as it was read when the person was told. NotNow("time_as_read"): it has changed since. NotNow too where
    nobody is expected, and where that is said already.
    """
    if answer not in codelist(REASON_LISTS["tell_person"]).codes:
        raise Invalid({"answer": _("Choose one of the answers.")})
    act.note(reason=answer)
    definer.run("referral_tell_person", referral.pk, version, answer)


@action("referral.arrange", on="referral")
def arrange(act: Act, referral: Referral, *, line: meetings.Line, over: datetime | None = None) -> None:
    """Hour, meeting point and whom to ask for, as they were agreed by telephone with a desk that said yes there and has
    not answered in Hamkori. Locked for the team and for that desk, in the place of what stood there; nothing else moves
    (ADR 0128).

    `over`: since when the line that is replaced was written, as the writer's page said; None: none was. NotNow:
    line_as_read (another was written meanwhile), from_state (it was answered, or has ended), consent_live,
    yes_by_telephone (the last that was said there is no yes, or one for another age). Invalid: nothing is written.
    """
    if not any(line.values()):
        raise Invalid({"hour": _("Write the hour, the meeting point or whom to ask for.")})
    lock_referral(referral)
    if referral.state_code != "sent":
        raise NotNow("from_state", state=referral.state_code)
    if not agreed_now(referral).live:
        raise NotNow("consent_live")
    if not says_yes(calls_now(referral.pk)):
        raise NotNow("yes_by_telephone")
    if (written := line_now(referral.pk)) is not None and written.at != over:
        raise NotNow("line_as_read")
    definer.run("referral_arrange", referral.pk)
    meetings.arrange(act, referral, line)


@action("referral.confirm", on="referral")
def confirm(act: Act, referral: Referral, *, version: int, her_view: str, agrees: bool) -> None:
    """Closes the loop: what she said of the help, and whether the result is agreed with."""
    values: dict[str, object] = {"her_view_code": her_view}
    row = decide_step(ReferralFacts(act.actor, act.at, referral, "confirm", values), REFERRAL.sides[act.grant.scope])
    if referral.state_code == "finished":
        values["agrees"] = agrees
    referral_take(referral, "confirm", version, values)
    tell(act.actor, row, referral.pk, Side.SENDER)


@action("referral.dispute", on="referral")
def dispute(act: Act, referral: Referral, *, version: int, reason: str) -> None:
    """Questions a result, once."""
    values = {"reason_code": reason}
    row = decide_step(ReferralFacts(act.actor, act.at, referral, "dispute", values), REFERRAL.sides[act.grant.scope])
    act.note(reason=reason)
    referral_take(referral, "dispute", version, values, [started("dispute", act.at)])
    tell(act.actor, row, referral.pk, Side.SENDER)


@action("referral.settle", on="referral")
def settle(act: Act, referral: Referral, *, reason: str) -> None:
    """Says of a referral that stopped without help that nothing more is to do, and why. Nothing of it moves. Where help
    had begun when the person's word ended it: whether that goes on (WHETHER_ON).

    The lead worker is told that nothing more is to do, unless it is she who says it.
    """
    on = any(is_asked(referral.pk))
    if stop(referral) is None and not on:
        raise NotNow("is_stopped")
    if reason not in codelist(REASON_LISTS["settle"]).codes or (reason in WHETHER_ON) != on:
        raise NotNow("reason_given")
    act.note(reason=reason)
    definer.run("referral_settle", referral.pk, reason)
    if not on:
        _tell_lead(act, referral, "settled")


@action("referral.put_back", on="referral")
def put_back(act: Act, referral: Referral) -> None:
    """Takes "nothing more to do" back: the referral waits again on Today. The lead worker is told like of a no."""
    stopped = stop(referral) is not None
    if not (stopped or any(is_asked(referral.pk))):
        raise NotNow("is_stopped")
    definer.run("referral_put_back", referral.pk)
    if stopped:
        _tell_lead(act, referral, "choose_again")


def _tell_lead(act: Act, referral: Referral, key: str) -> None:
    add(act.actor, key=key, sides=[Side.LEAD], about=("referral", referral.pk), mail=True)
