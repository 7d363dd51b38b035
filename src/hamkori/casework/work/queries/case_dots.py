"""The referrals of a case in the list of cases: those that are open, and those that stopped and wait for a decision."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone

from hamkori.access.worded import worded
from hamkori.casework.referral.models import Referral, ReferralClock, ReferralOrigin
from hamkori.casework.referral.queries import doubt, left
from hamkori.casework.referral.queries.calls import calls_of_said, heard_while
from hamkori.casework.referral.queries.closed_there import Unread
from hamkori.casework.referral.queries.meeting import awaited_on
from hamkori.casework.referral.queries.paused import paused
from hamkori.casework.referral.queries.stopped import STOPPED_AT, newest_since, stopped
from hamkori.casework.referral.rules.card import URGENT
from hamkori.casework.referral.rules.stopped import EMERGENCY, STOPPED, stop
from hamkori.casework.work.queries import beside
from hamkori.casework.work.queries.no_place import later_place, tonight
from hamkori.casework.work.queries.not_here import housed, needs_place_of
from hamkori.casework.work.queries.overdue import overdue, unmet
from hamkori.casework.work.queries.peace import waits_to_decide

OPEN = ("sent", "accepted", "serving", "finished", "disputed")


@dataclass(frozen=True, kw_only=True)
class Dot:
    """A referral that is open, or stopped and waits for a decision; whether an answer or an arrival is late."""

    code: str
    state: str
    service: str
    late: bool
    unread: bool
    """Somebody has to call: nobody there reads it in time, or they do not say that they take this child."""
    heard: str
    """What came of the call that counts, while its first answer is awaited."""
    urgent: bool
    due: datetime | None
    paused: bool
    """It was accepted, and the person has to be asked again before anything of it goes on."""
    stopped: str
    not_here: bool
    """Of one that stopped: the person did not come, and is looked for."""
    unplaced: bool
    """Beside that: a place for tonight is needed, and no other is accepted."""
    nobody_else: bool
    """Of one that stopped: nobody else is listed who could be asked."""
    asked_since: bool
    """Of such a one: other help was asked for since."""
    no_emergency: bool
    """Of such a one: it asked for emergency care, of which nobody else was asked since, and the person said no "no"."""
    unagreed: bool
    """Beside that: what it rests on is not agreed to now, so nobody else can be asked before the person is."""
    refused: bool
    """Beside that: the person said no to it, so they are not asked either."""
    place_from: tuple[date, str] | None
    """Of a place that was accepted for a later day than today: that day, and its part."""
    awaited: tuple[date, str, datetime | None] | None
    """Of whom somebody expects as agreed: the day, its part, and when that was agreed."""
    since: date | None
    """The day that was promised, of an answer or an arrival; or on which it stopped."""


def _to_call() -> Q:
    """Of a referral's origin: somebody has to call. Nobody there reads it in time, which is asked of the urgent alone;
    or they do not say that they take the child that the person is.
    """
    urgent = When(referral__state_code="sent", referral__urgency_code=URGENT, then=Unread("referral_id"))
    unread = Case(urgent, default=Value(value=False), output_field=BooleanField())
    return Q(unread) | Q(doubt.to_call())


def dots_of(
    case_ids: Iterable[UUID], at: datetime, gone_from: Container[UUID | None] = ()
) -> dict[UUID, tuple[Dot, ...]]:
    """Those of these cases, the newest first. `gone_from`: referrals of whom somebody is looked for. One query."""
    dots: dict[UUID, tuple[Dot, ...]] = {}
    found: list[Any] = list(_found(list(case_ids)))
    elsewhere = housed(found)
    for row in found:
        one = row.referral
        is_late = overdue(row, at)
        dots[row.case_id] = (
            *dots.get(row.case_id, ()),
            Dot(
                code=one.code,
                state=one.state_code,
                service=one.service_code,
                late=is_late,
                unread=row.unread,
                heard=row.heard or "",
                urgent=one.urgency_code == URGENT,
                due=one.answer_due_at,
                paused=row.paused,
                stopped=stopped(one) if row.waits else "",
                not_here=(gone := row.waits and row.referral_id in gone_from),
                unplaced=gone and needs_place_of(row, elsewhere),
                nobody_else=left.nobody_else(row),
                asked_since=row.since_at is not None,
                unagreed=row.waits and not beside.is_agreed(row, at),
                refused=(refused := beside.is_no(row.said_last)),
                no_emergency=row.waits and not refused and _lacks_emergency(row),
                place_from=later_place(row, tonight(at)),
                awaited=awaited_on(one) if not is_late else None,
                since=_since(one, row.last_due, waits=row.waits),
            ),
        )
    return dots


@worded
def _found(case_ids: list[UUID]) -> QuerySet[ReferralOrigin]:
    """The referrals of these cases that are open, or wait for a decision."""
    last = ReferralClock.objects.filter(referral=OuterRef("referral_id"), clock_code__in=("dispute", "confirm"))
    rows = ReferralOrigin.objects.filter(case__in=case_ids).annotate(
        unmet=unmet(),
        waits=waits_to_decide(),
        unread=ExpressionWrapper(_to_call(), BooleanField()),
        paused=paused("referral__state_code", "referral_id"),
        heard=heard_while("referral__state_code", "referral_id"),
        calls=calls_of_said("referral"),
        last_due=Subquery(last.values("due_at")[:1]),
        agreed_until=beside.agreed_until(),
        said_last=beside.said_last(OuterRef("referral__recipient_kind_code"), OuterRef("referral__purpose_code")),
    )
    return (
        rows.filter(Q(referral__state_code__in=OPEN) | Q(waits=True))
        .annotate(stopped_at=STOPPED_AT)
        .annotate(**left.beside_origin(Q(waits=True)), **newest_since())
        .select_related("referral", "case")
        .order_by("-referral__sent_at")
    )


def _lacks_emergency(row: Any) -> bool:
    """Of one that stopped: whether it asked for emergency care, and nobody else was asked for that since."""
    one = row.referral
    return one.service_code == EMERGENCY and row.since_help != EMERGENCY and stopped(one) in STOPPED


def _since(one: Referral, last_due: datetime | None, *, waits: bool) -> date | None:
    ended = stop(one) if waits else None
    due = {"sent": one.answer_due_at, "disputed": last_due, "finished": last_due}.get(one.state_code)
    at = ended[1] if ended is not None else due
    return timezone.localdate(at) if at is not None else one.arrival_on
