"""What waits for one member now: late or stopped, today and soon; and the registrations they have begun.

Only what they can act on, or must know because nobody else acted. Nothing here opens anything locked.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, Subquery

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.access.scope import visible
from hamkori.casework.case.models import Case
from hamkori.casework.case.queries.coordination import TEAM, Call
from hamkori.casework.case.queries.team import told_at
from hamkori.casework.case.rules import clocks as rules
from hamkori.casework.referral.models import (
    Referral,
    ReferralAccess,
    ReferralClock,
    ReferralOrigin,
    ReferralQuestion,
    ReferralStep,
)
from hamkori.casework.referral.queries import left
from hamkori.casework.referral.queries.closed_there import beside_origin, is_reached
from hamkori.casework.referral.queries.doubt import beside_row, doubted, doubted_asked, doubted_row
from hamkori.casework.referral.queries.parts_asked import PartsAsked
from hamkori.casework.referral.queries.stopped import newest_since, stopped, undecided
from hamkori.casework.referral.rules.card import URGENT
from hamkori.casework.work.queries import beside
from hamkori.casework.work.queries.case_list import my_rows
from hamkori.casework.work.queries.desk_rows import of_desk
from hamkori.casework.work.queries.due import Due, is_ending, is_near, is_of_the_week, start_of
from hamkori.casework.work.queries.due_of_cases import in_danger, lacks_place, of_cases, without_a_place
from hamkori.casework.work.queries.due_of_questions import asked_back, parts_asked
from hamkori.casework.work.queries.helped import in_need
from hamkori.casework.work.queries.national import national
from hamkori.casework.work.queries.no_place import was_for_a_place, without_place
from hamkori.casework.work.rules.worklist import (
    COMES,
    DOUBT,
    NOT_YET,
    RECEIVER_CLOCKS,
    SENDER_CLOCKS,
    WAITING,
    WAITS,
)
from hamkori.people.queries import organisations, phone_of

NO_TARGET = ("consent", COMES, DOUBT)
"""Rows whose time is none by which somebody answers."""
DOUBTS: Final = {COMES: doubted, WAITING: doubted_asked}
"""How a doubt about a child is asked of what waits."""
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
        return tuple(row for row in self.rows if (row.late or row.stopped) and not row.for_a_call)

    @property
    def soon(self) -> tuple[Due, ...]:
        """Today's, what is near, consent that ends soon, own steps of the week, what rests, and what waits anyhow."""
        return tuple(
            row
            for row in self.rows
            if not (row.late or row.stopped or row.unread or row.no_place)
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
    cases = list(
        my_rows(actor)
        .filter(case__state_code__in=("draft", "open"))
        .annotate(
            in_need=ExpressionWrapper(in_need(), BooleanField()),
            no_place=ExpressionWrapper(without_place(at), BooleanField()),
            lacks=ExpressionWrapper(without_place(at, though_asked=True), BooleanField()),
            told_at=told_at(),
            asks=beside.to_ask_again(),
            aged=beside.asked_at_another_age(),
            agreed_until=beside.place_agreed_until(),
        )
        .select_related("case")
        .order_by("opened_at")
    )
    sent, ended, got, desk = _sent(actor, at), _stopped(actor), _got(actor), _desk(actor)
    ids = {pair.referral_id for pair in sent} | {row.referral_id for row in got} | {card.pk for card in desk}
    clocks: dict[UUID, list[ReferralClock]] = {}
    for clock in ReferralClock.objects.filter(referral__in=list(ids)):
        clocks.setdefault(clock.referral_id, []).append(clock)
    lacking = {row.case_id for row in cases if row.lacks}
    questions = asked_back(sent, bodies, cards, at, lacking)
    asked = {row.referral for row in questions}
    rows = [
        *in_danger(cases),
        *without_a_place(cases, ended, at),
        *of_cases(cases, at),
        *(row for row in _of_sent(sent, clocks, bodies, at, lacking) if _stands(row, asked, at)),
        *_of_stopped(ended, bodies, at, {row.case_id for row in cases if lacks_place(row)}),
        *questions,
        *parts_asked(sent, bodies, at),
        *_of_got(got, clocks, bodies, at),
        *of_desk(desk, clocks, bodies, at),
        *national(actor, bodies, cards, at),
    ]
    rows = beside.asked_again_once(rows)
    rows = beside.led(beside.phoned(beside.opening(rows, sent, at), (*sent, *ended)), cases, at)
    rows.sort(key=lambda row: (row.at or start_of(row.on) or at, row.case, row.referral))
    aims = (row for row in rows if row.back_at is None and row.what not in NO_TARGET)
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
    )


def _stands(row: Due, asked: set[str], at: datetime) -> bool:
    """Whether a row of what was sent stands: not beside the question that it waits for, nor weeks before an arrival."""
    if row.what == WAITING:
        return row.referral not in asked
    return row.what != COMES or is_near(row, at) or is_of_the_week(row, at)


# ---------------------------------------------------------------- requests


def _sent(actor: Actor, at: datetime) -> list[ReferralOrigin]:
    """Open requests of the member's cases, each with the member's kind of row in the case."""
    mine = my_rows(actor).filter(case=OuterRef("case_id"))
    calls = ReferralStep.objects.filter(referral=OuterRef("referral_id"), step_code="call").order_by("-at")
    asks = ReferralStep.objects.filter(referral=OuterRef("referral_id"), step_code="ask_part")
    return list(
        ReferralOrigin.objects.filter(
            Exists(mine), referral__state_code__in=("sent", "accepted", "serving", "finished", "disputed")
        )
        .annotate(
            my_kind=Subquery(mine.values("kind_code")[:1]),
            phone=phone_of("referral__to_organisation_id"),
            **beside_origin(),
            called_at=Subquery(calls.values("at")[:1]),
            **left.beside_origin(Q(referral__state_code="sent", referral__answer_due_at__lte=at)),
            asked_parts=PartsAsked("referral_id"),
            asked_part_at=Subquery(asks.order_by("-at").values("at")[:1]),
            **beside_row(),
        )
        .select_related("referral__sender", "case")
        .order_by("referral__sent_at")
    )


def _stopped(actor: Actor) -> list[ReferralOrigin]:
    """Referrals of the member's cases that stopped, and of which nobody has decided what comes next."""
    mine = my_rows(actor).filter(case=OuterRef("case_id"))
    found = undecided(ReferralOrigin.objects.filter(Exists(mine)))
    kind, phone = Subquery(mine.values("kind_code")[:1]), phone_of("referral__to_organisation_id")
    found = found.annotate(my_kind=kind, phone=phone, agreed_until=beside.agreed_until(), **newest_since())
    found = found.annotate(**left.beside_origin())
    return list(found.select_related("referral", "case"))


def _got(actor: Actor) -> list[ReferralAccess]:
    """Requests the own body accepted, where the member was named or supervises who was."""
    return list(
        beside.summed_up(ReferralAccess.objects)
        .filter(
            Exists(visible(actor, "referral.view", Referral.objects.filter(pk=OuterRef("referral_id")))),
            membership=actor.membership_id,
            ended_at=None,
            referral__state_code__in=("accepted", "serving", "disputed"),
        )
        .select_related("referral")
        .order_by("since")
    )


def _desk(actor: Actor) -> list[Referral]:
    """What waits at the member's desk, the shortest time first."""
    if "desk_officer" not in actor.roles:
        return []
    waiting = visible(actor, "referral.accept", Referral.objects.filter(state_code="sent"))
    asked = ReferralQuestion.objects.filter(referral=OuterRef("pk"), answer_code="").values("asked_at")[:1]
    return list(waiting.annotate(asked_at=Subquery(asked)).order_by("answer_due_at")[:SHOWN])


Clocks = Mapping[UUID, list[ReferralClock]]
Names = Mapping[UUID, str]


def _of_sent(
    sent: Iterable[ReferralOrigin], clocks: Clocks, bodies: Names, at: datetime, lacking: Container[UUID]
) -> list[Due]:
    """`lacking`: cases in which nobody has a place for the person for tonight, asked or not."""
    found = []
    for pair in sent:
        one, case = pair.referral, pair.case
        for clock in clocks.get(one.pk, ()):
            what = _kind(pair, clock, at)
            if not what:
                continue
            rests = _rests(one, clock, at)
            found.append(
                Due(
                    what=what,
                    late=rules.late(clock.due_at, at) and not rests,
                    at=clock.next_at if rests else clock.due_at,
                    back_at=clock.next_at if rests else None,
                    heard=one.heard_code if rests else "",
                    heard_at=one.heard_at if rests else None,
                    started_at=clock.started_at,
                    case=case.code,
                    referral=one.code,
                    service=one.service_code,
                    body=bodies.get(one.to_organisation_id, ""),
                    to=one.to_organisation_id,
                    on=one.arrival_on if clock.clock_code == "arrival" else None,
                    part=one.arrival_part_code,
                    agreed_at=one.agreed_at,
                    sex=case.sex_code,
                    age_band=case.age_band_code,
                    region=case.region_code,
                    risk=case.risk_code if what in (WAITING, DOUBT) else "",
                    urgency=one.urgency_code if what == DOUBT and clock.clock_code == "answer" else "",
                    call=(call := _called(pair, what)),
                    answered_call=what == DOUBT and is_reached(call),
                    awaits_place=_awaits_place(pair, clock, what, lacking),
                    doubt=what == "sent.answer" and doubted_row(pair, doubted_asked),
                    nobody_else=what == "sent.answer" and left.nobody_else(pair),
                    supervised=_supervises(pair),
                )
            )
    return found


def _awaits_place(pair: ReferralOrigin, clock: ReferralClock, what: str, lacking: Container[UUID]) -> bool:
    """Beside a doubt about an ordinary one a row of the case says that there is none."""
    if clock.clock_code != "answer" or (what == DOUBT and pair.referral.urgency_code != URGENT):
        return False
    return pair.case_id in lacking and was_for_a_place(pair)


def _kind(pair: ReferralOrigin, clock: ReferralClock, at: datetime) -> str:
    """What this clock asks of the sender, or lets the sender wait for; '': nothing. A supervisor reads what is late."""
    one, late = pair.referral, rules.late(clock.due_at, at)
    if clock.clock_code not in SENDER_CLOCKS or (clock.clock_code == "arrival" and stopped(one)):
        return ""
    what = f"sent.{clock.clock_code}" if late else NOT_YET.get(clock.clock_code, f"sent.{clock.clock_code}")
    what = "sent.arrival" if _rests(one, clock, at) else what
    what = DOUBT if what in DOUBTS and doubted_row(pair, DOUBTS[what]) else what
    if _supervises(pair) and not late and what not in (WAITING, DOUBT):
        return ""
    # Who is in danger is not lost from sight once somebody was asked, however soon.
    return "" if what == WAITING and one.urgency_code != URGENT and not pair.case.has_danger else what


def _rests(one: Referral, clock: ReferralClock, at: datetime) -> bool:
    return clock.clock_code == "arrival" and rules.rests(one.heard_code, clock.next_at, at)


def _supervises(pair: ReferralOrigin) -> bool:
    return bool(pair.my_kind == "supervisor")  # type: ignore[attr-defined]


def _called(pair: Any, what: str) -> Call | None:
    """That the sender's side has called about an answer, or about a doubt since that is one, the newest."""
    asked = what in (WAITING, "sent.answer") or (
        what == DOUBT and pair.called and pair.called_at > pair.card_corrected_at
    )
    return Call(None, TEAM, pair.called, pair.called_at) if asked and pair.called else None


def _of_stopped(ended: Iterable[ReferralOrigin], bodies: Names, at: datetime, without: Container[UUID]) -> list[Due]:
    """`without`: cases in which nobody has a place for the person for tonight."""
    return [
        Due(
            what=f"stopped.{stopped(pair.referral)}",
            late=False,
            at=pair.stopped_at,  # type: ignore[attr-defined]
            case=pair.case.code,
            referral=pair.referral.code,
            service=pair.referral.service_code,
            body=bodies.get(pair.referral.to_organisation_id, ""),
            sex=pair.case.sex_code,
            age_band=pair.case.age_band_code,
            region=pair.case.region_code,
            reason=pair.referral.reason_code,
            suggested=pair.referral.suggested_service_code,
            since_help=pair.since_help or "",  # type: ignore[attr-defined]
            since_at=pair.since_at,  # type: ignore[attr-defined]
            nobody_else=left.nobody_else(pair),
            has_danger=pair.case.has_danger,
            unagreed=not beside.is_agreed(pair, at),
            supervised=pair.my_kind == "supervisor",  # type: ignore[attr-defined]
            no_place=(lacks := pair.case_id in without and was_for_a_place(pair)),
            risk=pair.case.risk_code if lacks else "",
        )
        for pair in ended
    ]


def _of_got(got: Iterable[ReferralAccess], clocks: Clocks, bodies: Names, at: datetime) -> list[Due]:
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
                    **beside.in_short(row),
                )
            )
    return found
