"""Two places for one night: one that was found, and one that an organisation accepted (ADR 0168).

An acceptance is a word of that organisation, and none of the person's: until they know of it, or are there, nobody has
given up the place that was found. Nor has anybody told that organisation that they are there (ADR 0169).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hamkori.casework.case.queries.place_told import PlaceTold, places_told
from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries.calls import of_sender, says_yes
from hamkori.casework.referral.queries.meeting import person_told_at
from hamkori.casework.referral.rules.card import URGENT
from hamkori.casework.referral.rules.tonight import comes_later
from hamkori.casework.work.queries.no_place import FOUND, Place, Said, tonight
from hamkori.casework.work.queries.still_there import REACHED, sleeps_at

if TYPE_CHECKING:
    from hamkori.casework.case.models import CaseAccess
    from hamkori.casework.case.queries.coordination import Call


@dataclass(frozen=True, kw_only=True)
class Ready:
    """Another place for that night: which organisation expects the person, and for when it accepted. `said_at`: it said
    yes by telephone alone.
    """

    body: str
    on: date | None
    part: str
    agreed_at: datetime | None
    said_at: datetime | None = None


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


def said_last(row: CaseAccess) -> Said | None:
    """Of a row of a case: that a place was found for the person or is still needed, or once that they are there; None:
    none of it was said last.
    """
    still: Mapping[str, Any] | None = row.still  # type: ignore[attr-defined]
    if still and (still["step"], still["before"]) == (REACHED, FOUND) and still["whose"]:
        found_at, said_at = (datetime.fromisoformat(still[name]) for name in ("found", "at"))
        return Said(still["whose"], found_at, said_at, is_there=True, body=sleeps_at(still))
    whose, found_at = row.found_whose, row.found_at  # type: ignore[attr-defined]
    told = next((one for one in places_told(row.told) if one.last), None)  # type: ignore[attr-defined]
    body = told.organisation if told is not None else row.found_body  # type: ignore[attr-defined]
    return Said(whose, found_at, needed_at(found_at, told), body=body) if whose and found_at else None


def needed_at(found_at: datetime, told: PlaceTold | None) -> datetime:
    """When it was said last of a place that was found that it is needed. `told`: of one that was promised so, what the
    database says of it.
    """
    return max(found_at, told.since) if told is not None else found_at


def is_ready(one: Place, said: Said) -> bool:
    """Whether somebody there expects the person in the night for which a place was found, and nobody has said since
    that the person knows of it or is there.
    """
    if one.state != "accepted" or one.came or one.missed:
        return False
    if comes_later(one.state, one.arrival, tonight(said.found_at), came=False):
        return False
    return one.known_at is None or one.known_at <= said.said_at


def ready(pairs: Iterable[ReferralOrigin], said: Said, bodies: Mapping[UUID, str]) -> tuple[Ready, ...]:
    """Of the referrals for a place those that are ready beside the one that was found."""
    return tuple(
        Ready(
            body=bodies.get(pair.referral.to_organisation_id, ""),
            on=pair.referral.arrival_on,
            part=pair.referral.arrival_part_code,
            agreed_at=pair.referral.agreed_at,
            said_at=said_at,
        )
        for pair in pairs
        for said_at in [_promised_at(pair, said)]
        if is_ready(given(pair), said) or said_at is not None
    )


def _promised_at(pair: ReferralOrigin, said: Said) -> datetime | None:
    one = pair.referral
    other = one.to_organisation_id != said.body
    return promised_at(one.state_code, one.urgency_code, of_sender(pair), said) if other else None


def promised_at(state: str, urgency: str, calls: Iterable[Call], said: Said) -> datetime | None:
    """When another organisation said yes by telephone to a place for tonight, and has not answered in Hamkori; None: it
    did not, or the person is at the place that was found.
    """
    if said.is_there or state != "sent" or urgency != URGENT or not says_yes(calls := tuple(calls)):
        return None
    return next(one.at for one in calls if one.answer == "said_yes")
