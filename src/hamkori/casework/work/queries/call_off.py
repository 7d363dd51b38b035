"""Whom the reader's team has to call off: they said yes on the telephone, and the referral was ended since."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Case, JSONField, Q, When
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.case.models import CaseAccess, CaseStep
from hamkori.casework.case.queries.place_told import PlaceTold, asked_now, named, places_told
from hamkori.casework.case.rules.lifecycle import PLACE_STEPS
from hamkori.casework.consent.queries.agreed import agreed
from hamkori.casework.consent.rules.consent import BY_OTHERS, SAID_NO
from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries.promised import Promise, Promised, promise_of
from hamkori.casework.referral.rules.card import no_is_for
from hamkori.casework.work.queries.beside import is_no
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.no_place import FOUND, SHELTER, was_for_a_place, without_place
from hamkori.casework.work.queries.still_there import REACHED, sleeps_at
from hamkori.people.queries import BodyCard
from hamkori.refusal import ENDED

SAID_YES: Final = "said_yes"
SUPERVISOR: Final = "supervisor"
DOCTORS: Final = "HEALTH-"
WITHDRAWN: Final = "withdrawn"
"""How a referral ends by the person's own word."""
LATELY: Final = timedelta(days=7)
"""The longest that somebody is told to call: `referral_promised` says the same."""


@dataclass(frozen=True, kw_only=True)
class CallOff:
    """One of them. `needed`: what they said yes to is what nobody gives now, and theirs may still be free; of what was
    accepted for a later day it is not.
    """

    id: UUID
    code: str
    case: str
    body: str
    service: str
    promise: Promise
    needed: bool
    comes: bool
    """The person comes after all: they are asked again."""
    ours: bool
    """The reader works on the case, and may say that the person goes there after all."""


@dataclass(frozen=True, kw_only=True)
class PlaceOff:
    """The same of an organisation that has a place ready for tonight, which no referral asked for (ADR 0130).
    `needed`: nobody else has one now; theirs may still be free.
    """

    id: UUID
    case: str
    told: PlaceTold
    needed: bool


def is_needed(pair: ReferralOrigin, at: datetime, *, again: bool = False) -> bool:
    """Of one that was ended, as the rows of Today say it: it was for a place for tonight, nobody gives the person one,
    and they have said no neither to it nor to this organisation; or said yes `again` since.
    """
    if not was_for_a_place(pair) or (is_their_word(pair) and not again):
        return False
    lacks = ReferralOrigin.objects.filter(without_place(at), referral=pair.referral_id).exists()
    return lacks and agreed(pair.case, at).states.get(SHELTER) not in SAID_NO


def is_for_tonight(pair: ReferralOrigin, promise: Promise) -> bool:
    """Of one that was ended: whether it was for a place for tonight, and not accepted for a later day."""
    on = pair.referral.arrival_on if promise.accepted else None
    return was_for_a_place(pair) and (on is None or on <= timezone.localdate(now()))


def is_their_word(pair: ReferralOrigin) -> bool:
    """Of one that was ended: whether the person wanted that. Whoever is shut out so is only told."""
    return pair.referral.sender.ending_code == WITHDRAWN


def whose(promise: Promise, service: str, doctor: str) -> Promise:
    """Of one that the person's no has ended: kept, where a child needs the doctor and that no may not be the child's
    (ADR 208). `doctor`: who needs one, as the case says it.
    """
    needs = service.startswith(DOCTORS) and not no_is_for(doctor)
    return replace(promise, of_child=needs and not (promise.unheard or promise.again or promise.wanted))


def is_expected(pair: ReferralOrigin) -> bool:
    """Of one that was ended: whether a place was found since at the same organisation, so that the person is expected
    there, or is there as was said last. `to_call_off` asks the same for Today.
    """
    body = pair.referral.to_organisation_id
    if any(one.organisation == body and _is_expected(one) for one in asked_now(pair.case_id)):
        return True
    said = CaseStep.objects.filter(case=pair.case_id, step_code__in=PLACE_STEPS).order_by("-at")
    last, found = said.first(), said.filter(step_code=FOUND).first()
    return last is not None and last.step_code == REACHED and found is not None and found.organisation_id == body


def _is_expected(told: PlaceTold) -> bool:
    return told.last and not told.off and told.told_at is None


def places_off(
    cases: Iterable[CaseAccess], bodies: Mapping[UUID, BodyCard], language: str, rows: Iterable[Due]
) -> tuple[PlaceOff, ...]:
    """Of the cases that were read with who said yes to a place."""
    without = {row.case for row in rows if row.no_place and not row.refused}
    names, slugs = {pk: one.name(language) for pk, one in bodies.items()}, {pk: one.slug for pk, one in bodies.items()}
    return tuple(
        PlaceOff(
            id=row.case_id,
            case=row.case.code,
            told=told,
            needed=row.case.code in without and not said_no and told.may_be_asked,
        )
        for row in cases
        for said_no in [is_no(row.said_last)]  # type: ignore[attr-defined]
        for told in named(places_told(row.told), names, slugs)  # type: ignore[attr-defined]
        if told.off
    )


def ended_lately(at: datetime) -> Q:
    """Of a referral's origin: it was ended before anybody accepted; or somebody else's no has ended it."""
    brought = Q(referral__sender__ending_code=WITHDRAWN, referral__sender__how_said_code__in=BY_OTHERS)
    either = Q(referral__agreed_at=None) | brought
    return Q(referral__state_code=ENDED, referral__ended_at__gt=at - LATELY) & either


def beside_ended() -> dict[str, Case]:
    """Read beside those: the yes that is to be called off."""
    told = When(referral__state_code=ENDED, then=Promised("referral_id"))
    return {"promised": Case(told, default=None, output_field=JSONField())}


def to_call_off(
    read: Iterable[ReferralOrigin], bodies: Mapping[UUID, str], rows: Iterable[Due], cases: Iterable[CaseAccess]
) -> tuple[CallOff, ...]:
    """Who may still wait for somebody, of what was read with both. `rows`: those of who has no place are among them.
    `cases`: where a place was found since at the same organisation, the person is expected there (ADR 0130), or
    somebody said since that they are there (ADR 0162).
    """
    without = {row.case for row in rows if row.no_place and not row.refused}
    expected = {
        (row.case_id, told.organisation)
        for row in cases
        for told in places_told(row.told)  # type: ignore[attr-defined]
        if _is_expected(told)
    } | {(row.case_id, sleeps_at(row.still)) for row in cases}  # type: ignore[attr-defined]
    found = []
    for pair in read:
        one, promise = pair.referral, promise_of(getattr(pair, "promised", None))
        if promise is not None and (pair.case_id, one.to_organisation_id) not in expected:
            promise = whose(promise, one.service_code, pair.case.doctor_code) if is_their_word(pair) else promise
            body = bodies.get(one.to_organisation_id, "")
            tonight = is_for_tonight(pair, promise)
            needed = tonight and promise.answer == SAID_YES and _is_needed(pair, without, again=promise.again)
            found.append(
                CallOff(
                    id=one.pk,
                    code=one.code,
                    case=pair.case.code,
                    body=body,
                    service=one.service_code,
                    promise=promise,
                    needed=needed,
                    comes=promise.comes(needed=needed, tonight=tonight),
                    ours=getattr(pair, "my_kind", "") != SUPERVISOR,
                )
            )
    return tuple(found)


def _is_needed(pair: ReferralOrigin, without: Container[str], *, again: bool) -> bool:
    return was_for_a_place(pair) and pair.case.code in without and (again or not is_their_word(pair))
