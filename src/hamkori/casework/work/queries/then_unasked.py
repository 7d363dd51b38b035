"""What of tonight's needs nobody is asked for once a referral is cancelled: read before the press and after it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import BooleanField, Exists, ExpressionWrapper, Q

from hamkori.casework.case.models import CaseStep
from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries.unused import asked
from hamkori.casework.referral.rules.card import no_is_for
from hamkori.casework.work.queries.no_doctor import ASKED_FOR, DOCTOR, HEALTH, no_to_doctors
from hamkori.casework.work.queries.no_place import LATELY, PLACE, SHELTER, gives_place
from hamkori.casework.work.queries.peace import left_in_peace
from hamkori.directory.rules.suit import kinds

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.casework.referral.models import Referral


def then_unasked(case: Case, cancelled: Referral, at: datetime) -> str:
    """The need of tonight that this one was sent for and nobody else is asked for: a doctor, or a place; '' of neither.
    Up to two queries.

    Not where somebody there had come to the person, nor after a no of theirs, as Today says it.
    """
    need = _need_of(cancelled)
    if need not in case.need_tonight_codes or case.state_code not in ("draft", "open"):
        return ""
    came = cancelled.heard_code == "came" and cancelled.missed_at is None
    lately = max(filter(None, (case.begun_at, case.opened_at, case.edited_at)))
    if cancelled.served_at is not None or came or (need == PLACE and lately <= at - LATELY):
        return ""
    others = ReferralOrigin.objects.filter(case=case).exclude(referral=cancelled.pk)
    if need == DOCTOR:
        left = asked(others.filter(referral__recipient_kind_code=HEALTH))
    else:
        waits = Q(referral__state_code="sent")
        left = others.filter(waits | gives_place(at), referral__service_code__in=kinds([PLACE]))
    return "" if left.exists() or _is_no(case, need) else need


def _need_of(one: Referral) -> str:
    if one.recipient_kind_code == HEALTH:
        return DOCTOR
    return PLACE if one.service_code in kinds([PLACE]) else ""


def _is_no(case: Case, need: str) -> bool:
    """Whether the person said no to it, or to everything: then nothing calls anybody to ask."""
    first = CaseStep.objects.filter(case=case, from_code="")
    no = Q(left_in_peace(*(ASKED_FOR if need == DOCTOR else SHELTER)))
    if need == DOCTOR and no_is_for(case.doctor_code):
        no |= Q(Exists(no_to_doctors()))
    return first.annotate(no=ExpressionWrapper(no, BooleanField())).filter(no=True).exists()
