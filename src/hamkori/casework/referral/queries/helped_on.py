"""The other side of help that had begun when the person's word ended what was agreed (goes_on.py): in the own case.

Nothing of the referral is written any more. What whoever helps heard of the person is written in their case: that
help goes on, with what is planned next, or that it is closed (ADR 0150).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, Subquery

from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.referral.models import ReferralOwnCase
from hamkori.casework.referral.queries.goes_on import PLACES
from hamkori.refusal import ENDED


def has_gone_on() -> Q:
    """Of a row of an own case: its referral was ended so. Who wrote the word down the receiving side does not read."""
    begun = Q(referral__state_code=ENDED, referral__served_at__isnull=False)
    return begun & ~Q(referral__recipient_kind_code="police")


def is_there() -> Q:
    """The same, and the case is open; nor is the person helped there by another referral. Nobody said that it ended."""
    again = ReferralOwnCase.objects.filter(case=OuterRef("case_id"), referral__state_code="serving")
    return has_gone_on() & Q(case__state_code="open") & ~Q(Exists(again))


def is_unsaid() -> Q:
    """The same, and nobody has said since that it goes on. What is planned or written besides says nothing of it."""
    return is_there() & _unsaid()


def _unsaid() -> Q:
    said = CaseStep.objects.filter(case=OuterRef("case_id"), step_code="help_goes_on")
    return ~Q(Exists(said.filter(at__gt=OuterRef("referral__ended_at"))))


def slept(case: Case) -> list[UUID]:
    """The referrals for a place to sleep of an own case that were ended so: its bed did not end with them."""
    there = ReferralOwnCase.objects.filter(has_gone_on(), case=case, referral__service_code__in=PLACES)
    return list(there.values_list("referral", flat=True))


def beside_case() -> dict[str, Any]:
    """Of a row of who works on a case: the newest such referral while the person is there, its kind of help, since when
    it was given, when it ended, and whether nobody has said yet that it goes on.
    """
    there = ReferralOwnCase.objects.filter(is_there(), case=OuterRef("case_id")).order_by("-referral__ended_at")
    there = there.annotate(unsaid=ExpressionWrapper(_unsaid(), BooleanField()))
    names = {
        "on_code": "referral__code",
        "on_service": "referral__service_code",
        "on_since": "referral__served_at",
        "on_at": "referral__ended_at",
        "on_unsaid": "unsaid",
    }
    return {name: Subquery(there.values(field)[:1]) for name, field in names.items()}
