"""Which answers of a draft are not the same in the version that a colleague, or another window, saved meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from hamkori.web.words import lists

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral
    from hamkori.web.referrals.choosing import Screen


def named(referral: Referral, screen: Screen, mine: Mapping[str, Any]) -> str:
    """Their names in a line; '' where all are the same. The person's own words are shown in both versions elsewhere."""
    service = screen.chosen.listing.id if screen.chosen is not None else None
    both = (
        (_("the service"), referral.service_id, service),
        (_("for what"), referral.purpose_code, mine["purpose"]),
        (_("how soon"), referral.urgency_code, mine["urgency"]),
        (_("from when"), referral.needed_from_on, mine["needed_from"]),
        (_("what is sent"), {*referral.sender.sections}, {*mine["sections"]}),
    )
    return lists.several(name for name, theirs, own in both if theirs != own)
