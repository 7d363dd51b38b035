"""One row of Today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.utils import timezone

from hamkori.calendar.rules import Calendar
from hamkori.casework.case.queries.arrival_calls import is_gone
from hamkori.casework.case.queries.coordination import SAFE, Call
from hamkori.casework.case.queries.told_there import ToldThere
from hamkori.casework.case.rules.age import CHILD_BANDS
from hamkori.casework.case.rules.days import plan_by
from hamkori.casework.referral.rules.card import URGENT
from hamkori.casework.work.rules.worklist import (
    CHILD_TOLD,
    COMES,
    DISPUTED,
    DOUBT,
    ILL,
    MISSING,
    NATIONAL,
    NO_ADULT,
    NO_AFTER_YES,
)

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.casework.case.queries.place_told import PlaceTold
    from hamkori.casework.referral.queries.left import Again
    from hamkori.casework.referral.queries.left_unseen import Gone
    from hamkori.casework.work.queries.looked_for import Looked
    from hamkori.casework.work.queries.said_safe import Safe
    from hamkori.casework.work.queries.two_places import Ready

NEAR: Final = timedelta(hours=12)
SOON: Final = timedelta(days=3)
"""So long before its end consent is near: the person has to be asked again."""
DAY: Final = timedelta(hours=24)
WEEK: Final = timedelta(days=7)
"""So far ahead what was planned and agreed stands among what comes later."""
STEPS: Final = ("next_step", "no_next_step")
"""What is planned in a case, or has to be."""
AHEAD: Final = timedelta(days=14)
"""So many days before its last day it stands among what comes later: from the first reminder on."""


@dataclass(frozen=True, kw_only=True)
class Due:
    """One row of Today: what is to do, on which case or request, and by when."""

    what: str
    late: bool
    at: datetime | None = None
    on: date | None = None
    started_at: datetime | None = None
    case: str = ""
    referral: str = ""
    service: str = ""
    body: str = ""
    step: str = ""
    their_region: str = ""  # of a question: the region of the organisation that asks
    part: str = ""
    agreed_at: datetime | None = None  # when the arrival was agreed: "now" counts from then
    gone: Gone | None = None  # who left without a word
    referral_id: UUID | None = None  # beside that: what is said of it is said of this referral
    reads_from: datetime | None = None  # beside that: before when it may be that nobody at the sender reads it
    came_at: datetime | None = None
    """Of a receiver's row: when the sender said that the person is there already, which only the receiver confirms."""
    asked_at: datetime | None = None  # of a desk's row: when it asked the sender a question that is not answered yet
    line_changed_at: datetime | None = None  # to a desk: the sender wrote another hour or meeting point than it opened
    sex: str = ""
    age_band: str = ""
    region: str = ""
    reason: str = ""
    suggested: str = ""
    since_help: str = ""
    since_at: datetime | None = None  # of a referral that stopped: when other help was asked for since, the newest
    since_waits: str = ""  # the number of that one, while it waits for an answer
    unagreed: bool = False
    """Of a referral that stopped, and of no place for tonight: it is not agreed to now, so nobody can be asked."""
    refused: bool = False  # beside that: the person said no to it, so they are not asked either
    no_of_self: bool = False  # beside that: they said it of themselves, and a child who comes along needs it
    brought: bool = False  # beside that: somebody else brought that no, and the person was not asked yet
    peace: bool = False
    """Beside that: so the person, an adult and in no danger, said to everything, and to this nothing else since. Of a
    planned step whose day is over: the last word to everything is that.
    """
    consent_ended: bool = False  # of such a referral: no row of its own says that the consent of the case has ended
    to: UUID | None = None
    phone: str = ""  # where the desk that is to be called can be reached; only of rows that say so
    office: str = ""  # on the coordinator's rows, where that is not recorded: the number of the organisation, if listed
    opens: datetime | None = None  # when somebody reads it first, of what nobody reads before its answer is due
    call: Call | None = None  # the last one about it
    rests_until: datetime | None = None  # they called the coordinator about it: until then nobody calls again
    before_call: Call | None = None  # where that reached nobody: the last one before it that did
    yes_before: Call | None = None  # of a doubt: they said yes before the age was put right, and were not asked since
    no_since: Call | None = None
    """Of one that was accepted: they said no on the telephone since; of one that waits: that counts."""
    said_yes: Call | None = None  # of one that was declined or expired: they had said yes on the telephone
    answered_call: bool = False  # of a doubt: the team has reached somebody there since
    quiet_until: datetime | None = None
    """On the coordinator's rows: a coordinator has reached somebody there, and until then nobody calls again."""
    sender: str = ""
    sender_phone: str = ""
    sender_slug: str = ""
    """On those rows of an urgent one that nobody has answered: who sent it, and where its desk can be called."""
    sender_untold: str = ""  # of such a row: what was not told to the sender yet (case/queries/untold.py)
    call_id: UUID | None = None  # of a call to the coordinator about a child: by it she says that it is settled
    turn: tuple[str, datetime] | None = None
    """On those rows while a call about several goes on: why their organisation is first, and its hour (ADR 0166)."""
    slug: str = ""  # on those rows the organisation, for the page on which its number is recorded
    word: Call | None = None  # on those rows what the sender says of the arrival, where somebody has called since
    back_at: datetime | None = None  # until when the row rests: a word or a call has calmed it; then it is asked again
    heard: str = ""
    heard_at: datetime | None = None  # of such a row: what was said, and when
    none_at: str = ""  # of who has no place since they said no by telephone: whose place it was, by name
    lead: str = ""  # whose case it is, by name: for a supervisor
    expected: PlaceTold | None = None  # of a place that was found, or counts no more, or was not got to: who said yes
    ready: tuple[Ready, ...] = ()  # of a place that was found: who else expects the person for that night
    told_at: datetime | None = None  # when the team was told of it a short while ago
    told_above: bool = False  # on the page a row above this one tells the lead worker of the same case
    lines: tuple[Due, ...] = ()  # on the page: further rows of the same case, which stand in this one
    lead_alone: bool = False  # for a supervisor: nobody but the lead worker is on the team
    supervised: bool = False
    urgency: str = ""
    risk: str = ""
    no_place: bool = False  # nobody has a place for tonight: of a case, or of a referral for one that stopped
    unheard: bool = False  # what it is of is a no that somebody else brought: the person is asked now, alone
    place_from: tuple[date, str] | None = None
    """Of such a case: the day and its part from which a place was accepted, later than today."""
    shut: datetime | None = None  # beside that: when those who accepted open, where they are closed now
    left: str = ""  # of such a case: whose help has ended, where it is asked where the person sleeps
    left_closed: bool = False  # it closed its own case after the person's word had ended what was agreed
    left_before: bool = False  # the person slept there before the case was opened again
    note: str = ""  # of such a case: the referral whose help has ended, where a note came with it that nobody has read
    stays: bool = False
    """Of such a case: the person is at the place that their word ended, and is asked whether they stay."""
    awaits_place: bool = False  # of what waits for an answer: for such a place, and nobody has one for this person yet
    first: str = ""
    """Why it stands first among equals: a child, danger, high risk; of the coordinator's, the kind of help."""
    before: bool = False  # for that it stands above somebody whose hour runs out earlier
    place_before: bool = False  # for the place that it waits for it stands above an earlier hour
    nobody_else: bool = False  # of a referral that stopped or is late: nobody else is listed who could be asked
    again: Again | None = None
    """Of such a referral: only one is left who could be asked, and it had no room hours ago."""
    moot: str = ""  # of a referral that waits for an answer: why nobody calls about it any more (`Moot`)
    not_here: bool = False  # of such a referral: the person did not come, and nobody has said that they are safe
    looked: Looked | None = None
    """Of that, and of a row of who is missing: since when they are looked for, and what was said since."""
    there: Call | None = None
    """Beside that, and of everybody else who did not come: what the desk told a coordinator since."""
    closed: bool = False  # of a row of who is missing, or is being helped: the case, or the own case, was since
    said_come: bool = False  # beside that: the reader's team had said that the person came
    safe: Safe | None = None  # of who did not come: somebody has said since that they are safe
    unplaced: bool = False  # beside that: a place for tonight is needed, and no other is accepted
    has_danger: bool = False  # of a referral that stopped: somebody is in danger in its case
    in_danger: bool = False  # of any row: its case says that somebody is in danger
    doubt: bool = False
    """Beside what the row is of: the person is a child since, and they do not say that they take children."""
    aged: bool = False
    """Of consent: it was asked of a child who is an adult now, or the other way round, and is asked again."""
    asks_child: bool = False  # beside that: of a child, and nothing new can be sent before it is asked
    told_there: ToldThere | None = None  # of a child: the other side says that child protection was told
    alone_child: bool = False  # beside that, or of what is needed: no adult has answered; it stands for that plan too
    for_today: bool = False  # of who is expected: a place, or urgent help, was accepted for today
    person_told: datetime | None = None  # of such a row: when the person was told what is agreed now; None: not yet
    told_before: datetime | None = None  # of such a row: when told an earlier time; of a place: not to go
    version: int = 0  # of its referral, as it was read
    moved: bool = False  # of who is expected: to another region since that was agreed
    needs: tuple[str, ...] = ()  # what is needed and of which nobody was asked yet: of the row that says so
    result: str = ""  # of help that ended and was not confirmed yet: how; `has_note`: whether a note came with that
    has_note: bool = False
    sleeps_on: bool = False  # beside that: the person sleeps there one more night
    line_unread: bool = False  # hour or meeting point are written, and the reader, who tells them, has not opened them
    line_replaced: bool = False  # they are theirs, in the place of what the sender had agreed by telephone
    hour_written: bool = False  # of who is expected: an hour or a meeting point is written
    paused: bool = False  # beside that: the person has to be asked again first, since the consent does not hold
    needed_on: date | None = None  # of a desk's row: from which day help is needed
    no_hour: bool = False  # of who is expected: no hour and no meeting point are written; to the sender for today
    own_case: str = ""  # the receiver's own case of what it has accepted, once help has begun
    also: tuple[str, ...] = ()  # of the same own case: other help that is being given, of which nothing is due
    helped_at: datetime | None = None  # since when help is being given: of a receiver's row, and of such an own case
    came_today: bool = False  # beside that: since today
    result_at: datetime | None = None  # of such a case: by when it is said how that help ended
    helped_by: str = ""  # of such a case: the referral with which that help is given
    unplanned: bool = False  # of a receiver's row: that own case has no next step, and no row of its own says so
    ended: str = ""  # of an own case that asks whether help goes on: the referral that the person's word ended
    children: str = ""  # how many come along, as the case says it; to a desk and a receiver, as the summary does
    ages: str = ""  # to these: what the sender answered of the children and their ages, as it is kept
    doctor: str = ""  # who needs a doctor: to a desk as the summary says it; of what is needed in an own case
    as_adult: bool = False  # of a desk's and a receiver's row: a child who agreed as an adult, and was not asked since
    age_there: bool = False  # own case and summary say a child of an adult: nothing tells the sender
    own_age: str = ""  # beside that: what the own case says
    sender_age: str = ""  # beside that, and beside `other_age`: what the sender says
    said_how: str = ""  # and how they know it
    other_age: bool = False  # the sender put the age right since, and that case still says another one
    said_age: str = ""  # of a row of such an own case itself: the age that the sender says
    told_at_age: datetime | None = None  # beside that: when child protection was told

    @property
    def untold(self) -> bool:
        """Nobody has said yet that the person was told of what was accepted; of a later day only where it may be."""
        return self.what == COMES and self.person_told is None and (self.for_today or not self.paused)

    @property
    def has_left(self) -> bool:
        """Of who slept here and left without a word: nobody has said yet that they are safe."""
        return self.gone is not None and self.gone.safe is None

    @property
    def to_tell(self) -> bool:
        """The same to whoever tells it: work of today, on whichever day they come. A supervisor tells nobody."""
        return self.untold and not self.supervised

    @property
    def not_with_them(self) -> bool:
        """Of who is late: the desk that expected the person told a coordinator that they are not there."""
        return self.what == "sent.arrival" and is_gone(self.call)

    @property
    def helped_less(self) -> bool:
        """Help ended, and not all that was asked for was given: somebody has to see today what is still missing."""
        return self.result not in ("", "given")

    @property
    def hour_stands(self) -> bool:
        """Somebody is expected at an hour that is written: no time of ours is said beside it."""
        return self.hour_written and self.on is not None

    @property
    def danger(self) -> bool:
        """Somebody is in danger, and nobody is asked for help or gives it."""
        return self.what.startswith("danger.")

    @property
    def missing(self) -> bool:
        """The person did not arrive, nobody knows whether they are safe, and no row of a referral says so."""
        return self.what == MISSING

    @property
    def ill(self) -> bool:
        """A doctor is needed today, and nobody was asked."""
        return self.what in ILL

    @property
    def unread(self) -> bool:
        """Somebody has to call: an urgent referral whose desk is closed until its answer is due; or who was asked or
        accepted does not say that they take the child that the person is.
        """
        doubt = self.what == DOUBT and not self.answered_call
        calls = self.what in ("national.unread", CHILD_TOLD, NO_AFTER_YES)
        return doubt or calls or (self.opens is not None and not self.late)

    @property
    def asks_to_stay(self) -> bool:
        """The person is at the place that their word ended: whether they stay is a question of its own."""
        return self.stays and self.what == "place.open"

    @property
    def is_refused(self) -> bool:
        """The person said no to what the row lacks: nobody urges them, and the row opens what it is of."""
        return self.unagreed and self.refused and not self.asks_to_stay

    @property
    def in_peace(self) -> bool:
        """Who said no to everything is called by nobody: the row says what is missing, and calls nobody to act."""
        return self.peace and (self.is_refused or self.what in STEPS)

    @property
    def is_with_coordinator(self) -> bool:
        """Of what its sender has to call about: the sender's side has reached the coordinator, and awaits an answer."""
        told = self.call is not None and self.call.answer == "coordinator"
        return told and self.unread and self.what not in NATIONAL

    @property
    def spoken(self) -> bool:
        """A coordinator has reached somebody there, and that still counts."""
        return self.quiet_until is not None

    @property
    def is_said_to_have_come(self) -> bool:
        """Of the coordinator's rows: the sender says that the person came, or is safe; of others nobody knows."""
        said = (self.call, self.word) if self.what in NATIONAL else ()
        return any(one is not None and one.answer in ("came", SAFE) for one in said)

    @property
    def is_known_safe(self) -> bool:
        """Of them: the sender says that the person did not come, and is safe: there is nothing to call about."""
        said = (self.call, self.word) if self.what in NATIONAL else ()
        return any(one is not None and one.answer == SAFE for one in said)

    @property
    def for_a_call(self) -> bool:
        """Of the coordinator's rows the urgent: they are to call about or were, and never a mere lateness."""
        return self.what in NATIONAL and self.step == URGENT and not self.is_known_safe

    @property
    def reached(self) -> bool:
        """Urgent, and a coordinator has reached somebody: the answer is awaited."""
        return self.for_a_call and self.spoken

    @property
    def calls_now(self) -> bool:
        """Somebody has to call now: who is missing, not where they were to be, or has no place for tonight; or urgent:
        nobody reads it in time, or it is late.
        """
        if self.in_peace:
            return False
        unread = self.unread and not self.rests_until
        urgent, missing = unread or self.for_a_call, self.missing or self.not_here
        return (urgent and not self.spoken) or missing or ((self.no_place or self.unheard) and not self.danger)

    @property
    def alone(self) -> bool:
        """Nobody else can be asked, so the coordinator is called; a supervisor asks nobody."""
        return self.nobody_else and not (self.supervised or self.unagreed or self.moot or self.not_here)

    @property
    def to_look(self) -> bool:
        """Only the team can do it: the lead worker is told to look."""
        lacks = self.danger or self.missing or self.ill or self.no_place or self.awaits_place or self.unheard
        return self.late or self.stopped or lacks

    def is_sought(self, at: datetime) -> bool:
        """Of a receiver's row: the person did not come within the last day, and the sender looks for them."""
        return self.what == "got.miss" and self.started_at is not None and self.started_at > at - DAY

    @property
    def stopped(self) -> bool:
        """A referral that ended without help, or "did not come": nobody has decided yet what comes next."""
        return self.what.startswith("stopped.")


def is_near(row: Due, at: datetime) -> bool:
    """Its day is today, its hour is near, or nobody works before it: an urgent referral runs past midnight."""
    if row.back_at is not None or row.what == DISPUTED:
        return False  # it waits for somebody else
    if row.what == "consent":
        return row.at is not None and row.at <= at + SOON
    if row.is_sought(at):
        return True
    if row.at is not None and row.at < _next_morning(at):
        return True
    days = (row.on, timezone.localdate(row.at) if row.at is not None else None)
    return timezone.localdate(at) in days or (row.at is not None and row.at <= at + NEAR)


def _next_morning(at: datetime) -> datetime:
    """When work begins next after today. Weekends alone are passed over: after a feast day a row stands lower."""
    calendar = Calendar(timezone.get_current_timezone_name())
    day = calendar.day(at) + timedelta(days=1)
    while not calendar.works(day):
        day += timedelta(days=1)
    return calendar.opens(day)


def is_ending(row: Due, at: datetime) -> bool:
    """Consent that ends within two weeks: asking needs a meeting. Who supervises reads that the age was put right."""
    if row.what != "consent" or (row.supervised and not row.aged) or row.at is None:
        return False
    last = timezone.localdate(row.at - timedelta(microseconds=1))
    return last <= timezone.localdate(at) + AHEAD


def is_of_the_week(row: Due, at: datetime) -> bool:
    """An own next step or somebody's arrival within a week: whoever has agreed it sees it stand."""
    last, hers = timezone.localdate(at) + WEEK, not row.supervised or row.moved
    return row.what in (COMES, "next_step", NO_ADULT) and hers and row.on is not None and row.on <= last


def first_of(case: Case) -> str:
    """Why the person of this case stands first among equals."""
    return "danger" if case.has_danger else first_by(case.age_band_code, case.risk_code)


def first_by(age_band: str, risk: str) -> str:
    """The same by what a summary says of the person."""
    return "child" if age_band in CHILD_BANDS else "high" if risk == "high" else ""


def to_plan_by(case: Case) -> date:
    """The day on which a case without a next step gets one."""
    return plan_by(timezone.localdate(case.opened_at or case.begun_at), came=case.from_referral)


def is_unplanned(case: Case, today: date) -> bool:
    """Whether a case without a next step is late: that day is over."""
    return case.next_step_on is None and to_plan_by(case) < today


def start_of(day: date | None) -> datetime | None:
    """When a day begins here."""
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))
