"""An urgent referral to a desk that is closed until the answer is due: nobody reads it in time, and who was told."""

from __future__ import annotations

from datetime import datetime

from django.db.models import DateTimeField, Func
from django.utils import timezone

from hamkori.access.actor import Actor
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.rules.card import URGENT
from hamkori.directory.queries import weeks
from hamkori.directory.rules.hours import closed_throughout

CLOSED_THERE = "closed_there"


def unread(actor: Actor, referral: Referral, seen_at: datetime, due: datetime) -> frozenset[str]:
    """The condition under which the coordinator is told as it is sent (ADR 0106); one query, if it is urgent."""
    service = referral.service_id
    if referral.urgency_code != URGENT or service is None:
        return frozenset()
    week = weeks(actor, [service])[service]
    closed = closed_throughout(week, timezone.localtime(seen_at), timezone.localtime(due))
    return frozenset({CLOSED_THERE} if closed else ())


class ToldAt(Func):
    """Beside a referral: when the coordinator was told that nobody there reads it; nothing where nobody was."""

    function = "referral_closed_told"
    output_field = DateTimeField()
    arity = 1
