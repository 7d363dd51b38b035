"""The colours of Today: one rule (docs/design/pages.md, ADR 194).

Red: a person may be in danger, or nobody looks after them tonight. Amber: late, or an answer was no, and we have to
act. Green: done. Without a colour: it tells. The kit calls these "late", "wait" and "done".
"""

from __future__ import annotations

from typing import Final

from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.order import is_child_now, is_overdue, is_unasked_emergency
from hamkori.casework.work.queries.resting import rests
from hamkori.casework.work.rules.worklist import DOUBT, ILL, UNHEARD
from hamkori.web.today import here, verbs

RED, AMBER = "late", "wait"
WAIT: Final = ("question", UNHEARD, *ILL, DOUBT, *here.WAIT, *verbs.PARTS)
"""Rows that need an act, and are no alarm."""


def of(one: Due) -> str:
    """The colour of a row; '' where it only tells."""
    if one.in_peace or rests(one):
        return ""
    if is_red(one):
        return RED
    owed = one.late and not (one.spoken or one.is_known_safe)
    acts = one.stopped or one.aged or one.said_age or one.what in WAIT
    return AMBER if owed or acts else ""


def of_hour(one: Due, plain: str) -> str:
    """That of its hour. `plain`: how it looks by itself (`times.tone`)."""
    if one.is_known_safe or rests(one):
        return ""
    return plain if plain not in ("late", "soon") else "late" if is_red(one) else "soon"


def is_red(one: Due) -> bool:
    """Whether a person may be in danger, or nobody looks after them tonight."""
    lacks = one.danger or one.missing or one.no_place or is_unasked_emergency(one) or is_child_now(one)
    missed = one.what == "stopped.missed" and one.safe is None
    calls = (one.unread or one.for_a_call) and not (one.spoken or one.is_known_safe)
    waits = is_overdue(one) and not (one.spoken or one.is_known_safe)
    return bool(lacks or one.doubt or one.has_left or missed or one.not_here or calls or waits)
