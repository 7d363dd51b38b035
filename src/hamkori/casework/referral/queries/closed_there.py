"""An urgent referral to a desk that is closed until the answer is due: nobody reads it in time, and who was told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import TypedDict
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    DateTimeField,
    Exists,
    Func,
    OuterRef,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.utils import timezone

from hamkori.access.actor import Actor
from hamkori.access.scope import visible
from hamkori.calendar.queries import calendar
from hamkori.casework.case.queries.coordination import REACHED, Call
from hamkori.casework.referral.models import Referral, ReferralClock, ReferralOrigin, ReferralQuestion
from hamkori.casework.referral.queries.calls import calls_while, heard_while
from hamkori.casework.referral.rules.card import URGENT
from hamkori.directory.models import Service
from hamkori.directory.queries import weeks
from hamkori.directory.rules.hours import Stretch, closed_throughout, opens_next
from hamkori.directory.week import stretches, week_of

CLOSED_THERE = "closed_there"
Ends = tuple[datetime, datetime | None]
"""When a referral expires, and when its desk opens, where it expires first."""


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


def before_open(week: Sequence[Stretch], at: datetime, ends: datetime | None) -> Ends | None:
    """When what was sent expires, and when its desk opens, where that is later: else somebody is there before, or no
    hours are known.
    """
    return (ends, opens_there(week, at, ends)) if ends is not None else None


def sender_opens(actor: Actor, sender: UUID, at: datetime) -> datetime | None:
    """When the organisation that sent it opens, by the hours of its services; None: it is open, or none are known.
    Two queries.
    """
    offered = Service.objects.filter(organisation=sender, is_active=True)
    ids = list(visible(actor, "directory.view", offered).values_list("pk", flat=True))
    week = list(chain.from_iterable(weeks(actor, ids).values()))
    return opens_there(week, at, at + timedelta(minutes=1))


def sender_reads_from(actor: Actor, sender: UUID, at: datetime) -> datetime | None:
    """Before when it may be that nobody at the sender reads what is said to them now; None: somebody is at work.

    Whoever sent it reads it on Today in working time, whatever other service of theirs is open at night. Up to three
    queries.
    """
    if (opens := sender_opens(actor, sender, at)) is not None:
        return opens
    working = calendar()
    return None if working.is_open(at) else working.next_open(at)


def is_reached(call: Call | None) -> bool:
    """Whether a call reached somebody: an answer is awaited then, and nobody is told to call before it is due."""
    return call is not None and call.answer in REACHED


class Expires(Func):
    """Beside a referral whose first answer is awaited, for its two sides: when it ends by itself if nobody answers. A
    yes by telephone lets it wait longer (walls/59_expires.sql).
    """

    function = "referral_expires_at"
    output_field = DateTimeField()
    arity = 1


def expiry(ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When each ends by itself if nobody answers. One query."""
    running = ReferralClock.objects.filter(referral__in=ids, clock_code="answer")
    found = running.values_list("referral", Expires("referral_id"))
    return {pk: ends for pk, ends in found if ends is not None}


def expires_beside() -> Case:
    """For the query that reads the origins: the same, as `expires_at`."""
    sent = When(referral__state_code="sent", then=Expires("referral_id"))
    return Case(sent, default=None, output_field=DateTimeField())


def expires_first(pair: ReferralOrigin, at: datetime) -> Ends | None:
    """`before_open` of what was read with `expires_beside` and `beside_origin`."""
    return before_open(stretches(pair.week), at, pair.expires_at)  # type: ignore[attr-defined]


class Beside(TypedDict):
    """What `unread_now` reads beside the origin of a referral, and who called about it."""

    called: Combinable
    calls: Combinable
    was_asked: Combinable
    week: Combinable
    moot: Combinable


def beside_origin() -> Beside:
    """For the query that reads the origins: what came of the call that counts, the calls, whether they asked anything,
    and their hours.
    """
    questions = ReferralQuestion.objects.filter(referral=OuterRef("referral_id"))
    return Beside(
        called=heard_while("referral__state_code", "referral_id"),
        calls=calls_while("referral__state_code", "referral_id", also="serving"),
        was_asked=Exists(questions),
        week=week_of("referral__service_id"),
        moot=Case(
            When(referral__state_code="sent", then=Moot("referral_id")), default=Value(""), output_field=TextField()
        ),
    )


def unread_now(pairs: Iterable[ReferralOrigin], at: datetime) -> dict[UUID, datetime]:
    """About which of these somebody has to call now, and when their desks open. Today and the page of a case say it by
    this, the list of cases and the rail by `referral_unread` in walls/59_whom_to_call.sql.
    """
    found = {
        pair.referral_id: opens_there(stretches(pair.week), at, due)  # type: ignore[attr-defined]
        for pair in pairs
        if (due := _silent_until(pair, at)) is not None
    }
    return {key: opens for key, opens in found.items() if opens is not None}


def _silent_until(pair: ReferralOrigin, at: datetime) -> datetime | None:
    """When its answer is due, if it is urgent and not late, nobody there asked anything, no call reached anybody, and
    somebody still waits for it.
    """
    one, due = pair.referral, pair.referral.answer_due_at
    silent = not (pair.was_asked or pair.called in REACHED or pair.moot)  # type: ignore[attr-defined]
    urgent = one.state_code == "sent" and one.urgency_code == URGENT
    return due if urgent and silent and due is not None and due > at else None


class Unread(Func):
    """The same beside a referral's key, in the query itself."""

    function = "referral_unread"
    output_field = BooleanField()
    arity = 1


class Moot(Func):
    """Beside a referral's key, for its sender's side: why nobody calls about what waits; '' where somebody may have to.

    The one definition is `referral_moot` in walls/59_whom_to_call.sql.
    """

    function = "referral_moot_now"
    output_field = TextField()
    arity = 1


class ToldAt(Func):
    """Beside a referral: when the coordinator was told that nobody there reads it; nothing where nobody was."""

    function = "referral_closed_told"
    output_field = DateTimeField()
    arity = 1
