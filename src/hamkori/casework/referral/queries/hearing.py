"""When the clock asks again about an arrival of which the sender has said something."""

from __future__ import annotations

from datetime import datetime

from hamkori.calendar.queries import calendar
from hamkori.casework.case.rules.clocks import heard_rungs
from hamkori.casework.referral.models import Referral, ReferralCard, ReferralClock
from hamkori.casework.referral.rules.card import in_hurry


def hurries(referral: Referral) -> bool:
    """Whether nobody may be lost from sight for a day: by its urgency and by what the summary says of the person."""
    said = ReferralCard.objects.filter(referral=referral).values_list("risk_code", "age_band_code").first()
    return in_hurry(referral.urgency_code, *(said or ("", "")))


def would_ask(at: datetime, *, hurries: bool) -> datetime:
    """When it asks again, if the sender says at this moment what is known."""
    return heard_rungs(at, at, calendar(), hurries=hurries).rung("told").at


def asks(referral: Referral) -> datetime | None:
    """When it asks next; None: it does not wait for the person."""
    found = ReferralClock.objects.filter(referral=referral, clock_code="arrival").values_list("next_at", flat=True)
    return found.first()
