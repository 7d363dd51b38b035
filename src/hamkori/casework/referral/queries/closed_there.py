"""An urgent referral to a desk that is closed until the answer is due: nobody reads it in time, and who was told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import DateTimeField, Func, OuterRef, Subquery
from django.utils import timezone

from hamkori.access.actor import Actor
from hamkori.casework.case.queries.coordination import REACHED, TEAM, Call
from hamkori.casework.referral.models import Referral, ReferralStep
from hamkori.casework.referral.rules.card import URGENT
from hamkori.directory.queries import weeks
from hamkori.directory.rules.hours import Stretch, closed_throughout, opens_next

CLOSED_THERE = "closed_there"


def unread(actor: Actor, referral: Referral, seen_at: datetime, due: datetime) -> frozenset[str]:
    """The condition under which the coordinator is told as it is sent (ADR 0106); one query, if it is urgent."""
    service = referral.service_id
    if referral.urgency_code != URGENT or service is None:
        return frozenset()
    week = weeks(actor, [service])[service]
    closed = closed_throughout(week, timezone.localtime(seen_at), timezone.localtime(due))
    return frozenset({CLOSED_THERE} if closed else ())


def opens_there(week: Sequence[Stretch], at: datetime, due: datetime) -> datetime | None:
    """When a desk opens that is closed from now until the answer is due; None: somebody is there before."""
    local = timezone.localtime(due)
    return opens_next(week, local) if closed_throughout(week, timezone.localtime(at), local) else None


def newest_call(referral: Referral) -> Call | None:
    """The last call of the sender's side about it; one query."""
    step = ReferralStep.objects.filter(referral=referral, step_code="call").order_by("-at").first()
    return Call(None, TEAM, step.reason_code, step.at) if step is not None else None


def newest_answer() -> Subquery:
    """Beside a referral: what came of that call."""
    calls = ReferralStep.objects.filter(referral=OuterRef("pk"), step_code="call").order_by("-at")
    return Subquery(calls.values("reason_code")[:1])


def is_reached(call: Call | None) -> bool:
    """Whether a call reached somebody: an answer is awaited then, and nobody is told to call before it is due."""
    return call is not None and call.answer in REACHED


class ToldAt(Func):
    """Beside a referral: when the coordinator was told that nobody there reads it; nothing where nobody was."""

    function = "referral_closed_told"
    output_field = DateTimeField()
    arity = 1
