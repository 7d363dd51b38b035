"""Calls that the team of a case still owes: who is to hear that nobody comes, or to be told not to go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries.on_the_way import STATES, TakenBack, beside_origin, taken_back, told_earlier
from hamkori.casework.referral.queries.promised import Promise, promise_of
from hamkori.casework.work.queries.call_off import (
    beside_ended,
    ended_lately,
    is_expected,
    is_for_tonight,
    is_their_word,
    whose,
)
from hamkori.casework.work.queries.no_place import was_for_a_place


@dataclass(frozen=True, kw_only=True)
class Owed:
    """One of them, by its referral. `promise`: they said yes on the telephone, and it was ended; `taken`: they took
    back what was agreed, and the person may be on the way. `agreed`: the day of that, its part, and since when.
    `for_place`: a place for tonight was asked for; `their_word`: the person wanted it to end; `tonight`: of a promise,
    that it is no place of a later day.
    """

    id: UUID
    code: str
    organisation: Any
    organisation_id: UUID
    promise: Promise | None
    taken: TakenBack | None
    agreed: tuple[date | None, str, datetime | None]
    for_place: bool
    their_word: bool
    tonight: bool


def owed(case: UUID, at: datetime) -> tuple[Owed, ...]:
    """Of one case, in one query."""
    pairs = (
        ReferralOrigin.objects.filter(Q(referral__state_code__in=STATES) | ended_lately(at), case=case)
        .annotate(**beside_ended(), **beside_origin())
        .select_related("referral__to_organisation", "referral__sender", "case")
        .order_by("referral__ended_at")
    )
    found, told = [], told_earlier({pair.referral_id: taken_back(getattr(pair, "on_the_way", None)) for pair in pairs})
    for pair in pairs:
        one, promise = pair.referral, promise_of(getattr(pair, "promised", None))
        taken = told[pair.referral_id]
        if promise is not None and is_expected(pair):
            promise = None
        if promise is not None and is_their_word(pair):
            promise = whose(promise, one.service_code, pair.case.doctor_code)
        if promise is not None or taken is not None:
            found.append(
                Owed(
                    id=one.pk,
                    code=one.code,
                    organisation=one.to_organisation,
                    organisation_id=one.to_organisation_id,
                    promise=promise,
                    taken=taken,
                    agreed=(one.arrival_on, one.arrival_part_code, one.agreed_at),
                    for_place=was_for_a_place(pair),
                    their_word=is_their_word(pair),
                    tonight=promise is not None and is_for_tonight(pair, promise),
                )
            )
    return tuple(found)
