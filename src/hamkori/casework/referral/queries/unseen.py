"""What was sent a moment ago and no desk can see yet: whoever sent it can still stop it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral, ReferralOrigin
from hamkori.definer import HkNow


def unseen(case: Case) -> list[Referral]:
    """Those of a case, as its own side reads them. One query."""
    ids = ReferralOrigin.objects.filter(case=case).values("referral")
    found = Referral.objects.filter(pk__in=ids, state_code="sent", visible_at__gt=HkNow())
    return list(found.select_related("sender", "to_organisation").order_by("pk"))


def are_drafts(referrals: Iterable[UUID]) -> frozenset[UUID]:
    """Which of these are drafts again. One query, none where there is nothing to ask."""
    asked = list(referrals)
    if not asked:
        return frozenset()
    return frozenset(Referral.objects.filter(pk__in=asked, state_code="draft").values_list("pk", flat=True))
