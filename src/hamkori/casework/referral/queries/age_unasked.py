"""A referral that the person agreed to as an adult, who is a child since: whether one was asked, for the other side."""

from __future__ import annotations

from datetime import datetime

from hamkori.casework.case.rules.age import CHILD_BANDS
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.queries.permit import agreed_as_shown
from hamkori.casework.referral.queries.referrals import read_state
from hamkori.casework.referral.rules.lifecycle import LIVE


def is_unasked(found: Referral, age_band: str | None, corrected_at: datetime | None) -> bool:
    """Whether neither the child nor an adult who acts for the child was asked since. One query, of those few alone
    whose summary says of a child that the age was put right.
    """
    if corrected_at is None or age_band not in CHILD_BANDS or read_state(found) not in LIVE:
        return False
    return agreed_as_shown(found).as_adult
