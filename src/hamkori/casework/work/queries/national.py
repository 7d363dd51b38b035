"""Rows of the coordinator's Today: what is late anywhere, and what is urgent and nobody reads in time. No summary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from hamkori.access.actor import Actor
from hamkori.casework.case.queries.coordination import (
    CLOSED_THERE,
    Call,
    calls_about,
    national_owed,
    quiet_until,
    word_of_sender,
)
from hamkori.casework.case.queries.instead import numbers
from hamkori.casework.case.queries.no_after_yes import NoAfterYes
from hamkori.casework.case.queries.slips import slip_of, stands
from hamkori.casework.case.queries.untold import untold
from hamkori.casework.case.rules.comes_first import why_first
from hamkori.casework.referral.queries.calls import second
from hamkori.casework.referral.rules.card import URGENT
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.rules.worklist import CHILD_TOLD, NATIONAL, NO_AFTER_YES
from hamkori.people.queries import BodyCard, desk_phones

SHOWN: Final = 100
"""Rows on the page; the page of late answers has them all."""


def national(actor: Actor, bodies: Mapping[UUID, str], cards: Mapping[UUID, BodyCard], at: datetime) -> list[Due]:
    """A child first, then the urgent. One query; where there is something three more: calls, telephones, hours; and one
    where a desk that is called has none: the number of its office.
    """
    if "national_coordinator" not in actor.roles:
        return []
    owed, called_about, noes = national_owed(actor, at)
    children = [one for one in called_about if not one.put_away]
    rows = sorted(owed, key=lambda one: one.urgency_code != URGENT)[:SHOWN]
    called = calls_about(cards) if rows else {}
    asked = {one.to for one in rows} | {one.sender for one in rows if one.sender} | {one.by for one in children}
    asked |= {one.sender for one in noes}
    phones = desk_phones(asked) if asked else {}
    mute = {one.to for one in rows} - set(phones)
    offices = {one.body.id: one.own for one in numbers(actor, (), mute, cards, at) if one.own}
    found = [
        Due(
            what=CHILD_TOLD,
            late=False,
            at=one.at,
            body=bodies.get(one.by, ""),
            to=one.by,
            phone=phones.get(one.by, ""),
            call_id=one.id,
            call=Call(side=one.side, answer=one.answer, at=one.answered_at) if one.answered_at else None,
        )
        for one in children
    ]
    found += _noes(noes, bodies, phones)
    for one in rows:
        about, late = called.get(one.called_by, ()), one.clock != CLOSED_THERE
        calls = stands(about)
        found.append(
            Due(
                what="national.late" if late else "national.unread",
                late=late,
                at=one.due,
                referral=one.code,
                service=one.service_code,
                body=bodies.get(one.to, ""),
                to=one.to,
                phone=phones.get(one.to, ""),
                office=offices.get(one.to, ""),
                call=calls[0] if calls else None,
                before_call=second(calls, calls[0]) if calls else None,
                word=word_of_sender(calls[1:]),
                quiet_until=quiet_until(one, calls, at),
                sender_untold=untold(calls, slip_of(about)) if one.sender is not None else "",
                first=why_first(one.service_code),
                slug=cards[one.to].slug if one.to in cards else "",
                step=one.urgency_code,
                reason=one.clock if late else "",
                opens=one.opens,
                sender=bodies.get(one.sender, "") if one.sender is not None else "",
                sender_phone=phones.get(one.sender, "") if one.sender is not None else "",
                sender_slug=cards[one.sender].slug if one.sender is not None and one.sender in cards else "",
            )
        )
    return _in_turn(found)


def _in_turn(found: list[Due]) -> list[Due]:
    """With the turn of each organisation that is called about several, until of all of them something was said."""
    of: dict[tuple[UUID | None, bool], list[Due]] = {}
    for one in found:
        if one.what in NATIONAL and one.referral and not one.is_said_to_have_come:
            of.setdefault((one.to, one.for_a_call), []).append(one)
    turns: dict[str, tuple[str, datetime]] = {}
    for rows in of.values():
        first = min(rows, key=lambda one: (not one.first, one.at))
        if len(rows) > 1 and first.at is not None and not all(one.spoken for one in rows):
            turns |= dict.fromkeys((one.referral for one in rows), (first.first, first.at))
    return [replace(one, turn=turns.get(one.referral)) if one.what in NATIONAL else one for one in found]


def _noes(noes: Iterable[NoAfterYes], bodies: Mapping[UUID, str], phones: Mapping[UUID, str]) -> list[Due]:
    """Each yes by telephone that became a no."""
    return [
        Due(
            what=NO_AFTER_YES,
            late=False,
            at=one.at,
            referral=one.code,
            service=one.service_code,
            body=bodies.get(one.to, ""),
            to=one.to,
            reason=one.state,
            sender=bodies.get(one.sender, ""),
            sender_phone=phones.get(one.sender, ""),
        )
        for one in noes
    ]
