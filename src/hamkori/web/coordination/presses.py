"""The answers of a call on the page of late answers: those of Today, in their order (web/today/calls.py)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from hamkori.casework.case.queries import coordination, untold
from hamkori.casework.case.queries.coordination import LateOne
from hamkori.casework.case.queries.put_back import PUT_BACK, just_said, to_put_back
from hamkori.web.words.calls import ANSWERS, answers
from hamkori.web.words.calls import is_answered as answered

Answers = list[tuple[str, Any]]


def of(one: LateOne, at: datetime) -> dict[str, Any]:
    """What stands open of it, and what is folded: after a call only that its sender was told and that it was a slip
    just now stand open, and another call to that desk is folded.
    """
    undo = _undo(one, at)
    if not (one.spoken or undo or sender_next(one)):
        return {"open": answers(of_one=one.clock), "answers": []}
    told: Answers = [(each, ANSWERS[each]) for each in (*sender_next(one), *undo)]
    slip = [PUT_BACK] if one.code and to_put_back(one.calls, at) and not undo else []
    return {"open": told, "again": _("Another call"), "answers": answers(*slip, of_one=one.clock)}


def of_several(one: LateOne, at: datetime, url: str) -> dict[str, Any]:
    """The same where that nobody was reached is one press for all: it is said below them. As on Today what was heard
    stands under the line of which it is.
    """
    heard = [each for each in of(one, at)["open"] if each[0] != "not_reached"]
    return {"open": [], "beneath": {"url": url, "answers": heard, "read_at": at.isoformat(), "from": "late"}}


def unphoned(one: LateOne, at: datetime) -> dict[str, Any]:
    """Of what is urgent that nobody was reached can be said, without a number."""
    said = answers(*sender_next(one), *_undo(one, at), phone=False) if one.urgent else []
    return {"open": said, "answers": []}


def sender_next(one: LateOne) -> list[str]:
    """That the sender was called, which the message asks for once nobody was reached, or they said yes or no; once."""
    return [*coordination.TO_SENDER] if untold_of(one) else []


def is_answered(one: LateOne, at: datetime) -> bool:
    """Whether somebody there has answered about it in this call (`words.calls.is_answered`)."""
    return answered(one.calls, at, sender_next=bool(sender_next(one)))


def untold_of(one: LateOne) -> str:
    """What its sender is to be told: one of those of `untold`; '' for nothing."""
    return untold.untold(one.calls, one.slip) if one.sender is not None else ""


def _undo(one: LateOne, at: datetime) -> list[str]:
    return [PUT_BACK] if one.code and just_said(one.calls, at) else []
