"""What the reader's own cases bring to Today: the cases themselves, what was sent from them, and what of it stopped.

The list of cases goes by the same rows (red_cases.py).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery

from hamkori.access.actor import Actor
from hamkori.access.worded import worded
from hamkori.casework.case.models import CaseAccess
from hamkori.casework.case.queries.arrival_calls import is_gone
from hamkori.casework.case.queries.coordination import FRUITLESS
from hamkori.casework.case.queries.place_told import LATELY, beside_case, found_lately
from hamkori.casework.case.queries.said_before import needs_asked
from hamkori.casework.case.queries.team import told_at
from hamkori.casework.case.rules import clocks as rules
from hamkori.casework.referral.models import ReferralClock, ReferralOrigin, ReferralStep
from hamkori.casework.referral.queries import calls as called
from hamkori.casework.referral.queries import left
from hamkori.casework.referral.queries.closed_there import beside_origin, is_reached
from hamkori.casework.referral.queries.doubt import beside_row, doubted, doubted_asked, doubted_row
from hamkori.casework.referral.queries.goes_on import asks_whether_on
from hamkori.casework.referral.queries.helped_on import beside_case as beside_own_case
from hamkori.casework.referral.queries.helped_on import is_closed_there
from hamkori.casework.referral.queries.meeting import beside_expected, person_told_at
from hamkori.casework.referral.queries.moved import has_moved, moved_since
from hamkori.casework.referral.queries.note import has_note
from hamkori.casework.referral.queries.on_the_way import beside_origin as beside_taken_back
from hamkori.casework.referral.queries.on_the_way import ended_since
from hamkori.casework.referral.queries.parts_asked import PartsAsked
from hamkori.casework.referral.queries.paused import paused
from hamkori.casework.referral.queries.stopped import newest_since, stopped, undecided
from hamkori.casework.referral.rules.card import URGENT, in_hurry
from hamkori.casework.referral.rules.stopped import MISSED
from hamkori.casework.work.queries import beside, other_age, own_calls
from hamkori.casework.work.queries.call_off import beside_ended, ended_lately
from hamkori.casework.work.queries.due import Due, first_of, is_near, is_of_the_week
from hamkori.casework.work.queries.due_of_cases import (
    in_danger,
    lacking_places,
    missing,
    needs_a_doctor,
    of_cases,
    without_a_place,
)
from hamkori.casework.work.queries.due_of_found import places_found, sleeping
from hamkori.casework.work.queries.due_of_help import doubted_there
from hamkori.casework.work.queries.helped import of_danger
from hamkori.casework.work.queries.last_nights import beside_last_night
from hamkori.casework.work.queries.looked_for import Looked, LookedFor, looked_by_name, of_it, with_closed
from hamkori.casework.work.queries.mine import my_rows
from hamkori.casework.work.queries.needed import beside_needs
from hamkori.casework.work.queries.no_doctor import ASKED_FOR, without_a_doctor
from hamkori.casework.work.queries.no_place import SHELTER, of_tonight, was_for_a_place
from hamkori.casework.work.queries.not_here import housed, needs_place_of
from hamkori.casework.work.queries.peace import (
    adult_knows,
    beside_brought,
    left_in_peace,
    no_to_all,
    place_in_peace,
    referral_left_in_peace,
    said_no,
)
from hamkori.casework.work.queries.said_safe import Safe, beside_stopped, safe_of
from hamkori.casework.work.queries.still_there import beside_case as beside_still
from hamkori.casework.work.queries.who_comes import beside_told, of_who_comes
from hamkori.casework.work.rules.worklist import (
    COMES,
    DOUBT,
    NOT_YET,
    SENDER_CLOCKS,
    WAITING,
)
from hamkori.people.queries import phone_of

Clocks = Mapping[UUID, list[ReferralClock]]
Names = Mapping[UUID, str]
OPEN: Final = ("sent", "accepted", "serving", "finished", "disputed")  # not over for its sender
NOTHING_MORE, DRAFT = Q(pk__in=[]), Q(referral__state_code="draft")
DOUBTS: Final = {COMES: doubted, WAITING: doubted_asked}
"""How a doubt about a child is asked of what waits."""


@worded
def cases(actor: Actor, at: datetime, *, closed_too: bool = False) -> QuerySet[CaseAccess]:
    """The member's cases that are not closed, with what their rows are made of; of the others those in which somebody
    is looked for. `closed_too`: closed lately after a place was found by telephone, or while help goes on, too.
    """
    lately = Q(case__state_code="closed", case__closed_at__gt=at - LATELY) & Q(found_lately(at)) | is_closed_there()
    return (
        my_rows(actor)
        .annotate(looked=LookedFor())
        .filter(with_closed(at) | (lately if closed_too else NOTHING_MORE))
        .annotate(
            **of_danger(),
            **of_tonight(at),
            told=beside_case(at),
            still=beside_still(at),
            **beside_own_case(),
            no_doctor=ExpressionWrapper(without_a_doctor(), BooleanField()),
            told_at=told_at(),
            asks=beside.to_ask_again(),
            **other_age.beside_case(),
            aged=beside.asked_at_another_age(),
            answered_since=beside.answered_at_this_age(),
            agreed_until=beside.said_until(*SHELTER),
            said_last=beside.said_last(*SHELTER),
            doctor_last=beside.said_last(*ASKED_FOR),
            doctor_until=beside.said_until(*ASKED_FOR),
            no_to_all=no_to_all(),
            said_no=said_no(),
            **beside_brought(),
            adult_knows=adult_knows(),
            place_in_peace=ExpressionWrapper(place_in_peace(), BooleanField()),
            doctor_in_peace=left_in_peace(*ASKED_FOR),
            **beside_needs(),
            **beside_last_night(at) | needs_asked("case_id"),
        )
        .select_related("case")
        .order_by("opened_at")
    )


@worded
def sent(actor: Actor, at: datetime, night: date | None = None) -> QuerySet[ReferralOrigin]:
    """Open requests of the member's cases, each with the member's kind of row in the case. `night`: and what was ended
    before anybody accepted, lately; what was taken back since it was agreed for this night or later; and drafts.
    """
    mine = my_rows(actor).filter(case=OuterRef("case_id"))
    also = DRAFT | ended_lately(at) | ended_since(night, at) | asks_whether_on() if night is not None else NOTHING_MORE
    elsewhere = Q(referral__state_code="sent") & (Q(referral__answer_due_at__lte=at) | Q(called__in=FRUITLESS))
    asks = ReferralStep.objects.filter(referral=OuterRef("referral_id"), step_code="ask_part")
    return (
        ReferralOrigin.objects.filter(Q(referral__state_code__in=OPEN) | also, Exists(mine))
        .annotate(
            my_kind=Subquery(mine.values("kind_code")[:1]),
            my_parts=Subquery(mine.values("sections")[:1]),
            phone=phone_of("referral__to_organisation_id"),
            **beside_origin(),
            **left.beside_origin(elsewhere),
            asked_parts=PartsAsked("referral_id"),
            **beside_expected("referral_id") | beside_told(),
            moved=moved_since("referral__state_code", "referral_id"),
            asked_part_at=Subquery(asks.order_by("-at").values("at")[:1]),
            paused=paused("referral__state_code", "referral_id"),
            has_note=has_note("referral__state_code", "referral_id"),
            **beside_row(),
            agreed_until=beside.agreed_of_who_came(),
            **beside_ended(),
            **beside_taken_back(),
            asks_on=ExpressionWrapper(asks_whether_on(), BooleanField()),
        )
        .select_related("referral__sender", "case")
        .order_by("referral__sent_at")
    )


@worded
def ended(actor: Actor) -> QuerySet[ReferralOrigin]:
    """Referrals of the member's cases that stopped, and of which nobody has decided what comes next."""
    mine = my_rows(actor).filter(case=OuterRef("case_id"))
    found = undecided(ReferralOrigin.objects.filter(Exists(mine)))
    kind, phone = Subquery(mine.values("kind_code")[:1]), phone_of("referral__to_organisation_id")
    found = found.annotate(my_kind=kind, phone=phone, agreed_until=beside.agreed_until(), **newest_since())
    found = found.annotate(calls=called.calls_of_stopped("referral__state_code", "referral_id"), safe=beside_stopped())
    key = (OuterRef("referral__recipient_kind_code"), OuterRef("referral__purpose_code"))
    found = found.annotate(said_last=beside.said_last(*key), peace=referral_left_in_peace(), **left.beside_origin())
    return found.select_related("referral", "case")


def clocks(ids: set[UUID]) -> Clocks:
    """The clocks of these referrals."""
    found: dict[UUID, list[ReferralClock]] = {}
    for clock in _clocks(list(ids)):
        found.setdefault(clock.referral_id, []).append(clock)
    return found


@worded
def _clocks(ids: list[UUID]) -> QuerySet[ReferralClock]:
    return ReferralClock.objects.filter(referral__in=ids)


def lacking(found: Iterable[CaseAccess]) -> set[UUID]:
    """The cases in which nobody has a place for the person for tonight, asked or not."""
    return {row.case_id for row in found if row.lacks}  # type: ignore[attr-defined]


def rows(
    of: list[CaseAccess],
    sent_on: list[ReferralOrigin],
    stops: list[ReferralOrigin],
    times: Clocks,
    bodies: Names,
    asked: Container[str],
    at: datetime,
) -> list[Due]:
    """The rows of these cases and of what was sent from them; `asked`: whose desk waits for an answer itself."""
    looked = looked_by_name(of, bodies)
    apart = {case: one for case, one in looked.items() if one.referral not in {pair.referral_id for pair in stops}}
    gone, of = missing(of, apart, bodies), [row for row in of if row.case.state_code != "closed"]
    without = lacking_places(of, bodies)
    return [
        *in_danger(of),
        *without_a_place(of, stops, sent_on, bodies, at, apart),
        *gone,
        *places_found(of, sent_on, bodies, at, looked),
        *sleeping(of, at, looked),
        *needs_a_doctor(of, at),
        *of_cases(of, at),
        *(row for row in _of_sent(sent_on, times, bodies, at, lacking(of)) if _stands(row, asked, at)),
        *doubted_there(sent_on, bodies),
        *_of_stopped(stops, bodies, at, without, housed(sent_on), looked),
    ]


def _stands(row: Due, asked: Container[str], at: datetime) -> bool:
    """Whether a row of what was sent stands: not beside the question that it waits for, nor weeks before an arrival."""
    if row.what == WAITING:
        return row.referral not in asked
    return row.what != COMES or is_near(row, at) or is_of_the_week(row, at)


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
            rests, before, no = _rests(pair, clock, at), own_calls.yes_before(pair, what), own_calls.no_of(pair, what)
            call = called.counting(calls := own_calls.calls_of(pair, what, before, no))
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
                    children=case.children_code,
                    region=case.region_code,
                    risk=case.risk_code if what in (WAITING, DOUBT) else "",
                    urgency=one.urgency_code if clock.clock_code == "answer" and what in (DOUBT, "sent.answer") else "",
                    first=first_of(case),
                    call=own_calls.first_of_row(pair, what, call, no),
                    before_call=called.second(calls, call) or own_calls.against(pair, what),
                    yes_before=before,
                    no_since=no,
                    answered_call=what == DOUBT and not (before or no) and is_reached(call),
                    awaits_place=_awaits_place(pair, clock, what, lacking),
                    doubt=(what == "sent.answer" or before is not None) and doubted_row(pair, doubted_asked),
                    version=one.version,
                    **_told(pair, what),
                    **of_who_comes(pair, what, at),
                    **beside.of_result(pair, what, at),
                    nobody_else=what in (WAITING, "sent.answer") and left.nobody_else(pair),
                    again=_again(pair, bodies) if what in (WAITING, "sent.answer") else None,
                    moot=pair.moot if what in (WAITING, "sent.answer") else "",  # type: ignore[attr-defined]
                    supervised=_supervises(pair),
                    unagreed=beside.cannot_confirm(pair, what, at),
                )
            )
    return found


def _again(pair: ReferralOrigin, bodies: Names) -> left.Again | None:
    """Who alone is left to be asked, and had no room hours ago, by name."""
    once = left.again(pair)
    return once and replace(once, name=bodies.get(once.body, ""))


def _awaits_place(pair: ReferralOrigin, clock: ReferralClock, what: str, lacking: Container[UUID]) -> bool:
    """Beside a doubt about an ordinary one a row of the case says that there is none."""
    if clock.clock_code != "answer" or (what == DOUBT and pair.referral.urgency_code != URGENT):
        return False
    if what in (WAITING, "sent.answer") and pair.moot:  # type: ignore[attr-defined]
        return False  # the other referral says it
    return pair.case_id in lacking and was_for_a_place(pair)


def _kind(pair: ReferralOrigin, clock: ReferralClock, at: datetime) -> str:
    """What this clock asks of the sender, or lets the sender wait for; '': nothing. A supervisor reads what is late."""
    one, late = pair.referral, rules.late(clock.due_at, at)
    if clock.clock_code not in SENDER_CLOCKS or (clock.clock_code == "arrival" and stopped(one)):
        return ""
    what = f"sent.{clock.clock_code}" if late else NOT_YET.get(clock.clock_code, f"sent.{clock.clock_code}")
    what = "sent.arrival" if _rests(pair, clock, at) else what
    doubts = what in DOUBTS and (doubted_row(pair, DOUBTS[what]) or own_calls.yes_before(pair, what) is not None)
    doubts = doubts or (what == COMES and called.no_since(one, called.of_sender(pair)) is not None)
    what = DOUBT if doubts else what
    if _supervises(pair) and not late and what not in (WAITING, DOUBT) and not _in_sight(pair, what):
        return ""
    # Who is in danger is not lost from sight once somebody was asked, however soon.
    return "" if what == WAITING and one.urgency_code != URGENT and not pair.case.has_danger else what


def _in_sight(pair: ReferralOrigin, what: str) -> bool:
    """Whether a supervisor sees who was accepted and is not there yet before that is late: also who has moved since."""
    of_arrival = what in (COMES, "sent.arrival")
    grave = of_arrival and in_hurry(pair.referral.urgency_code, pair.case.risk_code, pair.case.age_band_code)
    return grave or (what == COMES and has_moved(pair, pair.referral))


def _told(pair: ReferralOrigin, what: str) -> dict[str, Any]:
    """When the person was told what is agreed; what they were told before they moved has to be asked again."""
    asks = not (moved := what == COMES and has_moved(pair, pair.referral)) and what in (COMES, WAITING, "sent.answer")
    return {"person_told": person_told_at(pair) if asks else None, "moved": moved}


def _rests(pair: ReferralOrigin, clock: ReferralClock, at: datetime) -> bool:
    said = clock.clock_code == "arrival" and rules.rests(pair.referral.heard_code, clock.next_at, at)
    return said and not is_gone(own_calls.heard_of(pair, "sent.arrival"))


def _supervises(pair: ReferralOrigin) -> bool:
    return bool(pair.my_kind == "supervisor")  # type: ignore[attr-defined]


def _safe(pair: ReferralOrigin) -> Safe | None:
    """Of who did not come: that they are safe, as somebody has said since."""
    return safe_of(pair.safe) if stopped(pair.referral) == MISSED else None  # type: ignore[attr-defined]


def _of_stopped(
    ended: Iterable[ReferralOrigin],
    bodies: Names,
    at: datetime,
    without: Mapping[UUID, str],
    elsewhere: Container[UUID],
    looked: Mapping[UUID, Looked],
) -> list[Due]:
    """`without`: `lacking_places`; `elsewhere`: cases in which a place is accepted; `looked`: who is looked for."""
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
            children=pair.case.children_code,
            region=pair.case.region_code,
            reason=pair.referral.reason_code,
            suggested=pair.referral.suggested_service_code,
            since_help=pair.since_help or "",  # type: ignore[attr-defined]
            since_at=pair.since_at,  # type: ignore[attr-defined]
            since_waits=pair.since_code if pair.since_state == "sent" else "",  # type: ignore[attr-defined]
            nobody_else=left.nobody_else(pair),
            again=_again(pair, bodies),
            has_danger=pair.case.has_danger,
            first=first_of(pair.case),
            unagreed=not beside.is_agreed(pair, at),
            refused=beside.is_no(pair.said_last),  # type: ignore[attr-defined]
            peace=bool(pair.peace),  # type: ignore[attr-defined]
            said_yes=called.had_said_yes(pair.referral, called.of_sender(pair)),
            supervised=pair.my_kind == "supervisor",  # type: ignore[attr-defined]
            no_place=(lacks := pair.case_id in without and was_for_a_place(pair)),
            left=without[pair.case_id] if lacks else "",
            unheard=lacks and beside.is_unheard(pair.said_last),  # type: ignore[attr-defined]
            not_here=(gone := of_it(pair, looked)) is not None,
            looked=gone,
            said_come=gone is not None and gone.said_come,
            call=gone.call if gone is not None else None,
            there=gone.there if gone is not None else called.heard_there(pair.referral, called.of_sender(pair)),
            unplaced=gone is not None and needs_place_of(pair, elsewhere),
            safe=(safe := None if gone else _safe(pair)),
            phone=(getattr(pair, "phone", "") or "") if gone is not None or safe is not None else "",
            risk=pair.case.risk_code,
            urgency=pair.referral.urgency_code,
        )
        for pair in ended
    ]
