"""The list of referrals that a worker's cases have sent: what is red on Today first, then what needs the worker."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, cast
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    Case,
    DateTimeField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.access.scope import visible
from hamkori.casework.case.models import CaseAccess
from hamkori.casework.case.queries.coordination import REACHED
from hamkori.casework.case.rules.clocks import RESTING, late, rests
from hamkori.casework.referral.models import Referral, ReferralClock, ReferralOrigin, ReferralQuestion
from hamkori.casework.referral.queries.calls import heard_while
from hamkori.casework.referral.queries.closed_there import Moot, Unread, opens_there
from hamkori.casework.referral.queries.meeting import Meets, has_meeting
from hamkori.casework.referral.queries.paused import paused
from hamkori.casework.referral.queries.referrals import closing, read_state, sender_state
from hamkori.casework.referral.queries.stopped import stopped, waits
from hamkori.casework.referral.rules.card import URGENT
from hamkori.casework.referral.rules.lifecycle import KEPT_ENDINGS
from hamkori.directory.queries import weeks

PAGE = 25
CHIPS = ("needs_me", "waiting", "accepted", "ended")
RANKED = ("finished", "sent", "accepted", "serving", "disputed", "draft")
"""After what is red, late, stopped or asked. Nobody waits for a draft."""
CLEARED = ("discarded",)  # drafts that were thrown away: in no list


@dataclass(frozen=True, kw_only=True)
class Line:
    """One referral in the list. `due`: what its state waits for, None if it waits for nobody.

    `overdue`: the agreed part of the day is over, and nobody said whether she came. `heard`: what the sender said of it
    until the clock asks again.
    """

    code: str
    case_code: str
    state: str
    reason: str
    service_code: str
    organisation: Any
    organisation_id: UUID
    urgency: str
    due: datetime | None
    since: datetime | None
    question: bool
    missed: bool
    heard: str
    next_at: datetime | None
    overdue: bool
    stopped: str
    ended_at: datetime | None
    expected: tuple[date | None, str, datetime | None]
    """Day and part of it, and when that was agreed."""
    hour_written: bool
    paused: bool
    """It was accepted, and the person has to be asked again first."""
    opens: datetime | None
    """When its desk opens, where that is closed until the answer is due, and nobody was reached."""
    says_yes: bool
    """It waits for an answer, and what counts of the calls is a yes."""
    calls: bool
    """Beside `opens`: somebody calls now, and no call to the coordinator rests."""


@dataclass(frozen=True)
class Page:
    """A page of the list with its cursors ('' at the ends) and the time of the world."""

    lines: tuple[Line, ...]
    before: str
    after: str
    at: datetime


def sent(
    actor: Actor,
    chip: str = "",
    *,
    first: Sequence[str] = (),
    gone: Collection[str] = (),
    after: str = "",
    before: str = "",
    size: int = PAGE,
) -> Page:
    """What the actor's cases have sent, by state and time left; of the ended ones the newest first.

    `first`: the numbers of those that stand above all others, in this order. `gone`: of those whom their desk does not
    have with it; of these the sender's own word does not rest.
    """
    at = now()
    ended = chip == "ended"
    found = _chosen(_of_mine(actor, at, () if ended else first), chip, at, gone)
    keys = ("rank", "turn", "pk")
    back = bool(before and not after)
    cursor = _cursor(before if back else after)
    if cursor is not None:
        found = found.filter(_beyond(cursor, down=ended != back, rank_down=back))
    order = [f"-{key}" if back else key for key in keys]
    order[1:] = [f"-{key}" if ended != back else key for key in keys[1:]]
    rows = list(found.order_by(*order)[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if back:
        rows.reverse()
    if not rows:
        return Page((), "", "", at)
    has_before, has_after = (more, True) if back else (cursor is not None, more)
    cases = dict(
        ReferralOrigin.objects.filter(referral__in=[row.pk for row in rows]).values_list("referral", "case__code")
    )
    opens = _opening(actor, rows, at)
    lines = tuple(_line(row, cases.get(row.pk, ""), at, opens.get(row.pk), gone) for row in rows)
    return Page(lines, _written(rows[0]) if has_before else "", _written(rows[-1]) if has_after else "", at)


def _of_mine(actor: Actor, at: datetime, first: Sequence[str]) -> QuerySet[Referral]:
    mine = CaseAccess.objects.filter(membership=actor.membership_id, ended_at=None, suspended_at=None).values("case")
    origins = ReferralOrigin.objects.filter(case__in=mine).values("referral")
    open_question = ReferralQuestion.objects.filter(referral=OuterRef("pk"), answered_at=None)
    arrival = Cast("arrival_on", DateTimeField())
    return (
        visible(actor, "referral.view", Referral.objects.filter(pk__in=origins))
        .exclude(state_code__in=CLEARED)
        .select_related("to_organisation", "sender")
        .annotate(
            closing=closing(),
            question=Exists(open_question),
            called=heard_while("state_code", "pk"),
            calls=Case(
                When(state_code="sent", urgency_code=URGENT, then=Unread("pk")),
                default=Value(value=False),
                output_field=BooleanField(),
            ),
            moot=Moot("pk"),
            stopped=waits(),
            meets=Meets("pk"),
            paused=paused("state_code", "pk"),
            arrival_due=arrival_clock("due_at"),
            arrival_next=arrival_clock("next_at"),
            dispute_due=_dispute_due(),
            rank=_rank(at, first),
            turn=Case(
                When(state_code="sent", then=F("answer_due_at")),
                When(state_code="accepted", then=Coalesce(arrival, F("answered_at"))),
                When(state_code="serving", then=F("served_at")),
                When(state_code__in=("finished", "disputed"), then=F("finished_at")),
                When(state_code="draft", then=F("written_at")),
                default=Coalesce(F("ended_at"), F("written_at")),
                output_field=DateTimeField(),
            ),
        )
    )


def _rank(at: datetime, first: Sequence[str]) -> Coalesce:
    """These first; then who may be missing, what is late, what stopped, what else needs the sender, then all others."""
    known = Value(list(first), output_field=ArrayField(TextField()))
    groups = (
        Q(state_code="accepted") & (Q(stopped=True) | _late(at)),
        Q(state_code="sent", answer_due_at__lte=at) | Q(state_code="disputed", dispute_due__lte=at),
        Q(stopped=True),
        Q(state_code="sent", question=True),
        *(Q(state_code=state) for state in RANKED),
    )
    whens = (When(one, then=Value(len(first) + n)) for n, one in enumerate(groups, start=1))
    rest = Case(*whens, default=Value(len(first) + len(groups) + 1), output_field=IntegerField())
    return Coalesce(Func(known, "code", function="array_position", output_field=IntegerField()), rest)


def _late(at: datetime) -> Q:
    """Of what was accepted: nobody has said whether the person came, and it does not rest."""
    return Q(state_code="accepted", arrival_due__lte=at) & ~Q(heard_code__in=RESTING, arrival_next__gt=at)


def arrival_clock(column: str) -> Subquery:
    """Of the clock that waits for the person: the end of the agreed part of day, or when it tells somebody next."""
    running = ReferralClock.objects.filter(referral=OuterRef("pk"), clock_code="arrival")
    return Subquery(running.values(column)[:1])


def _dispute_due() -> Subquery:
    """Of a disputed result: until when the other side answers."""
    return Subquery(ReferralClock.objects.filter(referral=OuterRef("pk"), clock_code="dispute").values("due_at")[:1])


def needs_me(at: datetime) -> Q:
    """What waits for the sender: a question, a late answer, a result, an arrival, a draft, what stopped."""
    waits = Q(state_code="sent") & (Q(question=True) | Q(answer_due_at__lte=at))
    disputed = Q(state_code="disputed", dispute_due__lte=at)
    return Q(state_code__in=("draft", "finished")) | Q(stopped=True) | waits | disputed | _late(at)


def _chosen(found: QuerySet[Referral], chip: str, at: datetime, gone: Collection[str]) -> QuerySet[Referral]:
    match chip:
        case "needs_me":
            return found.filter(needs_me(at) | Q(code__in=gone))
        case "waiting":
            return found.filter(state_code="sent")
        case "accepted":
            return found.filter(state_code__in=("accepted", "serving"))
        case "ended":
            return found.filter(state_code__in=KEPT_ENDINGS)
        case _:
            return found.filter(~Q(state_code__in=KEPT_ENDINGS) | Q(stopped=True))


def _line(row: Any, case_code: str, at: datetime, opens: datetime | None, gone: Collection[str]) -> Line:
    stands = read_state(row)
    rested = rests(row.heard_code, row.arrival_next, at) and row.code not in gone
    overdue = stands == "accepted" and late(row.arrival_due, at) and not rested
    return Line(
        code=row.code,
        case_code=case_code,
        state=sender_state(row),
        reason=row.reason_code or _how_said(row),
        service_code=row.service_code,
        organisation=row.to_organisation,
        organisation_id=row.to_organisation_id,
        urgency=row.urgency_code,
        due=_due(row, stands, overdue=overdue),
        since=row.visible_at,
        question=stands == "sent" and row.question,
        missed=stands == "accepted" and (row.missed_at is not None or row.heard_code == "did_not_come"),
        heard=row.heard_code if stands == "accepted" and rested else "",
        next_at=row.arrival_next,
        overdue=overdue,
        stopped=stopped(row) if row.stopped else "",
        ended_at=row.ended_at,
        expected=(row.arrival_on, row.arrival_part_code, row.agreed_at),
        hour_written=has_meeting(row),
        paused=row.paused,
        opens=opens,
        says_yes=stands == "sent" and row.called == "said_yes",
        calls=opens is not None and row.calls,
    )


def _how_said(row: Any) -> str:
    """How the no was said with which the person's word ended it: it may not be certain to be theirs (ADR 195)."""
    sender = getattr(row, "sender", None)
    return sender.how_said_code if sender is not None and sender_state(row) == "withdrawn" else ""


def _opening(actor: Actor, rows: Sequence[Any], at: datetime) -> dict[UUID, datetime | None]:
    """When the desks open that are closed until the answer is due, where no call reached anybody. One query, if any."""
    open_ = [row for row in rows if read_state(row) == "sent" and not row.moot]
    waiting = [row for row in open_ if not row.question and row.called not in REACHED]
    services = {row.service_id for row in waiting if row.service_id is not None and row.answer_due_at is not None}
    hours = weeks(actor, services) if services else {}
    return {
        row.pk: opens_there(hours[row.service_id], at, row.answer_due_at) for row in waiting if row.service_id in hours
    }


def _due(row: Any, stands: str, *, overdue: bool) -> datetime | None:
    if stands in ("sent", "disputed"):
        return cast("datetime | None", row.answer_due_at if stands == "sent" else row.dispute_due)
    return cast("datetime | None", row.arrival_due) if overdue else None


def _written(row: Any) -> str:
    parts = f"{row.rank}|{row.turn.astimezone(UTC).isoformat()}|{row.pk}"
    return base64.urlsafe_b64encode(parts.encode()).decode().rstrip("=")


def _cursor(written: str) -> tuple[int, datetime, UUID] | None:
    if not written or len(written) > 200:
        return None
    try:
        rank, turn, pk = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)).decode().split("|")
        at = datetime.fromisoformat(turn)
        return (int(rank) % 10_000, at, UUID(pk)) if at.tzinfo is not None else None
    except (ValueError, binascii.Error):
        return None


def _beyond(cursor: Sequence[Any], *, down: bool, rank_down: bool) -> Q:
    rank, turn, pk = cursor
    word = "lt" if down else "gt"
    return (
        Q(**{f"rank__{'lt' if rank_down else 'gt'}": rank})
        | Q(rank=rank, **{f"turn__{word}": turn})
        | Q(rank=rank, turn=turn, **{f"pk__{word}": pk})
    )
