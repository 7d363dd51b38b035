"""An age that was put right after referrals were sent: their summaries alone know what it was before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import OuterRef, Subquery

from hamkori.casework.referral.models import ReferralCard
from hamkori.vocabulary import codelist


class Ages(NamedTuple):
    """Bands of an age before and since it was corrected."""

    before: str
    since: str


def former_age() -> dict[str, Any]:
    """What a referral's origin reads beside it, with the summary's row (`doubt.beside_row`)."""
    card = ReferralCard.objects.filter(referral=OuterRef("referral_id"))
    return {"card_former_age": Subquery(card.values("former_age_code")[:1])}


def put_right(pairs: Iterable[Any]) -> dict[datetime, Ages]:
    """When -> from what to what, of the last correction of each summary: a step of the case at the same moment."""
    bands = {*codelist("age_band").codes}
    return {
        pair.card_corrected_at: ages
        for pair in pairs
        if pair.card_corrected_at is not None
        and {*(ages := Ages(pair.card_former_age, pair.card_age_band_code))} <= bands
    }
