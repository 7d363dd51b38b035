"""What was said of a referral last, and by whom of one's own: for whoever comes second."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from hamkori.casework.referral.models import Referral, ReferralStep
from hamkori.casework.referral.queries.referrals import by_whom


def last_of_ours(found: Referral) -> tuple[str, datetime, UUID] | None:
    """The newest step, when, and by which of our own people; None if another organisation or the clock took it."""
    newest = ReferralStep.objects.filter(referral=found).select_related("by").order_by("at", "pk").last()
    by = by_whom(newest) if newest is not None else None
    return (newest.step_code, newest.at, by) if newest is not None and by is not None else None


def said_of_step(found: Referral, step: str, reasons: Collection[str]) -> tuple[str, datetime, UUID | None] | None:
    """The newest step of this kind that said one of these: which, when, and by which of our own people."""
    steps = ReferralStep.objects.filter(referral=found, step_code=step, reason_code__in=reasons).select_related("by")
    newest = steps.order_by("at", "pk").last()
    return (newest.reason_code, newest.at, by_whom(newest)) if newest is not None else None
