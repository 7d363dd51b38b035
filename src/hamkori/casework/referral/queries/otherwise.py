"""Summaries that were sent and say something else of the person than the case says now (ADR 0152).

Where the consent is valid they are corrected at once; where it is not, nothing new is said, and they stay as they are
until the person has agreed again (ADR 0156).
"""

from __future__ import annotations

from typing import NamedTuple

from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral, ReferralCard, ReferralOrigin
from hamkori.casework.referral.queries.paused import Holds
from hamkori.casework.referral.rules.facts import FACTS
from hamkori.casework.referral.rules.lifecycle import LIVE
from hamkori.casework.referral.rules.summary import differing


class Otherwise(NamedTuple):
    """One of them: what it says otherwise, and whether that may be corrected now."""

    referral: Referral
    names: tuple[str, ...]
    live: bool


def otherwise(case: Case) -> tuple[Otherwise, ...]:
    """Each that somebody reads, or will; the age apart, which is one everywhere."""
    rows = ReferralOrigin.objects.filter(case=case, referral__state_code__in=LIVE)
    rows = rows.select_related("referral__to_organisation").annotate(holds=Holds("referral"))
    found = [(one.referral, bool(one.holds)) for one in rows]
    told = ReferralCard.objects.in_bulk([one.pk for one, _live in found])
    said = (Otherwise(one, names(case, one, told[one.pk]), live) for one, live in found if one.pk in told)
    return tuple(sorted((one for one in said if one.names), key=lambda one: one.referral.code))


def names(case: Case, referral: Referral, told: ReferralCard) -> tuple[str, ...]:
    """What this one says otherwise, the age apart."""
    return differing(case, told, referral.service_code, police=referral.recipient_kind_code == "police")


def of_all(found: tuple[Otherwise, ...]) -> tuple[str, ...]:
    """What they say otherwise together, in the order in which it is read."""
    return tuple(name for name in FACTS if any(name in one.names for one in found))
