"""The calls that stand in the row of what a team has sent: what counts, and what a desk told a coordinator."""

from __future__ import annotations

from typing import Any

from hamkori.casework.case.queries.coordination import Call
from hamkori.casework.referral.queries import calls as called
from hamkori.casework.work.rules.worklist import DOUBT, WAITING


def yes_before(pair: Any, what: str) -> Call | None:
    """Of one whose answer is awaited, and not late: a yes that was said for another age."""
    if what not in (WAITING, DOUBT) or pair.referral.state_code != "sent":
        return None
    return called.yes_before(called.of_sender(pair))


def no_of(pair: Any, what: str) -> Call | None:
    """Of who was accepted, or waits: that they said no on the telephone."""
    return called.no_heard(pair.referral, called.of_sender(pair)) if what in (WAITING, DOUBT, "sent.answer") else None


def first_of_row(pair: Any, what: str, call: Call | None, no: Call | None) -> Call | None:
    """The call that the row names first: of who is late there what that desk told a coordinator, else the call that
    counts. Not the no with which a doubt begins: that is not said again.
    """
    accepted = pair.referral.state_code == "accepted"
    begins = what == DOUBT and call is not None and call == no and called.is_for_now(call, accepted=accepted)
    return heard_of(pair, what) or (None if begins else call)


def calls_of(pair: Any, what: str, before: Call | None, no: Call | None) -> tuple[Call, ...]:
    """The calls about an answer, or of the sender's side about a doubt since that is one, the newest first. `before`:
    the yes that was said for another age; `no`: a no since they accepted.
    """
    if no is not None and pair.referral.state_code == "accepted":
        return called.own(called.of_sender(pair), since=pair.referral.agreed_at)
    if what == DOUBT and before is None:
        return called.own(called.of_sender(pair), since=pair.card_corrected_at)
    return called.of_sender(pair) if what in (WAITING, DOUBT, "sent.answer") else ()


def heard_of(pair: Any, what: str) -> Call | None:
    """Of who is late there: what that desk told a coordinator, while nobody has said anything newer."""
    return called.heard_there(pair.referral, called.of_sender(pair)) if what == "sent.arrival" else None


def against(pair: Any, what: str) -> Call | None:
    """The same beside what the sender's side has said since, which does not settle it."""
    if what != "sent.arrival" or heard_of(pair, what) is not None:
        return None
    return called.unsettled(pair.referral, called.of_sender(pair))
