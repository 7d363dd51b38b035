"""Rows of Today that a receiver asks for: questions of a desk, and parts that were not sent or lie there empty."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from hamkori.casework.case.rules import clocks as rules
from hamkori.casework.referral.models import ReferralOrigin, ReferralQuestion
from hamkori.casework.referral.queries.parts_asked import parts_asked as asked_of
from hamkori.casework.work.queries.due import Due, first_of
from hamkori.casework.work.queries.no_place import was_for_a_place
from hamkori.casework.work.rules.worklist import UNSENT
from hamkori.people.queries import BodyCard


def asked_back(
    sent: Iterable[ReferralOrigin],
    bodies: Mapping[UUID, str],
    cards: Mapping[UUID, BodyCard],
    at: datetime,
    lacking: Container[UUID],
) -> list[Due]:
    """Questions of a desk that wait for the sender; the answer clock runs on, from when the desk could see it.

    `lacking`: cases in which nobody has a place for the person for tonight, asked or not. A supervisor reads of these
    alone.
    """
    waiting = {
        pair.referral_id: pair
        for pair in sent
        if pair.referral.state_code == "sent" and (not _supervises(pair) or _holds_up(pair, lacking))
    }
    if not waiting:
        return []
    found = []
    for question in ReferralQuestion.objects.filter(referral__in=list(waiting), answer_code=""):
        pair = waiting[question.referral_id]
        one = pair.referral
        late = rules.late(one.answer_due_at, at)
        found.append(
            Due(
                what="question",
                late=False,
                at=None if late else one.answer_due_at,
                on=timezone.localdate(at) if late else None,
                started_at=one.visible_at,
                case=pair.case.code,
                referral=one.code,
                service=one.service_code,
                body=bodies.get(one.to_organisation_id, ""),
                step=question.question_code,
                their_region=cards[one.to_organisation_id].region if one.to_organisation_id in cards else "",
                sex=pair.case.sex_code,
                age_band=pair.case.age_band_code,
                children=pair.case.children_code,
                urgency=one.urgency_code,
                risk=pair.case.risk_code,
                first=first_of(pair.case),
                awaits_place=_holds_up(pair, lacking),
                supervised=_supervises(pair),
            )
        )
    return found


def _supervises(pair: ReferralOrigin) -> bool:
    return bool(pair.my_kind == "supervisor")  # type: ignore[attr-defined]


def _holds_up(pair: ReferralOrigin, lacking: Container[UUID]) -> bool:
    """Whether a place for tonight hangs on it."""
    return pair.case_id in lacking and was_for_a_place(pair)


def unsent(read: Iterable[ReferralOrigin], bodies: Mapping[UUID, str], at: datetime) -> list[Due]:
    """Referrals that were written and not sent, of whoever works on the case: nobody there knows of them."""
    return [
        Due(
            what=UNSENT,
            late=False,
            on=timezone.localdate(at),
            started_at=pair.referral.written_at,
            case=pair.case.code,
            referral=pair.referral.code,
            service=pair.referral.service_code,
            body=bodies.get(pair.referral.to_organisation_id, ""),
            sex=pair.case.sex_code,
            age_band=pair.case.age_band_code,
            children=pair.case.children_code,
            region=pair.case.region_code,
        )
        for pair in read
        if pair.referral.state_code == "draft" and not _supervises(pair)
    ]


def parts_asked(sent: Iterable[ReferralOrigin], bodies: Mapping[UUID, str], at: datetime) -> list[Due]:
    """Parts that a receiver asks for, until each was sent or answered with a no: again, or what was not shared."""
    return [
        Due(
            what="part" if part in pair.referral.sender.sections else "part.unshared",
            late=False,
            on=timezone.localdate(at),
            started_at=pair.asked_part_at,  # type: ignore[attr-defined]
            case=pair.case.code,
            referral=pair.referral.code,
            service=pair.referral.service_code,
            body=bodies.get(pair.referral.to_organisation_id, ""),
            step=part,
        )
        for pair in sent
        if pair.referral.state_code in ("accepted", "serving") and not _supervises(pair)
        for part in asked_of(pair)
    ]
