"""The inbox of the own desk: who waits for an answer, who was promised help, what ended. All coded.

See docs/design/summary-and-shared-information.md#what-a-referral-desk-reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.access.scope import require, visible
from hamkori.calendar.rules import Calendar
from hamkori.casework.case.queries.coordination import Call
from hamkori.casework.case.rules import clocks
from hamkori.casework.referral.models import Referral, ReferralCard
from hamkori.casework.referral.queries.calls import Calls, said_here
from hamkori.casework.referral.queries.closed_there import expiry
from hamkori.casework.referral.queries.meeting import Meets, has_meeting, line_changed_at, lines_of_asked
from hamkori.casework.referral.queries.questions import questions_of
from hamkori.casework.referral.queries.received import DESK_READS, cards_of, never_came
from hamkori.casework.referral.rules.card import AT_RISK, URGENT, Card
from hamkori.people.queries import shown
from hamkori.vocabulary import codelist

FIRST_ROWS = 7
"""Rows of each list on the inbox; what waits is asked for again every minute and stays under 6 kB."""
PAGE = 25
"""Rows of a list that has the page to itself."""
KEPT = timedelta(days=30)
LISTS = ("waiting", "taken", "over")
RESULT_SHOWN = ("finished", "disputed", "confirmed")


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A request without an answer. `card` is None if its row cannot be read any more; `agreed`: her agreement holds.

    `expires_at`: when it ends by itself if nobody answers.
    """

    code: str
    service_code: str
    urgency_code: str
    sender: Any
    sender_id: UUID
    seen_at: datetime
    due_at: datetime
    expires_at: datetime | None
    card: Card | None
    asked: int
    open_question: bool
    agreed: bool
    calls: tuple[Call, ...]
    """What one of the own said on the telephone, the newest first."""
    line_changed_at: datetime | None
    """Since when hour and meeting point of the sender are others than were opened here."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A request that was accepted: code, service, state, agreed time, and who took it.

    `overdue`: the agreed part of the day is over, and nobody said whether the person came. `card`: until help begins.
    """

    code: str
    service_code: str
    state: str
    card: Card | None
    arrival_on: date | None
    arrival_part: str
    agreed_at: datetime | None
    hour_written: bool
    missed: bool
    overdue: bool
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Over:
    """What ended in the last 30 days: code, service, dates, and its state with what the desk may know of why, or the
    result.
    """

    code: str
    service_code: str
    word: str
    reason: str
    missed: bool
    result_code: str
    served: bool
    """They had come."""
    came_at: datetime
    ended_at: datetime


@dataclass(frozen=True)
class Counts:
    """How many there are of each; `late` are part of `waiting`."""

    waiting: int
    late: int
    taken: int
    over: int


@dataclass(frozen=True)
class Inbox:
    """The first rows of each list, or one page of one list."""

    at: datetime
    counts: Counts
    waiting: tuple[Waiting, ...]
    taken: tuple[Taken, ...]
    over: tuple[Over, ...]


def inbox(actor: Actor, *, only: str = "", page: int = 1) -> Inbox:
    """The inbox, or one of its lists from `page` on. NotAllowed for whoever is not on a desk."""
    require(actor, "referral.accept", None)
    at = now()
    mine = visible(actor, "referral.accept", Referral.objects.all())
    lists = _lists(mine, at)
    counts = _counts(mine, at)
    rows: dict[str, list[Referral]] = {}
    for name, found in lists.items():
        size = page_size(name, alone=bool(only))
        start = (page - 1) * size if only else 0
        # Nobody asks the database for a list that is not on the page, or that is known to be empty.
        rows[name] = list(found[start : start + size]) if only in ("", name) and getattr(counts, name) else []
    return Inbox(at, counts, _waiting(rows["waiting"]), _taken(rows["taken"], at), _over(rows["over"]))


def expected(actor: Actor) -> int:
    """How many people the own desk has said yes to who have not come yet. 0 for whoever is not on a desk."""
    if "desk_officer" not in actor.roles:
        return 0
    return visible(actor, "referral.accept", Referral.objects.filter(state_code="accepted")).count()


def page_size(name: str, *, alone: bool) -> int:
    """Rows of this list, beside the others or alone on its page."""
    return PAGE if alone and name != "waiting" else FIRST_ROWS


def _is_waiting() -> Q:
    return Q(state_code="sent")


def _is_taken() -> Q:
    return Q(state_code__in=("accepted", "serving"))


def _is_over(at: datetime) -> Q:
    since = at - KEPT
    return Q(ended_at__gte=since) | Q(ended_at=None, state_code__in=("finished", "disputed"), finished_at__gte=since)


def _turn(at: datetime) -> Case:
    """Those that are late, the urgent of them first; then the urgent, those at risk, and the others."""
    at_risk = ReferralCard.objects.filter(referral=OuterRef("pk"), risk_code__in=AT_RISK)
    return Case(
        When(answer_due_at__lte=at, urgency_code=URGENT, then=Value(0)),
        When(answer_due_at__lte=at, then=Value(1)),
        When(urgency_code=URGENT, then=Value(2)),
        When(Exists(at_risk), then=Value(3)),
        default=Value(4),
    )


def _part() -> Case:
    """The parts of a day as they follow each other, not by the letters of their codes."""
    parts = enumerate(codelist("part_of_day").codes)
    return Case(*(When(arrival_part_code=part, then=Value(n)) for n, part in parts), default=Value(PAGE))


def _lists(mine: QuerySet[Referral], at: datetime) -> dict[str, QuerySet[Referral]]:
    """Within their turn the oldest target first: the late ones by lateness, the others by the time they have left."""
    return {
        "waiting": mine.filter(_is_waiting())
        .select_related("from_organisation")
        .annotate(calls=Calls("pk"), line=lines_of_asked())
        .order_by(_turn(at), "answer_due_at", F("needed_from_on").asc(nulls_last=True), "pk"),
        "taken": mine.filter(_is_taken())
        .annotate(meets=Meets("pk"))
        .order_by("state_code", "arrival_on", _part(), "pk"),
        "over": mine.filter(_is_over(at)).order_by(
            Coalesce("ended_at", "finished_at", output_field=DateTimeField()).desc(), "pk"
        ),
    }


def _counts(mine: QuerySet[Referral], at: datetime) -> Counts:
    relevant = mine.filter(_is_waiting() | _is_taken() | _is_over(at))
    found = relevant.aggregate(
        waiting=Count("pk", filter=_is_waiting()),
        late=Count("pk", filter=_is_waiting() & Q(answer_due_at__lte=at)),
        taken=Count("pk", filter=_is_taken()),
        over=Count("pk", filter=_is_over(at)),
    )
    return Counts(**found)


def _of(rows: list[Referral], ask: Callable[[list[Any]], Any]) -> Any:
    return ask([row.pk for row in rows]) if rows else {}


def _agreed(ids: list[UUID]) -> dict[UUID, bool]:
    """Whether her agreement carries each of these requests now."""
    return {pk: bool(live) for pk, live in definer.rows("desk_agreed", ids, columns="referral_id live")}


def _workers(ids: list[UUID]) -> dict[UUID, tuple[str, ...]]:
    """The names of those of the own body who were named to meet her."""
    found: dict[UUID, tuple[str, ...]] = {}
    for pk, name in definer.rows("desk_workers", ids, columns="referral_id person_name"):
        found[pk] = (*found.get(pk, ()), shown(name))
    return found


def _waiting(rows: list[Referral]) -> tuple[Waiting, ...]:
    questions, hold, ends = _of(rows, questions_of), _of(rows, _agreed), _of(rows, expiry)
    cards = cards_of(rows, questions) if rows else {}
    found = []
    for row in rows:
        assert row.visible_at is not None
        assert row.answer_due_at is not None
        asked = questions.get(row.pk, ())
        found.append(
            Waiting(
                code=row.code,
                service_code=row.service_code,
                urgency_code=row.urgency_code,
                sender=row.from_organisation,
                sender_id=row.from_organisation_id,
                seen_at=row.visible_at,
                due_at=row.answer_due_at,
                expires_at=ends.get(row.pk),
                card=cards.get(row.pk),
                asked=len(asked),
                open_question=any(one.answered_at is None for one in asked),
                agreed=hold.get(row.pk, False),
                calls=said_here(row),
                line_changed_at=line_changed_at(row),
            )
        )
    return tuple(found)


def _overdue(row: Referral, at: datetime) -> bool:
    if row.state_code != "accepted" or row.missed_at is not None or row.arrival_on is None:
        return False
    wall = Calendar(timezone.get_current_timezone_name())
    return at >= clocks.arrival_end(row.arrival_on, row.arrival_part_code, wall, row.agreed_at)


def _taken(rows: list[Referral], at: datetime) -> tuple[Taken, ...]:
    names = _of(rows, _workers)
    expected = [row for row in rows if row.state_code in DESK_READS]
    cards = cards_of(expected, {}) if expected else {}
    return tuple(
        Taken(
            code=row.code,
            service_code=row.service_code,
            state=row.state_code,
            card=cards.get(row.pk),
            arrival_on=row.arrival_on,
            arrival_part=row.arrival_part_code,
            agreed_at=row.agreed_at,
            hour_written=has_meeting(row),
            missed=row.missed_at is not None and row.state_code == "accepted",
            overdue=_overdue(row, at),
            names=names.get(row.pk, ()),
        )
        for row in rows
    )


def _over(rows: list[Referral]) -> tuple[Over, ...]:
    found = []
    for row in rows:
        ended = row.ended_at or row.finished_at
        assert ended is not None
        assert row.visible_at is not None
        result = row.result_code if row.state_code in RESULT_SHOWN else ""
        found.append(
            Over(
                code=row.code,
                service_code=row.service_code,
                word=row.state_code,
                reason=row.reason_code,
                missed=never_came(row),
                result_code=result,
                served=row.served_at is not None,
                came_at=row.visible_at,
                ended_at=ended,
            )
        )
    return tuple(found)
