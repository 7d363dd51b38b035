"""Rows of Today about a person who may be on the way to somebody who waits no more: whom each side tells (ADR 131)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from hamkori.casework.referral.models import Referral, ReferralAccess, ReferralOrigin
from hamkori.casework.referral.queries.on_the_way import TakenBack, taken_back, told_earlier


@dataclass(frozen=True, kw_only=True)
class Warn:
    """Of one's own case: `body` had agreed that the person comes on this day and part of it, and took it back."""

    id: UUID
    code: str
    case: str
    body: str
    service: str
    on: date | None
    part: str
    agreed_at: datetime | None
    said: TakenBack
    reaches: bool = False
    """Whether whoever reads it can open how the person is reached."""
    supervised: bool = False
    """Whoever reads it supervises the case: the team asks the person."""


@dataclass(frozen=True, kw_only=True)
class CallSender:
    """Of what the own organisation took back: `body` sent it, and may have told the person to come."""

    id: UUID
    code: str
    body: str
    service: str
    said: TakenBack


def to_warn(read: Iterable[ReferralOrigin], bodies: Mapping[UUID, str]) -> tuple[Warn, ...]:
    """Of the referrals of one's cases, with what was read beside them."""
    pairs = [*read]
    taken = told_earlier({pair.referral_id: taken_back(getattr(pair, "on_the_way", None)) for pair in pairs})
    return tuple(
        Warn(
            id=one.pk,
            code=one.code,
            case=pair.case.code,
            body=bodies.get(one.to_organisation_id, ""),
            service=one.service_code,
            on=one.arrival_on,
            part=one.arrival_part_code,
            agreed_at=one.agreed_at,
            said=said,
            reaches="contact" in (getattr(pair, "my_parts", None) or ()) and not above,
            supervised=above,
        )
        for pair in pairs
        if (said := taken.get(pair.referral_id)) is not None
        for one, above in ((pair.referral, getattr(pair, "my_kind", "") == "supervisor"),)
    )


def to_call(
    at_desk: Iterable[Referral], received: Iterable[ReferralAccess], bodies: Mapping[UUID, str]
) -> tuple[CallSender, ...]:
    """Of what the own desk answered, and of what one was named for; each once."""
    read = [(one, one) for one in at_desk] + [(row, row.referral) for row in received]
    return tuple(
        {
            one.pk: CallSender(
                id=one.pk,
                code=one.code,
                body=bodies.get(one.from_organisation_id, ""),
                service=one.service_code,
                said=said,
            )
            for row, one in read
            if (said := taken_back(getattr(row, "calls_sender", None))) is not None
        }.values()
    )
