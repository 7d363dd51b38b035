"""The other side of help that had begun when the person's word ended what was agreed (goes_on.py): in the own case.

Nothing of the referral is written any more. What whoever helps heard of the person is what they do with their case:
they plan what is next in it, or close it.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery

from hamkori.casework.referral.models import ReferralOwnCase
from hamkori.refusal import ENDED


def has_gone_on() -> Q:
    """Of a row of an own case: its referral was ended so. Who wrote the word down the receiving side does not read."""
    begun = Q(referral__state_code=ENDED, referral__served_at__isnull=False)
    return begun & ~Q(referral__recipient_kind_code="police")


def is_unsaid() -> Q:
    """The same, and the case is open and was not planned since; nor is the person helped there by another referral."""
    again = ReferralOwnCase.objects.filter(case=OuterRef("case_id"), referral__state_code="serving")
    unwritten = Q(case__edited_at=None) | Q(case__edited_at__lt=F("referral__ended_at"))
    planned = unwritten | Q(case__next_step_on=None)
    return has_gone_on() & Q(case__state_code="open") & planned & ~Q(Exists(again))


def beside_case() -> dict[str, Any]:
    """Of a row of who works on a case: the newest such referral, its kind of help, and when it ended."""
    asks = ReferralOwnCase.objects.filter(is_unsaid(), case=OuterRef("case_id")).order_by("-referral__ended_at")
    names = {"on_code": "referral__code", "on_service": "referral__service_code", "on_at": "referral__ended_at"}
    return {name: Subquery(asks.values(field)[:1]) for name, field in names.items()}
