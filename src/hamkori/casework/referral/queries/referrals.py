"""Referrals as their sender sees them: one by its code, the list of those that were sent, and one whole page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import (
    Exists,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.utils.translation import gettext as _

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.access.scope import visible
from hamkori.access.worded import worded
from hamkori.audit.queries import Opened, referral_opened
from hamkori.casework.case.models import Case as CaseRecord
from hamkori.casework.case.queries.coordination import Call
from hamkori.casework.case.queries.shown import meant
from hamkori.casework.case.queries.team import my_access
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.consent.queries.agreed import agreed as agreed_in_case
from hamkori.casework.referral.models import (
    Referral,
    ReferralCard,
    ReferralClock,
    ReferralOrigin,
    ReferralStep,
    ReferralWord,
)
from hamkori.casework.referral.queries.answers import ReferralFacts
from hamkori.casework.referral.queries.calls import Calls, of_sender, own
from hamkori.casework.referral.queries.closed_there import Moot, ToldAt
from hamkori.casework.referral.queries.goes_on import is_asked
from hamkori.casework.referral.queries.meeting import LineRead, LineReplaced, Meets, PersonTold, ToldBefore
from hamkori.casework.referral.queries.moved import moved_since
from hamkori.casework.referral.queries.narrowed import was_narrowed
from hamkori.casework.referral.queries.origin import Reads, nothing, origin_of
from hamkori.casework.referral.queries.others import others
from hamkori.casework.referral.queries.parts_asked import PartsAsked
from hamkori.casework.referral.queries.permit import agreed_as_shown
from hamkori.casework.referral.queries.questions import Question, questions_of
from hamkori.casework.referral.queries.stopped import waiting
from hamkori.directory.models import Service
from hamkori.people.facts import Beside, believed
from hamkori.people.models import Organisation
from hamkori.people.queries import names, phone_of
from hamkori.refusal import ENDED, NotVisible
from hamkori.vocabulary.codes import is_code
from hamkori.vocabulary.country import READ_FIRST

SENDER = frozenset({Side.SENDER, Side.SENDER_SUPERVISOR})


def referral(actor: Actor, code: str) -> Referral:
    """One referral for whoever stands on any side of it. NotVisible: malformed, unknown and foreign alike."""
    if not is_code(code):
        raise NotVisible
    found = next(iter(_of_code(actor, code)), None)
    if found is None:
        raise NotVisible
    meant(actor, "referral", found.pk)
    return found


@worded
def _of_code(actor: Actor, code: str) -> QuerySet[Referral]:
    """With what every page of one referral asks beside it."""
    there = (
        Referral.objects.select_related("to_organisation", "from_organisation", "sender")
        .annotate(closing=closing(), narrowed=was_narrowed())
        .annotate(phone=phone_of("to_organisation_id"), sender_phone=phone_of("from_organisation_id"))
        .annotate(admits=Subquery(Service.objects.filter(pk=OuterRef("service_id")).values("admission_codes")[:1]))
        .annotate(moot=Moot("pk"), coordinator_told=ToldAt("pk"), others=others(), meets=Meets("pk"))
        .annotate(
            asked_parts=PartsAsked("pk"),
            calls=Calls("pk"),
            person_told=PersonTold("pk"),
            told_before=ToldBefore("pk"),
            line_read=LineRead("pk"),
            line_replaced=LineReplaced("pk"),
        )
        .annotate(moved=moved_since("state_code", "pk"))
    )
    return visible(actor, "referral.view", there).filter(code=code)


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


def has_begun(found: Referral) -> bool:
    """Whether the person has come, as far as anybody has said: help may go on, whatever becomes of the referral. What
    the police do is none.
    """
    came = found.served_at is not None or (found.heard_code == "came" and found.missed_at is None)
    return came and found.recipient_kind_code != "police"


def ended_by_her_word(found: Referral) -> bool:
    """Whether it can only be the person's word that has ended it, for whoever does not read how it ended: help had
    begun, and from then on the sender cannot cancel (rules/lifecycle.py).
    """
    return read_state(found) == ENDED and found.served_at is not None and has_begun(found)


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
    """All that the sender's page shows. `waits`: how it stopped, undecided; `settled`: nothing more is to do.
    `as_adult`: the person agreed to it as an adult, and is a child since.
    """

    referral: Referral
    origin: ReferralOrigin
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
    goes_on: bool
    """Help had begun when the person's word ended it, and nobody has said yet whether that goes on."""
    until: datetime | None
    as_adult: bool
    holds: frozenset[str]
    opened: tuple[Opened, ...]
    at: datetime
    asks_child: bool
    """The person is a child and agreed as an adult: nothing new can be sent yet. Known to the team alone."""

    @property
    def open_question(self) -> Question | None:
        return next((one for one in self.asked if one.answered_at is None), None)

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls about it, of this side and of a coordinator, the newest first."""
        return of_sender(self.referral)

    def own_calls(self, since: datetime | None = None) -> tuple[Call, ...]:
        """Of these the calls of this side; `since`: those after it."""
        return own(self.calls, since)


def _asks_child(case: CaseRecord, at: datetime) -> bool:
    """Whether nothing new can be sent before the child was asked: only where the age was put right, which asks more."""
    return case.is_child and case.age_settled_at is not None and agreed_in_case(case, at).sends_nothing_new


def sender_page(
    actor: Actor,
    found: Referral,
    on: frozenset[str],
    beside: Reads = nothing,
) -> SenderPage:
    """The page of a referral for a reader on the sender's side. NotVisible for everybody else. `beside`: what the page
    asks of its origin besides.
    """
    if not on & SENDER:
        raise NotVisible
    at = (agreed := agreed_as_shown(found)).asked_at or now()
    origin = origin_of(found, at, beside)
    meant(actor, "case", (case := origin.case).pk)
    access = my_access(case.pk, actor.membership_id)
    steps = _steps(found.pk)
    known = names({by for step in steps if (by := by_whom(step)) is not None})
    asked = questions_of([found.pk]).get(found.pk, ()) if any(row.step_code == "ask" for row in steps) else ()
    clock = None if is_closing(found) else ReferralClock.objects.filter(referral=found).order_by("due_at").first()
    waits, settled = waiting(found)
    goes_on, said_on = is_asked(found.pk) if read_state(found) == ENDED and has_begun(found) else (False, False)
    return SenderPage(
        referral=found,
        origin=origin,
        facts=ReferralFacts(actor, at, found),
        case=case,
        sides=on,
        card=ReferralCard.objects.get(referral=found),
        asked=asked,
        taken=tuple(_taken(row, known) for row in steps),
        clock=(clock.clock_code, clock.started_at, clock.due_at) if clock is not None else None,
        next_at=clock.next_at if clock is not None else None,
        live=agreed.live,
        named=agreed.named,
        waits=waits,
        settled=settled or said_on,
        goes_on=goes_on,
        until=agreed.until,
        as_adult=agreed.as_adult,
        holds=frozenset(access.sections if access is not None and access.kind_code != "supervisor" else ()),
        opened=() if read_state(found) in ("draft", "sent") else referral_opened(found.pk),
        at=at,
        asks_child=Side.SENDER in on and _asks_child(case, at),
    )


@worded
def _steps(referral: UUID) -> QuerySet[ReferralStep]:
    return ReferralStep.objects.filter(referral=referral).select_related("by").order_by("at", "pk")


def _taken(row: ReferralStep, known: Mapping[UUID, str]) -> Taken:
    by = name_of(row, known)
    return Taken(step=row.step_code, to=row.to_code, side=row.side_code, reason=row.reason_code, at=row.at, name=by)
