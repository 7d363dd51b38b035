"""Whether somebody sleeps one more night where help has ended, as those there said when they ended it (ADR 257)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.rules.last_night import ENDED, may_sleep_on, sleeps_on


def sleeps_there(referral: Referral, at: datetime) -> bool:
    """While that night lasts. `sleeps_on` in work/queries/no_place.py asks the same of many rows."""
    finished = referral.finished_at
    if not referral.one_more_night or finished is None or referral.state_code not in ENDED:
        return False
    if not may_sleep_on(referral.service_code, referral.result_code, came=referral.served_at is not None):
        return False
    return sleeps_on(timezone.localtime(finished), timezone.localtime(at))
