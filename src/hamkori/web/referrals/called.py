"""The box "I called" of the sender's page: what calls brought, whom one may say to have reached, what stands beside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from hamkori.casework.case.queries.coordination import FRUITLESS, SPOKEN, Call
from hamkori.casework.referral.queries.calls import counting, second, to_take_back, yes_before
from hamkori.casework.referral.queries.closed_there import is_reached
from hamkori.casework.referral.queries.referrals import SenderPage, body_name
from hamkori.web.kit import moments
from hamkori.web.words import lists, red
from hamkori.web.words.calling import coordinator_answers
from hamkori.web.words.calls import called, once_more
from hamkori.web.words.yes_before import sentences

WHOM: Final = (*SPOKEN, "not_reached", "coordinator")
"""What they said, or whom one may say to have reached, in the order of the buttons: that of Today, and the coordinator
after the desk.
"""


class Beside(StrEnum):
    """What stands beside "I called", and whether what the call brought stands open: one case for each box."""

    ANOTHER = "another"
    """Another organisation can be asked, which is the filled button once somebody called; the call is folded."""
    CALL = "call"
    """Only a call helps, and nobody has called: its answers stand open, the first is filled."""
    ALONE = "alone"
    """Nobody else is listed: the same, and the coordinator has a line of their own below."""
    AWAITED = "awaited"
    """An answer to the call is awaited, or no other can be asked from here: nothing is filled."""


def calling(
    calls: Sequence[Call],
    phone: str,
    at: datetime,
    *,
    due: datetime | None = None,
    alone: bool = False,
    another: bool = False,
    first: bool = False,
    person: Any = None,
) -> dict[str, Any]:
    """The call that counts about a desk whose answer is waited for, another beside it, whom one may say to have
    reached, and what comes next.

    Where no number of the desk is recorded, only the coordinator can have been called; what the desk says may come
    through them, or it rings itself.
    `alone`: nobody else is left, so the answer of the coordinator stands open. While an answer of
    that desk is awaited, nobody is sent there.
    `another`: this reader can ask another one from here. `first`: before the first call nothing but a call helps.
    `person`: their summary or case, whose age may have been put right since a yes: they are called again first.
    A call that reached nobody takes nothing from the coordinator, who was reached before it: both are said.
    """
    call = counting(calls)
    answer, reached = call.answer if call is not None else "", is_reached(call)
    other = second(calls, call)
    asked = other is not None and other.answer == "coordinator"
    before = yes_before(calls) if person is not None else None
    if person is not None and call is not None and call.answer == "said_no" and call.was:
        before = call
    alone = alone and before is None
    late = due is not None and due <= at
    waits = call is not None and before is None and answer not in FRUITLESS and not (late and due and call.at <= due)
    if not phone and not reached:
        # The coordinator is called; what the desk says they pass on, or it rings itself.
        answers = {"call_answers": coordinator_answers(), "call_apart": _labels(SPOKEN)}
    else:
        answers = _answers(_labels(one for one in WHOM if one != "coordinator" or not (reached and waits)))
    beside = _beside(alone, another, waits=waits, first=before is not None or (first and call is None))
    return {
        **answers,
        "read_at": at.isoformat(),
        "called": called(call, at) if call is not None else "",
        "called_before": ". ".join(filter(None, [called(other, at), once_more(call, other)])) if other else "",
        "coordinator_asked": asked,
        "undo_call": taken.at.isoformat() if (taken := to_take_back(call, at)) is not None else "",
        "call_state": "reached" if reached else answer,
        "said_yes": answer == "said_yes",
        "yes_before": sentences(before, person.sex_code, person.age_band_code) if before is not None else "",
        "call_beside": beside,
        "call_next": call is None and beside in (Beside.ANOTHER, Beside.CALL, Beside.ALONE),  # before anybody called
        "coordinator_next": call is not None or beside == Beside.ALONE,
        "no_number": not phone,
        "awaited": moments.moment(due, at) if due is not None and not late else "",
    }


def _answers(offered: list[tuple[str, str]]) -> dict[str, Any]:
    """What they said stands open, in the order of Today, on every page; the coordinator, who is another call, below."""
    apart = [one for one in offered if one[0] == "coordinator"]
    return {"call_answers": [one for one in offered if one not in apart], "call_apart": apart}


def _labels(answers: Iterable[str]) -> list[tuple[str, str]]:
    return [(one, lists.label("call_answer", one)) for one in answers]


def said_no_since(page: SenderPage, no: Call) -> dict[str, Any]:
    """That who had accepted said no on the telephone, for whom, and what to ask now: the box begins with it."""
    to, card = page.referral.to_organisation, page.card
    name = body_name(to, page.referral.to_organisation_id, lists.language())
    text = sentences(no, card.sex_code, card.age_band_code, expected=True)
    begins = {"title": red.no_since(name, no, page.at), "text": text}
    return {"no_since": begins, **({"called": ""} if page.own_calls()[0] == no else {})}


def _beside(alone: bool, another: bool, *, waits: bool, first: bool) -> Beside:
    if waits:
        return Beside.AWAITED
    if alone:
        return Beside.ALONE
    if first:
        return Beside.CALL
    return Beside.ANOTHER if another else Beside.AWAITED
