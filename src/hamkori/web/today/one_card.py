"""One card for one person above the lists of Today: who may be on the way, who is called off or kept (ADR 216)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from hamkori.casework.work.queries.due import Due
from hamkori.web.today import calls
from hamkori.web.today.few import few
from hamkori.web.today.rows import Codes, line, row

Drawn = dict[str, Any]


def of_each(warn: Sequence[Drawn], off: Sequence[Drawn]) -> tuple[list[Drawn], list[Drawn]]:
    """Both boxes, where each further row of a case is a line of its first, with its sentence and its buttons. The first
    is the gravest: the person may be on the way. Only the rows that head a card are left in their box.
    """
    first: dict[str, Drawn] = {}
    heads: list[Drawn] = []
    for one in (*warn, *off):
        lead = first.setdefault(one["case"], one)
        if lead is one:
            heads.append(one)
        else:
            lead["also"] = _before_lists(lead, one)
    for one in heads:
        _told_once(one)
    return [one for one in heads if any(one is each for each in warn)], [
        one for one in heads if any(one is each for each in off)
    ]


def _told_once(lead: Drawn) -> None:
    """Of a card only the first row or line tells the team: one press says it of all of them."""
    told: set[str] = set()
    for one in (lead, *lead.get("also", ())):
        at = (one.get("acts") or {}).get("url", "")
        if at in told:
            pressed = one.get("calls")
            one |= {"acts": {}, "button": "", "opens": "", "calls": {**pressed, "beside": False} if pressed else {}}
        told.update([at] if at else ())


def _before_lists(lead: Drawn, one: Drawn) -> list[Drawn]:
    """The lines of a card with one more: a call of a box stands above what is a row of a list elsewhere."""
    lines = [*lead.get("also", ())]
    boxed = sum(bool(line.get("boxed")) for line in lines)
    return [*lines[:boxed], {**one, "also": [], "boxed": True}, *lines[boxed:], *one.get("also", ())]


def beneath(one: Due, now: datetime, *, cases: Codes, referrals: Codes) -> list[dict[str, Any]]:
    """A row and its lines as lines of a graver one of the same person, which says who it is; with the number to call,
    and the answers to that call.
    """
    first = replace(one, no_place=False, awaits_place=False)
    called, whole = calls.of_sender(one, referrals, now), row(one, now, cases=cases, under=first)
    drawn = line(one, first, now, cases, referrals) | {"number": whole["number"]}
    if called:
        drawn |= {"calls": called, "button": whole["button"]}
    return [few(drawn), *(few(line(each, one, now, cases, referrals)) for each in one.lines)]
