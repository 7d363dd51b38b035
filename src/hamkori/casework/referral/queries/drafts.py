"""The referrals of a case that are written and not sent yet."""

from __future__ import annotations

from django.db.models import QuerySet

from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral, ReferralOrigin


def draft_of(case: Case) -> Referral | None:
    """The newest draft of a case that `cases.case` has found."""
    found = _drafts(case).first()
    return found.referral if found is not None else None


def drafts_of(case: Case) -> tuple[Referral, ...]:
    """All of them, the newest first."""
    return tuple(pair.referral for pair in _drafts(case))


def _drafts(case: Case) -> QuerySet[ReferralOrigin]:
    drafts = ReferralOrigin.objects.filter(case=case, referral__state_code="draft").select_related("referral__sender")
    return drafts.order_by("-referral__written_at", "-referral_id")
