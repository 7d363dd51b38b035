"""Who is asked in a case for a place for tonight, or was, and who of them said no: to whoever writes the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.case.queries.place_told import LATELY
from hamkori.casework.case.rules.lifecycle import PLACE_STEPS, THEY_SAID_NO
from hamkori.casework.referral.models import Referral, ReferralOrigin
from hamkori.casework.referral.queries.calls import calls_while, last_no, of_sender, says_yes
from hamkori.casework.work.queries.no_place import FOUND, PLACE
from hamkori.directory.rules.suit import kinds
from hamkori.refusal import ENDED

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class PlaceAsked:
    """One referral for a place. `no`: when they said no to it; `yes`: their last word by telephone is a yes."""

    referral: Referral
    no: datetime | None
    yes: bool


def asked(case: Case) -> list[PlaceAsked]:
    """What was sent for a place, the newest last. One query."""
    rows = ReferralOrigin.objects.filter(case=case, referral__service_code__in=kinds([PLACE]))
    rows = rows.exclude(referral__sent_at=None).select_related("referral__to_organisation")
    read = rows.annotate(calls=calls_while("referral__state_code", "referral_id", also=ENDED))
    return [_asked(row.referral, row) for row in read.order_by("referral__sent_at")]


def _asked(one: Referral, row: ReferralOrigin) -> PlaceAsked:
    if one.state_code in ("declined", "unaccepted"):
        return PlaceAsked(one, one.ended_at, yes=False)
    calls = of_sender(row)
    no = last_no(calls, one.agreed_at)
    return PlaceAsked(one, no.at if no is not None else None, yes=says_yes(calls))


def noes(case: Case, at: datetime) -> Mapping[UUID, datetime]:
    """Organisation -> when it said no within a day, to a referral or of a place that was found there, and no yes came
    after it.
    """
    found: dict[UUID, datetime] = {}
    for one in asked(case):
        found.pop(one.referral.to_organisation_id, None)
        if one.no is not None:
            found[one.referral.to_organisation_id] = one.no
    last: UUID | None = None
    for step in CaseStep.objects.filter(case=case, step_code__in=PLACE_STEPS).order_by("at"):
        if step.step_code == FOUND:
            last = step.organisation_id
            if last is not None and last in found and found[last] < step.at:
                del found[last]
        elif step.reason_code == THEY_SAID_NO and last is not None:
            found[last] = step.at
    return {body: no for body, no in found.items() if no > at - LATELY}


def still_asked(case: Case, besides: UUID | None, *, said_no: bool) -> list[Referral]:
    """Which wait for an answer though a place was found, with this organisation (None: it is not listed); not those
    who said yes by telephone: of them it is asked where the person goes. `said_no`: those alone who said no.
    """
    waits = (one for one in asked(case) if one.referral.state_code == "sent" and not one.yes)
    named = (one for one in waits if one.no is not None or not said_no)
    return [one.referral for one in named if besides is None or one.referral.to_organisation_id != besides]


def waiting_at(case: Case, body: UUID) -> Referral | None:
    """What waits for an answer of this organisation, and asks it for a place: the newest. One query."""
    waits = (one.referral for one in reversed(asked(case)) if one.referral.state_code == "sent")
    return next((one for one in waits if one.to_organisation_id == body), None)


def expecting_at(case: Case, body: UUID) -> Referral | None:
    """What this organisation has accepted, for a place, and where nobody said that the person did not come: the newest.
    One query.
    """
    accepted = (one.referral for one in reversed(asked(case)) if one.referral.state_code == "accepted")
    return next((one for one in accepted if one.to_organisation_id == body and one.missed_at is None), None)
