"""Help had begun when the person's word ended what was agreed: whether it goes on is asked until somebody says so.

Not of a place to sleep, of which the case asks whether the person stays (ADR 0124); nor once the same help was asked
for there again. `referral_left_at` in walls/58_stopped.sql says of which referrals it can be said (ADR 0138).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Exists, F, OuterRef, Q

from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.models import ReferralOrigin, ReferralStep
from hamkori.directory.rules.suit import kinds
from hamkori.refusal import ENDED

if TYPE_CHECKING:
    from uuid import UUID

PLACES: Final = kinds(["safe_place"])
_BEGUN: Final = Q(referral__served_at__isnull=False) | Q(referral__heard_code="came", referral__missed_at=None)


def has_gone_on() -> Q:
    """Of a referral's origin: whether it was ended so."""
    steps = ReferralStep.objects.filter(referral=OuterRef("referral_id"), step_code="withdraw")
    here = steps.filter(from_code__in=("accepted", "serving"), side_code__in=(Side.SENDER, Side.SENDER_SUPERVISOR))
    police = Q(referral__recipient_kind_code="police")
    place = Q(referral__service_code__in=PLACES)
    return Q(referral__state_code=ENDED) & _BEGUN & ~(police | place) & Q(Exists(here))


def asks_whether_on() -> Q:
    """The same, and nobody has said yet whether it goes on."""
    again = ReferralOrigin.objects.filter(
        case=OuterRef("case_id"),
        referral__to_organisation=OuterRef("referral__to_organisation"),
        referral__service_code=OuterRef("referral__service_code"),
        referral__sent_at__gt=OuterRef("referral__ended_at"),
    ).exclude(referral__state_code=ENDED)
    unsaid = Q(referral__sender__settled_at=None) | Q(referral__sender__settled_at__lt=F("referral__ended_at"))
    return has_gone_on() & unsaid & Q(case__state_code="open") & ~Q(Exists(again))


def is_asked(referral: UUID) -> tuple[bool, bool]:
    """Of one that was ended: whether it is asked now; and whether it was said."""
    mine = ReferralOrigin.objects.filter(has_gone_on(), referral=referral)
    one = mine.values_list("referral__sender__settled_at", "referral__ended_at").first()
    if one is None:
        return False, False
    said, over = one
    if said is not None and over is not None and said >= over:
        return False, True
    return mine.filter(asks_whether_on()).exists(), False


def said_on(referral: UUID) -> ReferralStep | None:
    """What was said of it, where it was and was not put back since; None to whoever does not read it."""
    if not is_asked(referral)[1]:
        return None
    return ReferralStep.objects.filter(referral=referral, step_code="settle").order_by("-at").first()
