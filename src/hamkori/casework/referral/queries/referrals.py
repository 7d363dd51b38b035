"""Referrals as their sender sees them: one by its code, the list of those that were sent, and one whole page."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.access.scope import visible
from hamkori.audit.queries import Opened, referral_opened
from hamkori.casework.case.models import Case as CaseRecord
from hamkori.casework.case.models import CaseAccess
from hamkori.casework.case.queries.shown import meant
from hamkori.casework.case.queries.team import my_access
from hamkori.casework.case.rules.clocks import RESTING, late, rests
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.models import (
    Referral,
    ReferralCard,
    ReferralClock,
    ReferralOrigin,
    ReferralQuestion,
    ReferralStep,
    ReferralWord,
)
from hamkori.casework.referral.queries.answers import ReferralFacts
from hamkori.casework.referral.queries.narrowed import was_narrowed
from hamkori.casework.referral.queries.origin import case_behind
from hamkori.casework.referral.queries.permit import agreed_as_shown
from hamkori.casework.referral.queries.questions import Question, questions_of
from hamkori.casework.referral.queries.stopped import stopped, waiting, waits
from hamkori.casework.referral.rules.lifecycle import KEPT_ENDINGS
from hamkori.directory.models import Service
from hamkori.people.facts import Beside, believed
from hamkori.people.models import Organisation
from hamkori.people.queries import names, phone_of
from hamkori.refusal import ENDED, NotVisible
from hamkori.vocabulary.codes import is_code
from hamkori.vocabulary.country import READ_FIRST

PAGE = 25
SENDER = frozenset({Side.SENDER, Side.SENDER_SUPERVISOR})
CHIPS = ("needs_me", "waiting", "accepted", "ended")
RANKED = ("sent", "finished", "disputed", "accepted", "serving", "draft")  # after what stopped
CLEARED = ("discarded",)  # drafts that were thrown away: in no list


def referral(actor: Actor, code: str) -> Referral:
    """One referral for whoever stands on any side of it. NotVisible: malformed, unknown and foreign alike."""
    if not is_code(code):
        raise NotVisible
    found = (
        visible(actor, "referral.view", Referral.objects.all())
        .select_related("to_organisation", "from_organisation", "sender")
        .annotate(closing=closing(), waits=waits(), settled=waits(settled=True), narrowed=was_narrowed())
        .annotate(phone=phone_of("to_organisation_id"), sender_phone=phone_of("from_organisation_id"))
        .annotate(admits=Subquery(Service.objects.filter(pk=OuterRef("service_id")).values("admission_codes")[:1]))
        .filter(code=code)
        .first()
    )
    if found is None:
        raise NotVisible
    meant(actor, "referral", found.pk)
    return found


def sides(found: Referral) -> frozenset[str]:
    """On which sides of it the acting membership stands: S SV D R RV."""
    return frozenset(definer.value("referral_sides", found.pk) or ())


def closing() -> Exists:
    """Her word against it stands, and somebody holds it: nothing of it opens, and the clock is about to end it."""
    return Exists(ReferralWord.objects.filter(referral=OuterRef("pk")))


def is_closing(found: Referral) -> bool:
    """Whether it was found so. What was not asked when it was read is not so."""
    return bool(getattr(found, "closing", False))


def is_being_closed(found: Referral) -> bool:
    """The same, asked now."""
    return ReferralWord.objects.filter(referral=found).exists()


def read_state(found: Referral) -> str:
    """The state as both sides read it: what is being closed has ended for everybody."""
    return ENDED if is_closing(found) else found.state_code


def sender_state(found: Referral) -> str:
    """The state as its sender reads it: of a request that was taken back, by whom. Receivers have no such row."""
    if is_closing(found):
        return "withdrawn"
    kept = getattr(found, "sender", None)
    return (kept.ending_code if kept is not None else "") or found.state_code


def by_whom(step: ReferralStep) -> UUID | None:
    """Who took a step; None for another body's people, and for the clock."""
    by = getattr(step, "by", None)
    return by.membership_id if by is not None else None


def name_of(step: ReferralStep, known: Mapping[UUID, str]) -> str:
    """The name of whoever took a step, if they are among those; else ''."""
    by = by_whom(step)
    return known.get(by, "") if by is not None else ""


def body_name(organisation: Organisation, asked: UUID, language: str) -> str:
    """A body's name in a language, else in any that is written down; a sentence where the name is not what it was.

    `asked`: its id as the request names it.
    """
    if not believed(lambda: [Beside(None, organisation, asked)]):
        return _("This name cannot be confirmed.")
    order = (language, *READ_FIRST)
    return next((name for code in order if (name := getattr(organisation, f"name_{code}", ""))), organisation.slug)


# --- the list ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Line:
    """One referral in the list. `due`: what its state waits for, None if it waits for nobody.

    `overdue`: the agreed part of the day is over, and nobody said whether she came. `heard`: what the sender said of it
    until the clock asks again.
    """

    code: str
    case_code: str
    state: str
    service_code: str
    organisation: Any
    organisation_id: UUID
    urgency: str
    due: datetime | None
    since: datetime | None
    question: bool
    missed: bool
    heard: str
    overdue: bool
    stopped: str
    ended_at: datetime | None


@dataclass(frozen=True)
class Page:
    """A page of the list with its cursors ('' at the ends) and the time of the world."""

    lines: tuple[Line, ...]
    before: str
    after: str
    at: datetime


def sent(actor: Actor, chip: str = "", *, after: str = "", before: str = "", size: int = PAGE) -> Page:
    """What the actor's cases have sent, by state and time left; of the ended ones the newest first."""
    at = now()
    ended = chip == "ended"
    found = _chosen(_of_mine(actor, at), chip, at)
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
    lines = tuple(_line(row, cases.get(row.pk, ""), at) for row in rows)
    return Page(lines, _written(rows[0]) if has_before else "", _written(rows[-1]) if has_after else "", at)


def _of_mine(actor: Actor, at: datetime) -> QuerySet[Referral]:
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
            stopped=waits(),
            arrival_due=arrival_clock("due_at"),
            arrival_next=arrival_clock("next_at"),
            rank=Case(
                When(stopped=True, then=Value(0)),
                *(When(state_code=state, then=Value(n)) for n, state in enumerate(RANKED, 1)),
                default=Value(len(RANKED) + 1),
                output_field=IntegerField(),
            ),
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


def arrival_clock(column: str) -> Subquery:
    """Of the clock that waits for the person: the end of the agreed part of day, or when it tells somebody next."""
    running = ReferralClock.objects.filter(referral=OuterRef("pk"), clock_code="arrival")
    return Subquery(running.values(column)[:1])


def needs_me(at: datetime) -> Q:
    """What waits for the sender: a question, a late answer, a result, an arrival, a draft, what stopped."""
    waits = Q(question=True) | Q(answer_due_at__lte=at)
    return (
        Q(state_code__in=("draft", "finished"))
        | Q(stopped=True)
        | (Q(state_code="sent") & waits)
        | (Q(state_code="accepted", arrival_due__lte=at) & ~Q(heard_code__in=RESTING, arrival_next__gt=at))
    )


def _chosen(found: QuerySet[Referral], chip: str, at: datetime) -> QuerySet[Referral]:
    match chip:
        case "needs_me":
            return found.filter(needs_me(at))
        case "waiting":
            return found.filter(state_code="sent")
        case "accepted":
            return found.filter(state_code__in=("accepted", "serving"))
        case "ended":
            return found.filter(state_code__in=KEPT_ENDINGS)
        case _:
            return found.filter(~Q(state_code__in=KEPT_ENDINGS) | Q(stopped=True))


def _line(row: Any, case_code: str, at: datetime) -> Line:
    stands = read_state(row)
    rested = rests(row.heard_code, row.arrival_next, at)
    overdue = stands == "accepted" and late(row.arrival_due, at) and not rested
    return Line(
        code=row.code,
        case_code=case_code,
        state=sender_state(row),
        service_code=row.service_code,
        organisation=row.to_organisation,
        organisation_id=row.to_organisation_id,
        urgency=row.urgency_code,
        due=row.answer_due_at if stands == "sent" else row.arrival_due if overdue else None,
        since=row.visible_at,
        question=stands == "sent" and row.question,
        missed=stands == "accepted" and (row.missed_at is not None or row.heard_code == "did_not_come"),
        heard=row.heard_code if stands == "accepted" and rested else "",
        overdue=overdue,
        stopped=stopped(row) if row.stopped else "",
        ended_at=row.ended_at,
    )


def _written(row: Any) -> str:
    parts = f"{row.rank}|{row.turn.astimezone(UTC).isoformat()}|{row.pk}"
    return base64.urlsafe_b64encode(parts.encode()).decode().rstrip("=")


def _cursor(written: str) -> tuple[int, datetime, UUID] | None:
    if not written or len(written) > 200:
        return None
    try:
        rank, turn, pk = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)).decode().split("|")
        at = datetime.fromisoformat(turn)
        return (int(rank) % 10, at, UUID(pk)) if at.tzinfo is not None else None
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


# --- one page ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A step that was taken. `name`: of somebody in the reader's own body, else ''; `side` tells from where."""

    step: str
    to: str
    side: str
    reason: str
    at: datetime
    name: str


@dataclass(frozen=True, kw_only=True)
class SenderPage:
    """All that the sender's page shows. `waits`: how it stopped, undecided; `settled`: nothing more is to do."""

    referral: Referral
    facts: ReferralFacts
    case: CaseRecord
    sides: frozenset[str]
    card: ReferralCard
    asked: tuple[Question, ...]
    taken: tuple[Taken, ...]
    clock: tuple[str, datetime, datetime] | None
    next_at: datetime | None
    live: bool
    named: bool
    waits: str
    settled: bool
    until: datetime | None
    holds: frozenset[str]
    opened: tuple[Opened, ...]
    at: datetime

    @property
    def open_question(self) -> Question | None:
        return next((one for one in self.asked if one.answered_at is None), None)


def sender_page(actor: Actor, found: Referral, on: frozenset[str]) -> SenderPage:
    """The page of a referral for a reader on the sender's side. NotVisible for everybody else."""
    if not on & SENDER:
        raise NotVisible
    case = case_behind(actor, found)
    access = my_access(case.pk, actor.membership_id)
    steps = list(ReferralStep.objects.filter(referral=found).select_related("by").order_by("at", "pk"))
    known = names({by for step in steps if (by := by_whom(step)) is not None})
    clock = None if is_closing(found) else ReferralClock.objects.filter(referral=found).order_by("due_at").first()
    at = (agreed := agreed_as_shown(found)).asked_at or now()
    return SenderPage(
        referral=found,
        facts=ReferralFacts(actor, at, found),
        case=case,
        sides=on,
        card=ReferralCard.objects.get(referral=found),
        asked=questions_of([found.pk]).get(found.pk, ()),
        taken=tuple(_taken(row, known) for row in steps),
        clock=(clock.clock_code, clock.started_at, clock.due_at) if clock is not None else None,
        next_at=clock.next_at if clock is not None else None,
        live=agreed.live,
        named=agreed.named,
        waits=waiting(found),
        settled=bool(getattr(found, "settled", False)),
        until=agreed.until,
        holds=frozenset(access.sections if access is not None and access.kind_code != "supervisor" else ()),
        opened=() if read_state(found) in ("draft", "sent") else referral_opened(found.pk),
        at=at,
    )


def _taken(row: ReferralStep, known: Mapping[UUID, str]) -> Taken:
    by = name_of(row, known)
    return Taken(step=row.step_code, to=row.to_code, side=row.side_code, reason=row.reason_code, at=row.at, name=by)
