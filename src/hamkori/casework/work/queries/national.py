"""Rows of the coordinator's Today: what is late anywhere, and what is urgent and nobody reads in time. No summary."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from hamkori.access.actor import Actor
from hamkori.casework.case.queries.coordination import (
    CLOSED_THERE,
    calls_about,
    owed,
    protects,
    quiet_until,
    word_of_sender,
)
from hamkori.casework.referral.queries.calls import second
from hamkori.casework.referral.rules.card import URGENT
from hamkori.casework.work.queries.due import Due
from hamkori.people.queries import BodyCard, desk_phones

SHOWN: Final = 100
"""Rows on the page; the page of late answers has them all."""


def national(actor: Actor, bodies: Mapping[UUID, str], cards: Mapping[UUID, BodyCard], at: datetime) -> list[Due]:
    """The urgent first. Two queries; where there is something three more: calls, telephones, hours."""
    if "national_coordinator" not in actor.roles:
        return []
    rows = sorted(owed(actor, at), key=lambda one: one.urgency_code != URGENT)[:SHOWN]
    called = calls_about(cards) if rows else {}
    phones = desk_phones({one.to for one in rows} | {one.sender for one in rows if one.sender}) if rows else {}
    found = []
    for one in rows:
        calls, late = called.get(one.code, ()), one.clock != CLOSED_THERE
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
                call=calls[0] if calls else None,
                before_call=second(calls, calls[0]) if calls else None,
                word=word_of_sender(calls[1:]),
                quiet_until=quiet_until(one, calls, at),
                first="danger" if protects(one.service_code) else "",
                slug=cards[one.to].slug if one.to in cards else "",
                step=one.urgency_code,
                reason=one.clock if late else "",
                opens=one.opens,
                sender=bodies.get(one.sender, "") if one.sender is not None else "",
                sender_phone=phones.get(one.sender, "") if one.sender is not None else "",
            )
        )
    return found
