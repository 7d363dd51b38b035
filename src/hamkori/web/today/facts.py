"""What stands beside a row of Today in one line: whom to call, who it is sent to, how high the risk is."""

from __future__ import annotations

from datetime import datetime

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from hamkori.casework.case.rules.lifecycle import THEY_SAID_NO
from hamkori.casework.referral.rules.card import AT_RISK
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.resting import calls_self
from hamkori.casework.work.queries.supervised import to_ask
from hamkori.casework.work.rules.worklist import COME, DOUBT, NATIONAL, PHONED
from hamkori.web.kit import moments
from hamkori.web.today import arrivals, buttons, calls, verbs
from hamkori.web.words import arrival, calling, coordinator, desk_phone, excluded, lists, received, red


def kind_and_body(one: Due, now: datetime) -> list[str]:
    """What the row does not begin with: the kind of help, and the other organisation, with its number where the reader
    may call it and no line above has both.
    """
    if verbs.is_named(one, now):
        return []
    said = arrivals.kind_and_body(one)
    if _is_above(one, now):
        return [part for part in said if part != one.body]
    if not (to_ask(one) or (one.to_tell and one.no_hour) or (one.what in PHONED and not one.calls_now)):
        return said
    named = desk_phone.or_none(one.body, one.phone) if one.body else desk_phone.in_row(one.phone)
    return [*(part for part in said if part != one.body), named]


def kind_of_named(one: Due, now: datetime) -> str:
    """The kind of help, where the row begins with the organisation: a bed needs it not."""
    return lists.label("service", one.service) if verbs.is_named(one, now) and not one.awaits_place else ""


def number(one: Due, now: datetime) -> str:
    """Whom to call now, on a line of its own: never a number without a name, where the row does not begin with it."""
    tried = calls.was_tried(one) and bool(one.phone)  # then that desk itself is called
    if (one.alone and not tried) or (one.unread and not one.phone and one.what not in NATIONAL):
        return coordinator.in_row()
    if one.what not in NATIONAL and one.unread and calls.is_for_coordinator(one):
        # After a call there that reached nobody: they may ring back. The coordinator herself is never sent there.
        return red.first_then(coordinator.in_row(), desk_phone.of_body(one.body, one.phone))
    if one.looked is not None and one.looked.unwanted:
        return excluded.in_row(one.phone)
    if not _is_above(one, now):
        return capfirst(desk_phone.or_office(one.phone, one.office))
    if _said_no_tonight(one):
        return ""  # another one is asked; that no stands among the facts, with whom it may concern
    whom = desk_phone.of_body(one.body or one.left, one.phone)
    asks = one.place_from is not None and not (one.unagreed or one.supervised)
    return red.call_or_ask(whom, one.shut, now) if asks else whom


def _said_no_tonight(one: Due) -> bool:
    """Whether whoever accepted from a later day on said no on the telephone of this night (place_gone.py)."""
    return one.heard == THEY_SAID_NO and one.place_from is not None and one.none_at in (one.body, one.left)


def own_call(one: Due) -> str:
    """Whom a supervisor calls who has told the team of what cannot wait, where no number stands in the row."""
    return coordinator.in_row() if calls_self(one) else ""


def _is_above(one: Due, now: datetime) -> bool:
    """Whether the line of the number has the name of the organisation."""
    by_name = bool(one.phone and (one.body or one.left)) and one.what not in (*NATIONAL, DOUBT)
    return by_name and not verbs.is_named(one, now) and buttons.is_called(one) and not one.alone


def risk(one: Due, under: Due | None) -> str:
    """The risk where it says why the row stands first: of an own case a high one; a raised one is on its page."""
    stands = AT_RISK if one.what in COME else ("high",)
    said = (one.before and one.first == "high") or (under is not None and under.risk == one.risk)
    return received.risk_of(one.risk) if one.risk in stands and not said else ""


def of_both(one: Due, now: datetime) -> list[str]:
    """What each side waits for of the other: an answer of the sender, or a call about the hour; and what it is for."""
    said = [received.line_changed(one.line_changed_at, now)] if one.line_changed_at else []
    if one.asked_at is not None:
        said.append(_("asked the sender %(when)s, no answer yet") % {"when": moments.moment(one.asked_at, now)})
    if one.no_hour and one.what == "got.arrival" and not one.late and one.came_at is None:
        said.append(calling.no_hour_in_row(one.sender_phone))
    if one.what.startswith("got.") and arrival.goes(one.service):
        said.append(_("only to protect; for a criminal case ask the person first"))
    return said
