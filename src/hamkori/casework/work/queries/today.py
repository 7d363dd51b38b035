"""What waits for one member now: late or stopped, today and soon; and the registrations they have begun.

Only what they can act on, or must know because nobody else acted. Nothing here opens anything locked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.access.scope import visible
from hamkori.access.worded import worded
from hamkori.casework.case.models import Case
from hamkori.casework.case.rules import clocks as rules
from hamkori.casework.case.rules.lifecycle import WRITABLE
from hamkori.casework.referral.models import (
    Referral,
    ReferralAccess,
    ReferralQuestion,
)
from hamkori.casework.referral.queries.age_unasked import is_unasked
from hamkori.casework.referral.queries.calls import Calls
from hamkori.casework.referral.queries.left_unseen import beside_receiver as beside_left
from hamkori.casework.referral.queries.left_unseen import may_have_left
from hamkori.casework.referral.queries.meeting import lines_of_asked
from hamkori.casework.referral.queries.on_the_way import beside_receiver, by_receiver
from hamkori.casework.referral.queries.questions import ages_said
from hamkori.casework.referral.rules.tonight import night_of
from hamkori.casework.work.queries import beside, here_now, other_age, own, sleeps_here, unheard
from hamkori.casework.work.queries.call_off import CallOff, PlaceOff, places_off, to_call_off
from hamkori.casework.work.queries.desk_rows import of_desk
from hamkori.casework.work.queries.due import Due, is_ending, is_near, is_of_the_week, start_of
from hamkori.casework.work.queries.due_of_cases import with_danger
from hamkori.casework.work.queries.due_of_help import whether_on
from hamkori.casework.work.queries.due_of_questions import asked_back, parts_asked, unsent
from hamkori.casework.work.queries.last_nights import beside_receiver as beside_night
from hamkori.casework.work.queries.last_nights import last_nights, sleeps_on_here, still_here
from hamkori.casework.work.queries.national import national
from hamkori.casework.work.queries.needs_anew import needs_anew
from hamkori.casework.work.queries.place_gone import they_said_no
from hamkori.casework.work.queries.taken_back import CallSender, Warn, to_call, to_warn
from hamkori.casework.work.queries.told_not_to_go import expected_after_all
from hamkori.casework.work.rules.worklist import (
    DISPUTED,
    RECEIVER_CLOCKS,
    WAITING,
    WAITS,
)
from hamkori.people.queries import organisations

ANSWERS = frozenset(
    {"desk.answer", "question", "part", "part.unshared", "got.dispute"}  # due from this reader
    | {"sent.answer", WAITING, DISPUTED}  # due to them
)
"""Rows whose time is one by which somebody answers; of all others it is when somebody comes, or says how it was."""
GOT = ("accepted", "serving", "disputed")
"""States of what was accepted in which its receiver may have something to do."""
SHOWN = 100
"""Rows of one kind on the page; whoever has more has a list for them."""


@dataclass(frozen=True, kw_only=True)
class Today:
    """The page: its rows, the next time limit if nothing is due, and what was looked at to find them."""

    now: datetime
    rows: tuple[Due, ...]
    next_at: datetime | None
    cases: Mapping[UUID, Case]
    referrals: Mapping[UUID, tuple[Referral, Case | None]]
    bodies: Mapping[UUID, str]
    call_off: tuple[CallOff, ...] = ()
    to_warn: tuple[Warn, ...] = ()
    call_sender: tuple[CallSender, ...] = ()
    places_off: tuple[PlaceOff, ...] = ()

    @property
    def danger(self) -> tuple[Due, ...]:
        """Somebody is in danger, and nobody helps or is asked. It stands above all, and is no lateness."""
        return tuple(row for row in self.rows if row.danger)

    @property
    def unread(self) -> tuple[Due, ...]:
        """Somebody has to call now; the coordinator's may be late as well, and one may have stopped."""
        return tuple(row for row in self.rows if row.calls_now)

    @property
    def late(self) -> tuple[Due, ...]:
        """What has passed its time, and what stopped without help; an urgent row of the coordinator is a call."""
        apart = (row for row in self.rows if (row.late or row.stopped) and not row.is_known_safe)
        return tuple(row for row in apart if not (row.for_a_call or row.in_peace))

    @property
    def soon(self) -> tuple[Due, ...]:
        """Today's, what is near, consent that ends soon, own steps of the week, what rests, and what waits anyhow."""
        return tuple(
            row
            for row in self.rows
            if not (
                row.late
                or row.stopped
                or (row.unread and not row.rests_until)
                or row.no_place
                or row.unheard
                or row.in_peace
            )
            and (
                row.what in WAITS
                or row.back_at is not None
                or any(comes(row, self.now) for comes in (is_near, is_ending, is_of_the_week))
            )
        )


def today(actor: Actor, language: str) -> Today:
    """Everything that waits for this member. Eleven queries and one for what each role reads beside."""
    at = now()
    cards = {one.id: one for one in organisations()}
    bodies = {pk: one.name(language) for pk, one in cards.items()}
    both = own.cases(actor, at, closed_too=True)
    cases = [row for row in both if row.case.state_code in WRITABLE or row.looked]  # type: ignore[attr-defined]
    read, ended = own.sent(actor, at, night_of(timezone.localtime(at))), own.ended(actor)
    sent = [pair for pair in read if pair.referral.state_code in own.OPEN]
    received, at_desk = _got(actor, at), _desk(actor, at)
    got = [row for row in received if row.referral.state_code in GOT]
    desk = [one for one in at_desk if one.state_code == "sent"]
    ids = {pair.referral_id for pair in sent} | {row.referral_id for row in got} | {card.pk for card in desk}
    clocks = own.clocks(ids)
    questions = asked_back(sent, bodies, cards, at, own.lacking(cases))
    asked = {row.referral for row in questions}
    of_cases = own.rows(cases, sent, ended, clocks, bodies, asked, at)
    rows = [
        *expected_after_all(they_said_no(of_cases, cases, bodies, at), {row.case.code: row.case_id for row in cases}),
        *questions,
        *parts_asked(sent, bodies, at),
        *unsent(read, bodies, at),
        *last_nights(cases, bodies, at),
        *needs_anew(cases),
        *whether_on(read, bodies),
        *unheard.to_ask(of_cases, cases, timezone.localdate(at)),
        *_of_got(got, clocks, bodies, at),
        *here_now.who_left(actor, received, bodies, at),
        *still_here(received, bodies),
        *of_desk(desk, clocks, bodies, at),
        *national(actor, bodies, cards, at),
    ]
    rows = unheard.marked(rows, cases)
    rows = [*here_now.of_children(cases, rows, at, bodies), *here_now.whether_on(both)]
    rows = sleeps_here.here(cases, rows)
    rows = other_age.said_by_sender(cases, beside.asked_again_once(here_now.once(rows, at)))
    rows = beside.led(beside.phoned(beside.opening(rows, sent, at), (*read, *ended)), cases, at)
    rows = with_danger(other_age.called_the_same(beside.not_asked(beside.of_own_case(rows, both))), cases)
    rows.sort(key=lambda row: (row.at or start_of(row.on) or at, row.case, row.referral))
    aims = (row for row in rows if row.back_at is None and row.what in ANSWERS)
    coming = [row.at for row in aims if row.at is not None and row.at > at]
    seen: dict[UUID, tuple[Referral, Case | None]] = {row.referral_id: (row.referral, None) for row in got}
    seen |= {one.pk: (one, None) for one in desk}
    seen |= {pair.referral_id: (pair.referral, pair.case) for pair in (*ended, *sent)}
    return Today(
        now=at,
        rows=tuple(rows),
        next_at=min(coming, default=None),
        cases={row.case_id: row.case for row in cases},
        referrals=seen,
        bodies=bodies,
        call_off=to_call_off(read, bodies, rows, both),
        to_warn=to_warn(read, bodies),
        call_sender=to_call(at_desk, received, bodies),
        places_off=places_off(both, cards, language, rows),
    )


@worded
def _got(actor: Actor, at: datetime) -> QuerySet[ReferralAccess]:
    """Requests the own body accepted, where the member was named or supervises who was; and what it has taken back."""
    return (
        beside.summed_up(ReferralAccess.objects)
        .filter(
            Exists(visible(actor, "referral.view", Referral.objects.filter(pk=OuterRef("referral_id")))),
            Q(referral__state_code__in=GOT)
            | by_receiver(at, "referral__")
            | sleeps_on_here(at)
            | may_have_left("referral__", ("finished", "confirmed")),
            membership=actor.membership_id,
            ended_at=None,
        )
        .annotate(**beside_receiver("referral__"), **beside_left(), **beside_night(at))
        .select_related("referral")
        .order_by("since")
    )


@worded
def _desk(actor: Actor, at: datetime) -> QuerySet[Referral]:
    """What waits at the member's desk, the shortest time first; and what it has taken back."""
    if "desk_officer" not in actor.roles:
        return Referral.objects.none()
    waiting = visible(actor, "referral.accept", Referral.objects.filter(Q(state_code="sent") | by_receiver(at)))
    asked = ReferralQuestion.objects.filter(referral=OuterRef("pk"), answer_code="").values("asked_at")[:1]
    said = {
        "asked_at": Subquery(asked),
        "ages_said": ages_said("pk"),
        "calls": Calls("pk"),
        "line": lines_of_asked(),
        **beside_receiver(),
    }
    return waiting.annotate(**said).order_by("answer_due_at")[:SHOWN]


def _of_got(got: Iterable[ReferralAccess], clocks: own.Clocks, bodies: own.Names, at: datetime) -> list[Due]:
    found = []
    for row in got:
        one, supervised = row.referral, row.kind_code == "supervisor"
        for clock in clocks.get(one.pk, ()):
            late = rules.late(clock.due_at, at)
            if clock.clock_code not in RECEIVER_CLOCKS or (supervised and not late):
                continue
            found.append(
                Due(
                    what=f"got.{clock.clock_code}",
                    late=late,
                    at=clock.due_at,
                    started_at=clock.started_at,
                    referral=one.code,
                    service=one.service_code,
                    body=bodies.get(one.from_organisation_id, ""),
                    on=one.arrival_on if clock.clock_code == "arrival" else None,
                    part=one.arrival_part_code,
                    agreed_at=one.agreed_at,
                    came_at=one.heard_at if clock.clock_code == "arrival" and one.heard_code == "came" else None,
                    urgency=one.urgency_code if one.state_code == "accepted" else "",
                    supervised=supervised,
                    helped_at=one.served_at,
                    as_adult=is_unasked(one, row.said_age_band, row.card_corrected_at),  # type: ignore[attr-defined]
                    **beside.in_short(row),
                )
            )
    return found
