"""The list of cases a member has a row in: filters, and pages by key, driven from their access rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.access.scope import rows_of
from hamkori.casework.case.models import CaseAccess, CaseClock
from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries.stopped import stopped, waits, waits_in_case
from hamkori.casework.screening.queries.screening import without_a_plan
from hamkori.casework.work.queries.case_page import overdue, unmet
from hamkori.definer import HkNow
from hamkori.vocabulary import codes

PAGE = 25
STAGES = ("draft", "open", "closed")
KINDS_BY_SCOPE = {"own_team": ("lead", "member"), "supervised": ("supervisor",)}
OPEN = ("sent", "accepted", "serving", "finished", "disputed")


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the list is narrowed to. Wrong values never come this far: the door drops them."""

    mine: bool = False
    late: bool = False
    unreferred: bool = False
    region: str = ""
    stage: str = ""
    part: str = ""
    """Digits that the number has in it, one after another."""


@dataclass(frozen=True)
class Dot:
    """A referral that is open, or stopped and waits for a decision; whether an answer or an arrival is late."""

    code: str
    state: str
    service: str
    late: bool
    stopped: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """A case in the list."""

    code: str
    state: str
    decision: str
    sex: str
    age_band: str
    region: str
    has_danger: bool
    is_child: bool
    next_step: str
    next_step_on: date | None
    kind: str
    late: bool
    unplanned: bool
    referrals: tuple[Dot, ...]


@dataclass(frozen=True)
class Page:
    """One page of the list; `before` and `after` are the codes the neighbouring pages start from, or ''."""

    lines: tuple[Line, ...]
    before: str
    after: str
    any_at_all: bool
    today: date


def my_rows(actor: Actor) -> QuerySet[CaseAccess]:
    """The reader's live access rows that the policy lets them use: what `case.view` shows, from the other end."""
    kinds = {kind for row in rows_of(actor, "case.view") for kind in KINDS_BY_SCOPE.get(row.scope, ())}
    return CaseAccess.objects.filter(
        membership=actor.membership_id, ended_at=None, suspended_at=None, kind_code__in=sorted(kinds)
    )


def listing(actor: Actor, filters: Filters, after: str = "", before: str = "") -> Page:
    """A page of at most 25. `after` or `before`: the code of the case where the last page ended or began."""
    at = now()
    today = timezone.localdate(at)
    rows = _narrowed(my_rows(actor), filters, today)
    backward = bool(before) and not after
    mark = _mark(actor, before if backward else after)
    if mark is not None:
        rows = rows.filter(_beyond(*mark, backward=backward))
    order = ("opened_at", "case_id") if backward else ("-opened_at", "-case_id")
    found = list(rows.select_related("case").order_by(*order)[: PAGE + 1])
    more = len(found) > PAGE
    found = found[:PAGE]
    if backward:
        found.reverse()
    dots, clocks = _dots([row.case_id for row in found], at), _clocks([row.case_id for row in found])
    unplanned = without_a_plan([row.case for row in found], today)
    lines = tuple(
        _line(row, dots.get(row.case_id, ()), row.case_id in clocks, row.case_id in unplanned, today) for row in found
    )
    earlier = more if backward else mark is not None
    later = mark is not None if backward else more
    return Page(
        lines,
        lines[0].code if lines and earlier else "",
        lines[-1].code if lines and later else "",
        bool(lines) or my_rows(actor).exists(),
        today,
    )


def nothing(actor: Actor) -> Page:
    """No case: what was asked for is no number."""
    return Page((), "", "", my_rows(actor).exists(), timezone.localdate(now()))


def _mark(actor: Actor, code: str) -> tuple[datetime, UUID] | None:
    digits = codes.parse(code) if code else None
    if digits is None:
        return None
    return my_rows(actor).filter(case__code=digits).values_list("opened_at", "case_id").first()


def _beyond(opened_at: datetime, case_id: UUID, *, backward: bool) -> Q:
    if backward:
        return Q(opened_at__gt=opened_at) | Q(opened_at=opened_at, case_id__gt=case_id)
    return Q(opened_at__lt=opened_at) | Q(opened_at=opened_at, case_id__lt=case_id)


def _narrowed(rows: QuerySet[CaseAccess], filters: Filters, today: date) -> QuerySet[CaseAccess]:
    rows = rows.exclude(case__state_code="erased")
    if filters.mine:
        rows = rows.filter(kind_code="lead")
    if filters.region:
        rows = rows.filter(case__region_code=filters.region)
    if filters.part:
        rows = rows.filter(case__code__contains=filters.part)
    if filters.stage:
        rows = rows.filter(case__state_code=filters.stage)
    if filters.unreferred:
        rows = rows.filter(~Exists(_referrals().exclude(referral__state_code__in=("draft", "discarded"))))
    if filters.late:
        rows = rows.filter(late(today))
    return rows


def _referrals() -> QuerySet[ReferralOrigin]:
    return ReferralOrigin.objects.filter(case=OuterRef("case_id"))


def late(today: date) -> Q:
    """An open case without a next step or past its day; a referral overdue or stopped; a clock that ran out."""
    step = Q(case__state_code="open") & (Q(case__next_step_on=None) | Q(case__next_step_on__lt=today))
    unanswered = Exists(_referrals().filter(referral__state_code="sent", referral__answer_due_at__lte=HkNow()))
    waited = Exists(_referrals().filter(unmet(), referral__state_code="accepted"))
    clock = Exists(CaseClock.objects.filter(case=OuterRef("case_id"), due_at__lte=HkNow()))
    return step | Q(unanswered) | Q(waited) | Q(clock) | Q(waits_in_case())


def _dots(case_ids: Iterable[UUID], at: datetime) -> dict[UUID, tuple[Dot, ...]]:
    dots: dict[UUID, tuple[Dot, ...]] = {}
    rows = ReferralOrigin.objects.filter(case__in=list(case_ids)).annotate(unmet=unmet(), waits=waits("referral_id"))
    for row in (
        rows.filter(Q(referral__state_code__in=OPEN) | Q(waits=True))
        .select_related("referral")
        .order_by("-referral__sent_at")
    ):
        one = row.referral
        is_late = overdue(row, at)
        dots[row.case_id] = (
            *dots.get(row.case_id, ()),
            Dot(one.code, one.state_code, one.service_code, is_late, stopped(one) if row.waits else ""),
        )
    return dots


def _clocks(case_ids: Iterable[UUID]) -> set[UUID]:
    return set(CaseClock.objects.filter(case__in=list(case_ids), due_at__lte=HkNow()).values_list("case_id", flat=True))


def _line(row: CaseAccess, dots: tuple[Dot, ...], clock_late: bool, unplanned: bool, today: date) -> Line:
    case: Any = row.case
    step_late = case.state_code == "open" and (case.next_step_on is None or case.next_step_on < today)
    return Line(
        code=case.code,
        state=case.state_code,
        decision=case.decision_code,
        sex=case.sex_code,
        age_band=case.age_band_code,
        region=case.region_code,
        has_danger=case.has_danger,
        is_child=case.is_child,
        next_step=case.next_step_code,
        next_step_on=case.next_step_on,
        kind=row.kind_code,
        late=step_late or clock_late or any(dot.late or dot.stopped for dot in dots),
        unplanned=unplanned,
        referrals=dots,
    )
