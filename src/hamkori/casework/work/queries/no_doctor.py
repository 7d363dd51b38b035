"""Somebody needs a doctor now, and nobody of the health service was ever asked: until one is, or that is taken out."""

from __future__ import annotations

from typing import Final

from django.db.models import Exists, OuterRef, Q

from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries.stopped import undecided
from hamkori.casework.referral.rules.stopped import STOPPED

DOCTOR: Final = "doctor"
"""Of what is needed tonight."""
HEALTH: Final = "health"
EMERGENCY: Final = "HEALTH-01"
"""Emergency medical care."""
ASKED_FOR: Final = (HEALTH, "help")
"""The question of the consent about it."""


def without_a_doctor() -> Q:
    """Of a row of a case: what was sent and ended without help has a row of its own."""
    sent = ReferralOrigin.objects.filter(case=OuterRef("case_id"), referral__recipient_kind_code=HEALTH)
    asked = Exists(sent.exclude(referral__sent_at=None))
    return Q(case__state_code="open", case__need_tonight_codes__contains=[DOCTOR]) & ~Q(asked)


def emergency_unasked() -> Exists:
    """Beside an origin: whether emergency care gave no help in its case, and nobody is asked for it since."""
    given_up = ReferralOrigin.objects.filter(
        case=OuterRef("case_id"), referral__service_code=EMERGENCY, referral__state_code__in=STOPPED
    )
    return Exists(undecided(given_up))
