"""Which parts the person took back from a referral at work, and when: one line on the pages of both sides."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from hamkori.casework.referral.models import PacketBody, Referral, ReferralNarrowed
from hamkori.casework.referral.rules.lifecycle import LIVE


def was_narrowed() -> Exists:
    """Whether there is anything to say of it: asked with the referral itself."""
    return Exists(ReferralNarrowed.objects.filter(referral=OuterRef("pk")))


def narrowed(found: Referral, shared: Collection[str], *, named: bool) -> tuple[tuple[str, datetime], ...]:
    """Section and time, the newest first, of what is not `shared` again. Of what has ended nothing is said.

    The name stands in two sections: `named`, once more, its papers that were taken back are no news.
    """
    if found.state_code not in LIVE or not getattr(found, "narrowed", True):
        return ()
    gone = [*shared, "identity"] if named else list(shared)
    rows = ReferralNarrowed.objects.filter(referral=found).exclude(section_code__in=gone).order_by("-at")
    return tuple(rows.values_list("section_code", "at"))


def not_called(of: Collection[UUID]) -> frozenset[UUID]:
    """Of these referrals those from which the person took back how to reach them, and did not have it sent again."""
    return frozenset(_quiet().filter(referral__in=of).values_list("referral_id", flat=True))


def is_not_called(referral: str) -> Exists:
    """The same beside the key of one referral, while somebody there helps."""
    return Exists(_quiet().filter(referral=OuterRef(referral), referral__state_code__in=LIVE))


def _quiet() -> QuerySet[ReferralNarrowed]:
    again = PacketBody.objects.filter(referral=OuterRef("referral"), section_code="contact")
    return ReferralNarrowed.objects.filter(~Exists(again), section_code="contact")
