"""The other side of help that had begun when the person's word ended what was agreed (goes_on.py): in the own case.

Nothing of the referral is written any more. What whoever helps heard of the person is written in their case: that
help goes on, with what is planned next, or that it is closed (ADR 0150). Where that was closed before, both are said
of the closed case (ADR 0158).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery

from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.referral.models import ReferralOwnCase
from hamkori.casework.referral.queries.goes_on import PLACES
from hamkori.casework.referral.queries.on_the_way import NoBrought, WantedAfterAll
from hamkori.refusal import ENDED

OVER: Final = "help_over"
"""The step of an own case that was closed before the person's word: help there has ended since."""


def has_gone_on() -> Q:
    """Of a row of an own case: its referral was ended so. Who wrote the word down the receiving side does not read."""
    begun = Q(referral__state_code=ENDED, referral__served_at__isnull=False)
    return begun & ~Q(referral__recipient_kind_code="police")


def is_there() -> Q:
    """The same, and nobody said since that it ended, as by closing the case; nor is the person helped there by another
    referral.
    """
    again = ReferralOwnCase.objects.filter(case=OuterRef("case_id"), referral__state_code="serving")
    return has_gone_on() & (Q(case__state_code="open") | was_closed()) & ~Q(Exists(again))


def was_closed() -> Q:
    """The same, of a case that was closed before that word: it was closed while help went on, and answered nothing."""
    before = Q(case__state_code="closed", case__closed_at__lt=F("referral__ended_at"))
    over = CaseStep.objects.filter(case=OuterRef("case_id"), step_code=OVER, at__gt=OuterRef("referral__ended_at"))
    return before & ~Q(Exists(over))


def is_unsaid() -> Q:
    """The same, and nobody has said since that it goes on. What is planned or written besides says nothing of it."""
    return is_there() & _unsaid()


def _unsaid() -> Q:
    said = CaseStep.objects.filter(case=OuterRef("case_id"), step_code="help_goes_on")
    return ~Q(Exists(said.filter(at__gt=OuterRef("referral__ended_at"))))


def of_closed(case: Case) -> list[bool]:
    """Of an own case that is closed, each referral of which it is asked there whether help goes on: whether that was
    for a place to sleep. None: nobody asks.
    """
    there = ReferralOwnCase.objects.filter(is_there(), case=case, case__state_code="closed")
    return [service in PLACES for service in there.values_list("referral__service_code", flat=True)]


@dataclass(frozen=True)
class AskedThere:
    """Where the own case was closed before: its number, and whether nobody has said yet that help goes on."""

    case: str
    unsaid: bool


def asked_there(referral: UUID) -> AskedThere | None:
    """The same of one referral, to those of its own case; None where nothing is asked there."""
    there = ReferralOwnCase.objects.filter(is_there(), referral=referral, case__state_code="closed")
    there = there.annotate(unsaid=ExpressionWrapper(_unsaid(), BooleanField()))
    found = there.values_list("case__code", "unsaid").first()
    return AskedThere(*found) if found is not None else None


def is_closed_there() -> Q:
    """Of a row of who works on a case: an own case that is closed, and of which that is asked."""
    there = ReferralOwnCase.objects.filter(is_there(), case=OuterRef("case_id"))
    return Q(case__state_code="closed", case__from_referral=True) & Q(Exists(there))


def slept(case: Case) -> list[UUID]:
    """The referrals for a place to sleep of an own case that were ended so: its bed did not end with them."""
    there = ReferralOwnCase.objects.filter(has_gone_on(), case=case, referral__service_code__in=PLACES)
    return list(there.values_list("referral", flat=True))


def beside_case() -> dict[str, Any]:
    """Of a row of who works on a case: the newest such referral while the person is there, its kind of help, since when
    it was given, when it ended, whether nobody has said yet that it goes on, and whether somebody else
    brought the no, or the person wants it after that.
    """
    there = ReferralOwnCase.objects.filter(is_there(), case=OuterRef("case_id")).order_by("-referral__ended_at")
    there = there.annotate(unsaid=ExpressionWrapper(_unsaid(), BooleanField()))
    there = there.annotate(brought=NoBrought("referral_id"), wanted=WantedAfterAll("referral_id"))
    names = {
        "on_code": "referral__code",
        "on_service": "referral__service_code",
        "on_since": "referral__served_at",
        "on_at": "referral__ended_at",
        "on_unsaid": "unsaid",
        "on_brought": "brought",
        "on_wanted": "wanted",
    }
    return {name: Subquery(there.values(field)[:1]) for name, field in names.items()}
