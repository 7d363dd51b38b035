"""What was heard by telephone before a call that brought nothing: it is not undone by that."""

from __future__ import annotations

from collections.abc import Sequence

from hamkori.casework.case.queries.coordination import (
    BETTER,
    COORDINATOR,
    ENDS,
    ME,
    NATIONAL,
    SPOKEN,
    TEAM,
    UNREACHED,
    Call,
)


def better_before(calls: Sequence[Call]) -> Call | None:
    """Where the newest of these calls reached nobody, or its sender asked the coordinator for help: the last before it
    that reached somebody, which it does not undo. Of a sender who asked for help what its last call there brought.
    """
    asks = bool(calls) and calls[0].answer == "coordinator" and calls[0].side != TEAM
    if not calls or not (asks or calls[0].answer in UNREACHED):
        return None
    ours = (ME, COORDINATOR, TEAM, NATIONAL)
    end = next((one.answer for one in calls if one.answer in ENDS), "")
    if asks and end != "said_yes" and (last := next((one for one in calls[1:] if one.side not in ours), None)):
        return last if last.answer in (*SPOKEN, "not_reached") else None
    return next((one for one in calls[1:] if one.answer in (BETTER if one.side in ours else SPOKEN)), None)
