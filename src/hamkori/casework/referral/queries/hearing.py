"""When the clock asks again about an arrival of which the sender has said something."""

from __future__ import annotations

from datetime import datetime

from hamkori.calendar.queries import calendar
from hamkori.casework.case.rules.clocks import heard_rungs
from hamkori.casework.referral.models import Referral, ReferralClock


def would_ask(at: datetime) -> datetime:
    """When it asks again, if the sender says at this moment what is known: a working day later, in hours."""
    return heard_rungs(at, at, calendar()).rung("told").at


def asks(referral: Referral) -> datetime | None:
    """When it asks next; None: it does not wait for the person."""
    found = ReferralClock.objects.filter(referral=referral, clock_code="arrival").values_list("next_at", flat=True)
    return found.first()
