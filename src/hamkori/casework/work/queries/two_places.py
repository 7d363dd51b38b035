"""Two places for one night: one that was found, and one that an organisation accepted since (ADR 0168).

An acceptance is a word of that organisation, and none of the person's: until they know of it, or are there, nobody has
given up the place that was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries.meeting import person_told_at
from hamkori.casework.referral.rules.tonight import comes_later
from hamkori.casework.work.queries.no_place import Place, tonight


@dataclass(frozen=True, kw_only=True)
class Ready:
    """Another place for that night: which organisation expects the person, and for when it accepted."""

    body: str
    on: date | None
    part: str
    agreed_at: datetime | None


def given(pair: ReferralOrigin) -> Place:
    """What counts here of a referral for a place."""
    one = pair.referral
    missed = one.missed_at is not None or one.heard_code == "did_not_come"
    came = one.heard_code == "came" and not missed
    known = known_at(
        person_told_at(pair),
        one.served_at if one.state_code == "serving" else None,
        one.heard_at if came else None,
    )
    return Place(one.state_code, (one.arrival_on, one.arrival_part_code), known, came, missed)


def known_at(*times: datetime | None) -> datetime | None:
    """Since when the person knows of a place or is there: the last of what was said so."""
    return max((one for one in times if one is not None), default=None)


def is_ready(one: Place, found_at: datetime) -> bool:
    """Whether somebody there expects the person in the night for which a place was found, and nobody has said since
    that the person knows of it or is there.
    """
    if one.state != "accepted" or one.came or one.missed:
        return False
    if comes_later(one.state, one.arrival, tonight(found_at), came=False):
        return False
    return one.known_at is None or one.known_at <= found_at


def ready(pairs: Iterable[ReferralOrigin], found_at: datetime, bodies: Mapping[UUID, str]) -> tuple[Ready, ...]:
    """Of the referrals for a place those that are ready beside the one that was found."""
    return tuple(
        Ready(
            body=bodies.get(pair.referral.to_organisation_id, ""),
            on=pair.referral.arrival_on,
            part=pair.referral.arrival_part_code,
            agreed_at=pair.referral.agreed_at,
        )
        for pair in pairs
        if is_ready(given(pair), found_at)
    )
