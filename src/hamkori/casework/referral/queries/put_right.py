"""An age or a region that was put right after referrals were sent. What the age was, their summaries alone know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from hamkori.casework.referral.models import ReferralCard, ReferralOrigin
from hamkori.casework.referral.rules.ages import former

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case


class Ages(NamedTuple):
    """Bands of an age before and since it was corrected."""

    before: str
    since: str


def put_right(pairs: Iterable[Any]) -> dict[datetime, Ages]:
    """When -> from what to what, of each correction of each summary: a step of the case at the same moment. Of each is
    read what stands beside a row (`doubt.beside_row`).
    """
    found: dict[datetime, Ages] = {}
    for pair in pairs:
        ages = former(pair.card_former_ages or ())
        since = [*(one.age for one in ages[1:]), pair.card_age_band_code]
        found |= {one.until: Ages(one.age, after) for one, after in zip(ages, since, strict=False)}
    return found


def corrected_since(referral: UUID, at: datetime) -> bool:
    """Whether the age on its summary was corrected after this moment."""
    return ReferralCard.objects.filter(referral=referral, corrected_at__gt=at).exists()


def says_region(case: Case) -> bool:
    """Whether somebody reads a summary of this case that says the region; that of the police says none."""
    waits = ReferralOrigin.objects.filter(case=case, referral__state_code__in=("sent", "accepted", "serving"))
    return waits.exclude(referral__recipient_kind_code="police").exists()
