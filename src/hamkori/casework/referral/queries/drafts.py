"""The referral of a case that is written and not sent yet."""

from __future__ import annotations

from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral, ReferralOrigin


def draft_of(case: Case) -> Referral | None:
    """The newest draft of a case that `cases.case` has found."""
    drafts = ReferralOrigin.objects.filter(case=case, referral__state_code="draft").select_related("referral__sender")
    found = drafts.order_by("-referral__written_at", "-referral_id").first()
    return found.referral if found is not None else None
