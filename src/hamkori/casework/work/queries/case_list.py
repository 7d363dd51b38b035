"""The list of cases a member has a row in: filters, and pages by key, driven from their access rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import StrIndex
from django.utils import timezone

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.access.worded import AsOne, worded
from hamkori.casework.case.models import CaseAccess, CaseClock
from hamkori.casework.case.queries.team import Leader, led_by
from hamkori.casework.case.queries.told_there import beside_case, is_told_there
from hamkori.casework.case.rules.age import called_by
from hamkori.casework.case.rules.days import planned_since
from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.screening.queries.screening import without_a_plan
from hamkori.casework.work.queries.case_dots import Dot, dots_of
from hamkori.casework.work.queries.due import is_unplanned, start_of, to_plan_by
from hamkori.casework.work.queries.helped import in_need, untold
from hamkori.casework.work.queries.here_now import aim_of, is_untold, told_late
from hamkori.casework.work.queries.late_clocks import OF_CHILD, late_clocks
from hamkori.casework.work.queries.looked_for import looked_of, word_of
from hamkori.casework.work.queries.mine import leaders_for, my_rows
from hamkori.casework.work.queries.other_age import child_said
from hamkori.casework.work.queries.overdue import unmet
from hamkori.casework.work.queries.peace import has_to_decide, lacks_doctor, no_to_all, of_place
from hamkori.casework.work.queries.red_cases import red_cases
from hamkori.casework.work.queries.shelter_ended import where_asked
from hamkori.casework.work.queries.urgency import KEY, beyond, by_urgency, order
from hamkori.definer import HkNow
from hamkori.vocabulary import codes

PAGE = 25
STAGES = ("draft", "open", "closed")


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the list is narrowed to. Wrong values never come this far: the door drops them."""

    mine: bool = False
    late: bool = False
    unreferred: bool = False
    region: str = ""
    stage: str = ""
    lead: UUID | None = None
    """The post that leads, for its supervisor."""
    part: str = ""
    """Digits that the number has in it, one after another."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A case in the list."""

    code: str
    state: str
    decision: str
    sex: str
    age_band: str
    children: str
    region: str
    has_danger: bool
    in_need: bool
    """Somebody is in danger, and nobody is asked for help or gives it."""
    untold: bool  # somebody is in danger, and who helps or is asked does not know of it
    no_place: bool
    """Nobody has a place for this person for tonight, or is asked for one in time (no_place.py)."""
    left: bool
    """Beside that: help has ended at a place, and it is asked where the person sleeps."""
    stays: bool
    """The person is there though their word ended it, and is asked whether they stay."""
    missing: str
    """How it was said that the person did not arrive, while nobody knows whether they are safe (looked_for.py)."""
    awaits_place: bool
    """Nobody has one yet; somebody is asked, urgently or too late."""
    ill: bool
    """A doctor is needed today, and nobody was asked, as Today says it."""
    is_child: bool
    next_step: str
    next_step_on: date | None
    kind: str
    late: bool
    in_peace: bool
    """The person said no to everything: nothing that was planned before is late."""
    brought: bool
    """A no that somebody else brought, and of which the person was not asked since (ADR 0190)."""
    unplanned: bool
    plan_by: date
    """The day on which it gets its first next step."""
    risk: str
    clock: tuple[str, date] | None
    """A time limit of the case that has passed, and its day."""
    begun_at: datetime
    lead: str
    led_by: UUID | None
    lead_alone: bool  # nobody else is on the team of the open case
    referrals: tuple[Dot, ...]


@dataclass(frozen=True)
class Totals:
    """All cases of the reader in a few numbers; `region`: the one in which all of them are, or ''."""

    open: int
    draft: int
    late: int
    every: int
    region: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of the list; `before` and `after` are the codes the neighbouring pages start from, or ''."""

    lines: tuple[Line, ...]
    before: str
    after: str
    totals: Totals
    now: datetime
    workers: tuple[tuple[UUID, str], ...] = ()  # to a supervisor: who leads cases that are not closed, by name

    @property
    def today(self) -> date:
        """The day of the page."""
        return timezone.localdate(self.now)

    @property
    def any_at_all(self) -> bool:
        return self.totals.every > 0


def listing(actor: Actor, filters: Filters, after: str = "", before: str = "") -> Page:
    """A page of at most 25, the most urgent first. `after`, `before`: the code where the last page ended or began."""
    at = now()
    when = _when(at)
    red = AsOne(red_cases(actor, at))
    backward = bool(before) and not after
    digits = codes.parse(before if backward else after)
    mark = next(iter(_mark(actor, when, red, len(red) + 1, digits)), None) if digits else None
    led = None
    if filters.lead is not None and "supervisor" in actor.roles:
        led = led_by([row.case_id for row in my_rows(actor)], filters.lead)
    found = _found(
        actor,
        when,
        red,
        len(red) + 1,
        (filters.region or None, filters.part or None, led, mark),
        mine=filters.mine,
        late=filters.late,
        unreferred=filters.unreferred,
        stage=filters.stage,
        backward=backward,
    )
    more = len(found) > PAGE
    found = found[:PAGE]
    if backward:
        found.reverse()
    lead_of = leaders_for(actor, [row.case_id for row in found])
    lines = _lines(found, at, lead_of)
    earlier = more if backward else mark is not None
    later = mark is not None if backward else more
    return Page(
        lines=lines,
        before=lines[0].code if lines and earlier else "",
        after=lines[-1].code if lines and later else "",
        totals=totals(actor, at),
        now=at,
        workers=tuple(sorted({(one.post, one.name) for one in lead_of.values() if one.name}, key=lambda one: one[1])),
    )


When = tuple[datetime, date, datetime | None, datetime | None]
"""Now and today; since when an open case, and one of whoever came by referral, may be without a next step."""
Narrowed = tuple[str | None, str | None, Sequence[UUID] | None, Sequence[Any] | None]
"""Region, digits of the number, cases of one lead worker; what the row before the page is ordered by."""


def _when(at: datetime) -> When:
    today = timezone.localdate(at)
    return at, today, *(start_of(planned_since(today, came=came)) for came in (False, True))  # type: ignore[return-value]


def _ordered(actor: Actor, when: When, red: Sequence[UUID], last: int) -> QuerySet[CaseAccess]:
    """All rows of the reader with what they are ordered by. `last`: the place of what is not red."""
    at, today, *_starts = when
    marked = my_rows(actor).annotate(
        told_there=beside_case(),
        child_said=child_said(),
        in_need=ExpressionWrapper(in_need(), BooleanField()),
        untold=ExpressionWrapper(untold(), BooleanField()),
        ill=ExpressionWrapper(lacks_doctor(), BooleanField()),
        **of_place(at),
    )
    return by_urgency(marked, (red, last), _overdue_now(when), _deadlines(), today)


@worded
def _mark(actor: Actor, when: When, red: Sequence[UUID], last: int, digits: str) -> QuerySet[CaseAccess, Any]:
    """What the case of this number is ordered by."""
    return _ordered(actor, when, red, last).filter(case__code=digits).values_list(*KEY)[:1]


@worded
def _found(
    actor: Actor,
    when: When,
    red: Sequence[UUID],
    last: int,
    narrowed: Narrowed,
    *,
    mine: bool,
    late: bool,
    unreferred: bool,
    stage: str,
    backward: bool,
) -> QuerySet[CaseAccess]:
    """A page, and one row more."""
    region, part, led, mark = narrowed
    rows = _ordered(actor, when, red, last).exclude(case__state_code="erased")
    given = {
        "kind_code": "lead" if mine else None,
        "case__region_code": region,
        "case__state_code": stage or None,
        "case__in": led,
    }
    rows = rows.filter(**{name: value for name, value in given.items() if value is not None})
    if part is not None:
        rows = rows.alias(digits=StrIndex("case__code", Value(part))).filter(digits__gt=0)
    if unreferred:
        rows = rows.filter(_unreferred())
    if late:
        rows = rows.filter(_late(when))
    if mark is not None:
        rows = rows.filter(beyond(mark, backward=backward))
    return rows.select_related("case").order_by(*order(backward=backward))[: PAGE + 1]


def _lines(found: list[CaseAccess], at: datetime, lead_of: Mapping[UUID, Leader]) -> tuple[Line, ...]:
    today, ids = timezone.localdate(at), [row.case_id for row in found]
    gone_from = {one.referral for one in looked_of(found).values()}
    dots, clocks = dots_of(ids, at, gone_from), late_clocks(ids)
    unplanned = without_a_plan([row.case for row in found], today)
    return tuple(
        _line(
            row,
            dots.get(row.case_id, ()),
            clock=_untold(row, at) or clocks.get(row.case_id),
            unplanned=row.case_id in unplanned,
            lead=lead_of.get(row.case_id),
            today=today,
        )
        for row in found
    )


def _untold(row: CaseAccess, at: datetime) -> tuple[str, date] | None:
    """As a time limit: child protection is not told of a child who came by referral, and that is late."""
    late = row.kind_code == "lead" and is_untold(row.case) and aim_of(row.case) <= at and not row.told_there  # type: ignore[attr-defined]
    return ("child", timezone.localdate(aim_of(row.case))) if late else None


def totals(actor: Actor, at: datetime) -> Totals:
    """How many cases the reader has, and how many of them are late. One query."""
    found = (
        my_rows(actor)
        .exclude(case__state_code="erased")
        .aggregate(
            open=Count("pk", filter=Q(case__state_code="open")),
            draft=Count("pk", filter=Q(case__state_code="draft")),
            late=Count("pk", filter=_late(_when(at))),
            every=Count("pk"),
            first=Min("case__region_code", filter=~Q(case__state_code="closed")),
            last=Max("case__region_code", filter=~Q(case__state_code="closed")),
        )
    )
    region = found.pop("first") or ""
    return Totals(
        **{name: found[name] for name in ("open", "draft", "late", "every")},
        region=region if region == found["last"] else "",
    )


def nothing(actor: Actor) -> Page:
    """No case: what was asked for is no number."""
    at = now()
    return Page(lines=(), before="", after="", totals=totals(actor, at), now=at)


def _deadlines() -> tuple[Subquery, ...]:
    """Of a case the day of the next answer that is due, of the next arrival, and of its next clock."""
    comes = _referrals().filter(referral__state_code="accepted", referral__heard_code="", referral__missed_at=None)
    arrivals = Subquery(comes.order_by("referral__arrival_on").values("referral__arrival_on")[:1])
    answers = _referrals().filter(referral__state_code="sent").order_by("referral__answer_due_at")
    clocks = CaseClock.objects.filter(case=OuterRef("case_id")).order_by("due_at")
    due = Subquery(answers.values("referral__answer_due_at__date")[:1])
    return due, arrivals, Subquery(clocks.values("due_at__date")[:1])


def _unreferred() -> Q:
    return Q(~Exists(_referrals().exclude(referral__state_code__in=("draft", "discarded"))))


def _referrals() -> QuerySet[ReferralOrigin]:
    return ReferralOrigin.objects.filter(case=OuterRef("case_id"))


def _late(when: When) -> Q:
    """What is overdue, and a referral that stopped."""
    return _overdue_now(when) | has_to_decide()


def _overdue_now(when: When) -> Q:
    """An open case past its step, or without one after its day for it, unless the person said no to everything;
    a referral or a clock past its time.
    """
    _at, today, *starts = when
    over = (
        Q(case__from_referral=came, case__opened_at__lt=before)
        for came, before in zip((False, True), starts, strict=True)
    )
    unplanned = Q(case__next_step_on=None) & (next(over) | next(over))
    step = Q(case__state_code="open") & (unplanned | Q(case__next_step_on__lt=today)) & ~Q(no_to_all())
    unanswered = Exists(_referrals().filter(referral__state_code="sent", referral__answer_due_at__lte=HkNow()))
    waited = Exists(_referrals().filter(unmet()))
    clocks = CaseClock.objects.filter(case=OuterRef("case_id"), due_at__lte=HkNow())
    clock = Exists(clocks.exclude(OF_CHILD & is_told_there()))
    return step | Q(unanswered) | Q(waited) | Q(clock) | told_late()


def _line(
    row: CaseAccess,
    dots: tuple[Dot, ...],
    *,
    clock: tuple[str, date] | None,
    unplanned: bool,
    lead: Leader | None,
    today: date,
) -> Line:
    case: Any = row.case
    late = is_unplanned(case, today) or (case.next_step_on is not None and case.next_step_on < today)
    in_peace = bool(row.no_to_all)  # type: ignore[attr-defined]
    step_late = case.state_code == "open" and late and not in_peace
    return Line(
        code=case.code,
        state=case.state_code,
        decision=case.decision_code,
        sex=case.sex_code,
        age_band=called_by(case.age_band_code, row.child_said or ""),  # type: ignore[attr-defined]
        children=case.children_code,
        region=case.region_code,
        has_danger=case.has_danger,
        in_need=row.in_need,  # type: ignore[attr-defined]
        untold=row.untold,  # type: ignore[attr-defined]
        no_place=row.no_place,  # type: ignore[attr-defined]
        left=row.no_place and where_asked(row.left) is not None,  # type: ignore[attr-defined]
        stays=row.no_place and row.stays,  # type: ignore[attr-defined]
        missing=word_of(row.looked),  # type: ignore[attr-defined]
        awaits_place=row.lacks and not row.no_place,  # type: ignore[attr-defined]
        ill=row.ill,  # type: ignore[attr-defined]
        is_child=case.is_child,
        next_step=case.next_step_code,
        next_step_on=case.next_step_on,
        kind=row.kind_code,
        late=step_late or clock is not None or any(dot.late or dot.stopped for dot in dots),
        in_peace=in_peace,
        brought=case.state_code == "open" and row.brought,  # type: ignore[attr-defined]
        unplanned=unplanned or (case.next_step_on is None and not late),
        plan_by=to_plan_by(case),
        risk=case.risk_code,
        clock=clock,
        begun_at=case.begun_at,
        lead=lead.name if lead else "",
        led_by=lead.post if lead else None,
        lead_alone=lead is not None and lead.alone and case.state_code == "open",
        referrals=dots,
    )
