"""What the coordinator has still to tell to whoever sent a referral: what was heard, or that it counts no more."""

from collections.abc import Sequence

from hamkori.casework.case.queries.arrival_calls import CALMS, NOT_WITH_THEM
from hamkori.casework.case.queries.coordination import (
    COORDINATOR,
    ENDS,
    ME,
    NO_SENDER,
    REACHED,
    SAFE,
    SENDER,
    WORDS,
    YES_BEFORE,
    Call,
)

TELLS = ("not_reached", "said_no", "said_yes", NOT_WITH_THEM)
"""Answers of a call of a coordinator after which she calls whoever sent it."""


HEARD, TAKEN_BACK = "heard", "taken_back"
"""Why the sender is called: for what was heard there or counts no more; for an answer that was put back."""


def untold(calls: Sequence[Call], slip: Call | None = None) -> str:
    """What the sender is told next, one of these; '' for nothing. `slip`: what was put back there last: the sender
    could read it until then (ADR 0185).
    """
    if slip is not None:
        since = [one.answer for one in calls if one.side in (ME, COORDINATOR) and one.at >= slip.at]
        if not any(answer in (SENDER, *ENDS, CALMS[0], NOT_WITH_THEM) for answer in since):
            return TAKEN_BACK
    return HEARD if sender_untold(calls) else ""


def sender_untold(calls: Sequence[Call]) -> bool:
    """Whether the newest call of a coordinator brought what its sender is told, and nobody has called them since; or
    that a yes counts no more.
    """
    brought = next((one for one in calls if one.side in (ME, COORDINATOR) and one.answer != NO_SENDER), None)
    if brought is None:
        return changed_untold(calls)
    # Whoever has said of the arrival themselves what they know since is told nothing more of it.
    # So is whoever knows that the person is safe: that they are not there is no news.
    knows = brought.answer == NOT_WITH_THEM and any(
        one.answer == SAFE or (one.answer in WORDS and one.at >= brought.at) for one in calls
    )
    return (brought.answer in TELLS and not knows) or changed_untold(calls)


def changed_untold(calls: Sequence[Call]) -> bool:
    """Whether the yes of one that waits, the last that was said there, counts no more since its summary was changed,
    and no coordinator has called the sender since: only they can ask anew (`yes_before` in referral/queries/calls.py).
    """
    said = (one for one in calls if one.answer in ENDS or (one.side not in (ME, COORDINATOR) and one.answer in REACHED))
    last = next(said, None)
    if last is None or last.answer != YES_BEFORE:
        return False
    since = max(last.at, last.changed_at or last.at)
    return not any(one.answer == SENDER and one.at >= since for one in calls)


def is_told(calls: Sequence[Call], slip: Call | None = None) -> bool:
    """Whether the newest call of a coordinator was to the sender, and nothing has come since that they are told."""
    newest = next((one for one in calls if one.side in (ME, COORDINATOR)), None)
    return newest is not None and newest.answer == SENDER and not untold(calls, slip)
