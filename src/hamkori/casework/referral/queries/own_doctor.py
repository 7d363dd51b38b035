"""Whether whoever received the person has done about a doctor what the summary asks for."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from hamkori.access.worded import worded
from hamkori.casework.referral.models import ReferralOrigin, ReferralOwnCase
from hamkori.casework.referral.rules.card import NEEDED

HEALTH: Final = "HEALTH-"
"""So begins each kind of help that a doctor gives."""


def doctor_settled(referral: UUID) -> bool:
    """Whether the own case of it has sent a referral to a doctor, or says by now that none is needed."""
    return bool(_settled(referral))


@worded
def _settled(referral: UUID) -> QuerySet[ReferralOwnCase]:
    to_doctors = ReferralOrigin.objects.filter(case=OuterRef("case"), referral__service_code__startswith=HEALTH)
    sent = to_doctors.exclude(referral__sent_at=None)
    return ReferralOwnCase.objects.filter(Q(Exists(sent)) | ~Q(case__doctor_code__in=NEEDED), referral=referral)
