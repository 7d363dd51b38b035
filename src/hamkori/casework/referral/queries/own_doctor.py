"""Whether whoever received the person has done about a doctor what the summary asks for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from hamkori.access.worded import worded
from hamkori.casework.referral.models import ReferralCard, ReferralOrigin, ReferralOwnCase
from hamkori.casework.referral.rules.card import NEEDED

FIRST_DAYS: Final = timedelta(days=7)
"""So long after help began the sender is asked about a doctor; ours. Later the own case says what is needed."""
HEALTH: Final = "HEALTH-"
"""So begins each kind of help that a doctor gives."""


def doctor_settled(referral: UUID) -> bool:
    """Whether the own case of it has sent a referral to a doctor, or says by now that none is needed."""
    return bool(_settled(referral))


def needed_unasked(own: QuerySet[ReferralOwnCase]) -> QuerySet[ReferralOwnCase]:
    """Of own cases those that go on, need a doctor, and have asked none."""
    needs = Q(case__doctor_code__in=NEEDED) | Q(case__need_tonight_codes__contains=["doctor"])
    return own.filter(needs, ~Exists(_to_doctors()), case__state_code="open")


def say_needed(referrals: Collection[UUID]) -> frozenset[UUID]:
    """Of these referrals those whose summary says that a doctor is needed; one query, where there are any."""
    rows = ReferralCard.objects.filter(referral__in=referrals, doctor_code__in=NEEDED)
    return frozenset(rows.values_list("referral_id", flat=True)) if referrals else frozenset()


def _to_doctors() -> QuerySet[ReferralOrigin]:
    sent = ReferralOrigin.objects.filter(case=OuterRef("case"), referral__service_code__startswith=HEALTH)
    return sent.exclude(referral__sent_at=None)


@worded
def _settled(referral: UUID) -> QuerySet[ReferralOwnCase]:
    over = Q(Exists(_to_doctors())) | ~Q(case__doctor_code__in=NEEDED)
    return ReferralOwnCase.objects.filter(over, referral=referral)
