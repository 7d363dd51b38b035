"""What was recorded of where a person is since a page was read, on the case, on its referrals, and by telephone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from hamkori.casework.case.models import CaseStep
from hamkori.casework.case.queries.arrival_calls import AT_ARRIVAL
from hamkori.casework.case.queries.coordination import NATIONAL
from hamkori.casework.referral.models import ReferralOrigin, ReferralStep
from hamkori.casework.referral.queries.calls import calls_now
from hamkori.casework.referral.queries.referrals import by_whom
from hamkori.casework.work.rules.whereabouts import (
    BACK,
    DESK,
    LOSES,
    NOT_BACK,
    OF_CASE,
    OF_REFERRAL,
    asks_once_more,
)
from hamkori.directory.rules.suit import kinds

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One word about the person. Of a referral: of which kind of help, and which organisation was asked; `by` None:
    that organisation said it, or the program.
    """

    step: str
    reason: str
    at: datetime
    by: UUID | None
    service: str = ""
    to: UUID | None = None


def undone_by(case: UUID, pressed: tuple[str, str], read: datetime, *, beside: UUID | None = None) -> list[Recorded]:
    """The newest word since `read` that this press would undo, and before it the newest of an organisation where
    somebody of the sender's side spoke after it; empty: there is none. `beside`: a referral of which nothing is asked,
    since its version says it.
    """
    since = [*_of_case(case, read), *_of_referrals(case, read, beside), *_of_desks(case, read)]
    found = sorted((one for one in since if asks_once_more(pressed, (one.step, one.reason))), key=lambda one: one.at)
    theirs = [one for one in found[:-1] if one.by is None and one.to is not None]
    return [*(theirs[-1:] if found and found[-1].by is not None else ()), *found[-1:]]


def _of_case(case: UUID, read: datetime) -> list[Recorded]:
    steps = {step for step, _reason in OF_CASE}
    rows = CaseStep.objects.filter(case=case, at__gt=read, step_code__in=steps)
    return [Recorded(step=one.step_code, reason=one.reason_code, at=one.at, by=one.membership_id) for one in rows]


def _of_referrals(case: UUID, read: datetime, beside: UUID | None) -> list[Recorded]:
    steps = {step for step, _reason in OF_REFERRAL}
    ours = ReferralOrigin.objects.filter(case=case).values_list("referral_id", flat=True)
    lost = Q(step_code__in=LOSES, referral__service_code__in=kinds(["safe_place"]))
    rows = ReferralStep.objects.filter(Q(step_code__in=steps) | lost, referral__in=ours, at__gt=read)
    found = list(rows.exclude(referral=beside).select_related("referral", "by"))
    return [
        Recorded(
            step=one.step_code,
            reason=one.reason_code,
            at=one.at,
            by=by_whom(one),
            service=one.referral.service_code,
            to=one.referral.to_organisation_id,
        )
        for one in found
        if not _taken_back(one, found)
    ]


def _taken_back(word: ReferralStep, said: list[ReferralStep]) -> bool:
    """Whether those there said after this word, that the person is back or is not, what takes it back."""
    of_back = (BACK, NOT_BACK)
    return (word.step_code, word.reason_code) in of_back and any(
        (one.step_code, one.reason_code) in of_back and one.referral_id == word.referral_id and one.at > word.at
        for one in said
    )


def _of_desks(case: UUID, read: datetime) -> list[Recorded]:
    """What the desks that expect the person told a coordinator last, each since then."""
    expecting = ReferralOrigin.objects.filter(case=case, referral__state_code="accepted")
    found = []
    for referral in expecting.values_list("referral_id", flat=True):
        last = next((one for one in calls_now(referral) if one.side == NATIONAL and one.answer in AT_ARRIVAL), None)
        if last is not None and last.at > read:
            found.append(Recorded(step=DESK, reason=last.answer, at=last.at, by=None))
    return found
