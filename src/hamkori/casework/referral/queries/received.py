"""One referral as the receiving body sees it: the card while it waits, codes and the team afterwards, then its fate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.access.worded import worded
from hamkori.casework.case.queries.team import candidate
from hamkori.casework.case.rules import clocks
from hamkori.casework.case.rules.age import CHILD_BANDS, called_by
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.case.rules.team import HELPING_ROLES, may_help
from hamkori.casework.consent.rules.consent import paused
from hamkori.casework.referral.models import (
    PacketBody,
    Referral,
    ReferralCard,
    ReferralClock,
    ReferralOwnCase,
    ReferralStep,
)
from hamkori.casework.referral.queries.answers import ReferralFacts
from hamkori.casework.referral.queries.narrowed import NotCalled, narrowed
from hamkori.casework.referral.queries.own_doctor import needed_unasked
from hamkori.casework.referral.queries.permit import NOT_AGREED, Agreed, agreed_as_shown
from hamkori.casework.referral.queries.questions import Question, questions_of
from hamkori.casework.referral.queries.referrals import name_of, read_state, referral, sides
from hamkori.casework.referral.rules import card as cards
from hamkori.casework.referral.rules import summary
from hamkori.casework.referral.rules.ages import former
from hamkori.casework.referral.rules.facts import facts
from hamkori.casework.referral.rules.lifecycle import LIVE, REFERRAL
from hamkori.directory.models import Service
from hamkori.directory.rules.suit import Offer, Person, admitted, for_children
from hamkori.people.queries import Colleague, by_name, colleagues
from hamkori.refusal import ENDED, NotVisible
from hamkori.vocabulary import codelist

DESK_READS = ("sent", "accepted")
"""While the desk of the receiver reads the summary: until help begins."""
OFFERS = ("sent", "declined", "unaccepted")
"""While it is shown what the directory says of the service: who asked, or said that there is no place, looks at it."""
DOUBTED = ("sent", "accepted", "serving")
"""While it is said that they do not say that they take such a child."""
OURS = frozenset({Side.DESK, Side.RECEIVER, Side.RECEIVER_SUPERVISOR})

NO_ADULT = (*CHILD_BANDS, "", "unknown")
"""Ages of which nobody can say that it is an adult's."""


@dataclass(frozen=True)
class Member:
    """Somebody of the own body. `kind`: worker or supervisor. `sections`: what was sealed on to them.

    `name` '': nobody vouched for their post.
    """

    membership_id: UUID
    name: str
    function: str
    kind: str
    sections: tuple[str, ...]


class OwnCase(NamedTuple):
    """The own case that came of it: its number, or ''; whether it has a next step, and is closed; what it says of the
    age; whether it needs a doctor of whom nobody there is asked.
    """

    code: str = ""
    has_step: bool = False
    closed: bool = False
    age: str = ""
    doctor: bool = False


@dataclass(frozen=True)
class Event:
    """A step in words that the receiver may read: `step` is a step's name, or "ended" for the other side's ending.

    `said`: what the sender said of the arrival; of an own answer to a dispute why.
    """

    step: str
    at: datetime
    name: str
    said: str = ""


@dataclass(frozen=True)
class Offered:
    """What the service that was asked says of itself: whether it is full, whom it admits, on which days it is open, and
    in which region it is.
    """

    is_full: bool = False
    admits: tuple[str, ...] = ()
    open_on: frozenset[int] = frozenset()
    region: str = ""

    def closed(self, days: Iterable[date]) -> tuple[date, ...]:
        """Those of these days on which it is closed; none where nobody knows its hours."""
        return tuple(day for day in days if self.open_on and day.isoweekday() not in self.open_on)


@dataclass(frozen=True, kw_only=True)
class Received:
    """Everything that the receiver's page shows without opening anything."""

    referral: Referral
    facts: ReferralFacts
    sides: frozenset[str]
    at: datetime
    card: cards.Card | None
    questions: tuple[Question, ...]
    agreed: Agreed
    team: tuple[Member, ...]
    due_at: datetime | None
    clock: str
    own_case_code: str
    own_case_has_step: bool
    own_case_closed: bool
    own_case_doctor: bool
    own_age: str
    """What that case says of the age; '' while there is none."""
    went: frozenset[str]
    """The parts that were sent, of those that the reader may open: one in which nothing stood is none of them."""
    events: tuple[Event, ...]
    offered: Offered
    arrival_passed: bool
    narrowed: tuple[tuple[str, datetime], ...] = ()
    """Parts that the person took back, and when; after the end only that nobody is to call any more."""

    @property
    def state(self) -> str:
        """The state as both sides may read it: whether she or her worker took it back is not the receiver's to know."""
        return read_state(self.referral)

    @property
    def missed(self) -> bool:
        """Whether the own side said that the person did not come, and nothing else came after it."""
        return never_came(self.referral)

    @property
    def live(self) -> bool:
        """Whether a packet can exist at all."""
        return self.state in LIVE

    @property
    def called(self) -> str:
        """The age by which the person is called here; '' without a summary."""
        return called_by(self.own_age, self.card.age_band_code) if self.card is not None else ""

    @property
    def paused(self) -> bool:
        """Accepted or serving, and her agreement does not carry it now: nothing is read, finishing works."""
        return paused(self.state, consent_live=self.agreed.live)

    @property
    def child_not_admitted(self) -> bool:
        """Whether a child waits for, or is helped by, a service that says whom it admits, and that is no such child."""
        card = self.card
        if card is None or self.state not in DOUBTED or card.age_band_code not in CHILD_BANDS:
            return False
        return not takes(self.offered.admits, card.sex_code, card.age_band_code)

    @property
    def is_adult_now(self) -> bool:
        """Whether help for children alone waits for an answer, and the person turned out to be an adult."""
        card = self.card
        if card is None or self.state != "sent" or card.corrected_at is None or card.age_band_code in NO_ADULT:
            return False
        return for_children(self.referral.service_code, self.offered.admits)

    @property
    def is_far(self) -> bool:
        """Whether the person waits in another region than that of the service; of whom no region is said, no."""
        here, there = self.offered.region, self.card.region_code if self.card is not None else None
        return bool(here and there) and here != there

    @property
    def steps(self) -> frozenset[str]:
        """What somebody on these sides could do from here, guards not asked."""
        return frozenset(row.name for row in REFERRAL.possible(self.state, self.sides))

    @property
    def workers(self) -> tuple[Member, ...]:
        """The named workers, without their supervisors."""
        return tuple(one for one in self.team if one.kind == "worker")


def never_came(found: Referral) -> bool:
    """Whether its receiver has said that the person did not come, and help never began."""
    return found.missed_at is not None and found.served_at is None


def of_code(actor: Actor, code: str) -> tuple[Referral, frozenset[str]]:
    """A referral on whose receiving side the actor stands, and the actor's sides. NotVisible for everybody else."""
    found = referral(actor, code)
    mine = sides(found) & OURS
    if not mine:
        raise NotVisible
    return found, mine


def whole(actor: Actor, found: Referral, mine: frozenset[str]) -> Received:
    """The whole page of one referral. Reads what the state and the side allow, nothing else."""
    state = read_state(found)
    agreed = agreed_as_shown(found) if state in LIVE else NOT_AGREED
    at = agreed.asked_at or now()
    helps = bool(mine & {Side.RECEIVER, Side.RECEIVER_SUPERVISOR})
    at_work = state in ("accepted", "serving")
    known = _team(found) if at_work or helps else ()
    team = known if at_work else ()
    shows_card = (state in DESK_READS and Side.DESK in mine) or (
        state in ("accepted", "serving") and Side.RECEIVER in mine
    )
    questions = questions_of([found.pk]).get(found.pk, ()) if state == "sent" or shows_card else ()
    clock = _clock(found) if helps and state == found.state_code else None
    facts = ReferralFacts(actor, at, found)
    facts.answered = [one.answered_at for one in questions]
    card = cards_of([found], {found.pk: questions}).get(found.pk) if shows_card else None
    own, went, quiet = _beside(found) if Side.RECEIVER in mine else _to_desk(found, state, mine)
    less = narrowed(found, agreed.sections, named=agreed.named) if shows_card and Side.RECEIVER in mine else ()
    expects_child = at_work and card is not None and card.age_band_code in CHILD_BANDS
    return Received(
        referral=found,
        facts=facts,
        sides=mine,
        at=at,
        card=card,
        questions=questions,
        agreed=agreed,
        team=team,
        due_at=clock.due_at if clock else None,
        clock=clock.clock_code if clock else "",
        own_case_code=own.code,
        own_case_has_step=own.has_step,
        own_case_closed=own.closed,
        own_case_doctor=own.doctor,
        own_age=own.age,
        went=went,
        events=_events(found, known) if helps else (),
        offered=offered(found) if state in OFFERS or expects_child else Offered(),
        # The target of this clock is the end of the agreed part of the day.
        arrival_passed=clock is not None and clock.clock_code == "arrival" and clocks.late(clock.due_at, at),
        narrowed=less if state in LIVE or quiet is None else (("contact", quiet),),
    )


def cards_of(found: Iterable[Referral], questions: dict[UUID, tuple[Question, ...]]) -> dict[UUID, cards.Card]:
    """The cards of these referrals, codes checked, the police's with less. Without a row that may be read: none."""
    known = {one.pk: one for one in found}
    rows = ReferralCard.objects.filter(referral__in=list(known))
    return {row.pk: _card(known[row.pk], row, questions.get(row.pk, ())) for row in rows}


def _card(found: Referral, row: ReferralCard, questions: tuple[Question, ...]) -> cards.Card:
    assert found.answer_due_at is not None
    assert found.visible_at is not None
    police = found.recipient_kind_code == "police"
    said = [
        (one.question_code, parts)
        for one in questions
        if one.answered_at is not None
        and cards.answer_fits(one.question_code, parts := cards.parts_of(one.answer_code))
    ]
    whole_card = cards.Card(
        referral_code=found.code,
        kind_code=found.kind_code,
        service_code=found.service_code,
        needed_from_on=found.needed_from_on or timezone.localdate(found.visible_at),
        urgency_code=found.urgency_code,
        answer_due_at=found.answer_due_at,
        sex_code=row.sex_code,
        age_band_code=row.age_band_code,
        region_code=row.region_code or None,
        language_codes=(row.language_code,),
        interpreter=row.needs_interpreter,
        risk_level_code=row.risk_code,
        flags=summary.flags_sent(row, found.service_code, police=police),
        answers=tuple(said),
        former_age_code=row.former_age_code if row.former_age_code in codelist("age_band") else "",
        corrected_at=row.corrected_at,
        former_ages=former(row.former_ages),
        former_facts=facts(row.former_ages),
    )
    return cards.build(whole_card, police=police)


def _team(found: Referral) -> tuple[Member, ...]:
    rows = by_name("select membership_id, kind_code, sections from referral_team(%s)", [found.pk])
    return tuple(
        Member(
            membership,
            one.name if one else "",
            one.function if one else "",
            kind,
            tuple(sections or ()),
        )
        for (membership, kind, sections), one in rows
    )


def _clock(found: Referral) -> ReferralClock | None:
    return ReferralClock.objects.filter(referral=found).exclude(clock_code="confirm").first()


def _to_desk(found: Referral, state: str, mine: frozenset[str]) -> tuple[OwnCase, frozenset[str], datetime | None]:
    """The same for whoever was not named there: to the desk of what has ended, since when nobody calls the person."""
    ended = state == ENDED and Side.DESK in mine
    quiet: datetime | None = definer.value("referral_not_called", found.pk) if ended else None
    return OwnCase(), frozenset(), quiet


def _beside(found: Referral) -> tuple[OwnCase, frozenset[str], datetime | None]:
    """The own case that came of it; the parts that lie here for this reader; since when nobody here is to call. One
    query.
    """
    none = (None, None, "", "", (), None, False)
    code, on, state, age, parts, quiet, ill = next(iter(_lies_here(found.pk)), none)
    return OwnCase(code or "", on is not None, state == "closed", age or "", ill), frozenset(parts), quiet


OWN = ("code", "next_step_on", "state_code", "age_band_code")


@worded
def _lies_here(referral: UUID) -> QuerySet[Referral, tuple[Any, ...]]:
    own = ReferralOwnCase.objects.filter(referral=OuterRef("pk"))
    went = PacketBody.objects.filter(referral=OuterRef("pk")).values("section_code")
    said = (Subquery(own.values(f"case__{name}")[:1]) for name in OWN)
    return Referral.objects.filter(pk=referral).values_list(
        *said, ArraySubquery(went), NotCalled("pk"), Exists(needed_unasked(own))
    )


SAID = ("call_sender", "hear", "ask_part", "keep_part", "lapse", "amend")
"""Steps whose code both sides read."""


def _events(found: Referral, team: tuple[Member, ...]) -> tuple[Event, ...]:
    names = {one.membership_id: one.name for one in team}
    rows = _steps(found.pk)
    told = [
        Event(row.step_code, row.at, name_of(row, names), row.reason_code if row.step_code in SAID else "")
        for row in rows
        if row.step_code not in ("send", "ask", "answer")
    ]
    if found.state_code == ENDED and found.ended_at is not None:
        told.insert(0, Event(ENDED, found.ended_at, ""))
    return tuple(told)


@worded
def _steps(referral: UUID) -> QuerySet[ReferralStep]:
    return ReferralStep.objects.filter(referral=referral).select_related("by").order_by("-at")


def offered(found: Referral) -> Offered:
    """The service of a referral as the directory has it now. One query."""
    names = ("is_full", "admission_codes", "region_code", "hours__day")
    rows = list(Service.objects.filter(pk=found.service_id).values_list(*names).distinct())
    if not rows:
        return Offered()
    full, admits, region, _day = rows[0]
    return Offered(full, tuple(admits), frozenset(filter(None, (row[-1] for row in rows))), region)


def takes(admits: Iterable[str], sex_code: str, age_band_code: str) -> bool:
    """Whether a service that admits these groups may hold such a person. One that says nothing rules nobody out."""
    says = Offer("", frozenset(), frozenset(admits), frozenset(), is_full=False)
    return admitted(says, Person(sex=sex_code, age_band=age_band_code))


def kinds_offered() -> frozenset[str]:
    """The kinds of help that some service in the directory offers now."""
    return frozenset(Service.objects.filter(is_active=True).values_list("service_code", flat=True).distinct())


def who_could_meet_her(actor: Actor, workers: Iterable[UUID] = ()) -> tuple[list[Colleague], list[Colleague]]:
    """Those of the own body who can be named beside these workers, and case workers who have no key yet.

    By name. Whom a page offers is whom the step takes.
    """
    people, named = colleagues(actor), frozenset(workers)
    able = [one for one in people if may_help(candidate(actor, one), actor.organisation_id, named)]
    return able, [one for one in people if not one.has_key and one.roles & HELPING_ROLES]
