"""Somebody accepted an adult, and the person is a child since: whether they take children has nobody said.

The age was put right after they had agreed, and the directory does not say that they admit such a child. It is over
once they agree on another time, the person is there, or the referral ends.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Subquery

from hamkori.casework.case.rules.age import CHILD_BANDS
from hamkori.casework.referral.models import ReferralCard
from hamkori.casework.referral.queries.received import takes
from hamkori.directory.models import Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from hamkori.casework.referral.models import Referral

    Doubt = Callable[[Referral, ReferralCard | None, tuple[str, ...] | list[str]], bool]


def doubted(found: Referral, card: ReferralCard | None, admits: tuple[str, ...] | list[str]) -> bool:
    """Whether its receiver accepted somebody else than a child, and says of no such child that it admits them."""
    if card is None or found.state_code != "accepted" or found.missed_at is not None or found.heard_code == "came":
        return False
    since = changed_since(found, card.corrected_at)
    return since and card.age_band_code in CHILD_BANDS and not takes(admits, card.sex_code, card.age_band_code)


def changed_since(found: Referral, corrected_at: datetime | None) -> bool:
    """Whether the age was put right after the receiver had agreed, last."""
    return corrected_at is not None and found.agreed_at is not None and corrected_at > found.agreed_at


def doubted_asked(found: Referral, card: ReferralCard | None, admits: tuple[str, ...] | list[str]) -> bool:
    """Whether an adult was sent and waits for an answer, the person is a child since, and they say of no such child
    that they admit them.
    """
    if card is None or found.state_code != "sent" or card.corrected_at is None:
        return False
    return card.age_band_code in CHILD_BANDS and not takes(admits, card.sex_code, card.age_band_code)


def doubted_now(found: Referral, of: Doubt = doubted) -> bool:
    """The same of a referral that was read whole. One query."""
    return of(found, ReferralCard.objects.filter(referral=found).first(), getattr(found, "admits", None) or ())


def beside_row() -> dict[str, Any]:
    """What a row of a referral's origin, or of who may see it, reads beside it without a query more."""
    card = ReferralCard.objects.filter(referral=OuterRef("referral_id"))
    service = Service.objects.filter(pk=OuterRef("referral__service_id"))
    said = ("sex_code", "age_band_code", "corrected_at")
    return {
        **{f"card_{name}": Subquery(card.values(name)[:1]) for name in said},
        "admits": Subquery(service.values("admission_codes")[:1]),
    }


def doubted_row(row: Any, of: Doubt = doubted) -> bool:
    """The same of such a row."""
    said = {name: getattr(row, f"card_{name}") for name in ("sex_code", "age_band_code", "corrected_at")}
    return of(row.referral, ReferralCard(**said), row.admits or ())
