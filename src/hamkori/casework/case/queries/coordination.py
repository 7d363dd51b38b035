"""What the coordinator sees: who is late, who let referrals expire, where help is missing. No summary, no case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.access.scope import require
from hamkori.casework.case.queries.arrival_calls import AT_ARRIVAL, CALMS, told_since
from hamkori.casework.case.queries.child_calls import ChildTold, told_of_children
from hamkori.casework.case.queries.gaps import Missing, gaps
from hamkori.casework.case.queries.instead import Number, numbers
from hamkori.casework.case.queries.no_after_yes import NO_AFTER_YES, NoAfterYes, noes_of
from hamkori.casework.case.queries.slips import slip_of, stands
from hamkori.casework.case.rules.comes_first import URGENT, why_first
from hamkori.directory.queries import weeks
from hamkori.directory.rules.hours import closed_throughout, opens_next
from hamkori.directory.rules.suit import kinds
from hamkori.people.queries import BodyCard, DeskLine, desk_lines, organisations

AGAIN = timedelta(hours=1)
"""So long after a call that reached somebody an urgent one that is late is no red."""
SPOKEN = ("said_yes", "said_no", "calls_back")
"""What was said on the telephone about a referral that waits for its first answer. It answers nothing (ADR 0120)."""
REACHED = ("reached", "promised", "said_yes", "calls_back")
"""Answers of a call that reached somebody who may still help: the answer is awaited. A "no" calms nothing."""
YES_BEFORE = "yes_before"
"""A yes for somebody else: the age was put right since, from an adult to a child or back (ADR 0123)."""
ENDS = ("said_yes", "said_no", YES_BEFORE)
"""A yes or a no, whoever heard it: what was said before counts no more."""
BETTER = (*REACHED, *AT_ARRIVAL, "said_no", "coordinator", YES_BEFORE)
UNREACHED = ("not_reached", "no_coordinator")
"""Answers of a call that reached whom it was for, or the coordinator in place of them; and of one that did not."""
FRUITLESS = (*UNREACHED, "said_no")
"""Answers after which help is looked for elsewhere."""
TO_SENDER = SENDER, NO_SENDER = "sender", "no_sender"
"""Answers of a call of a coordinator to the sender, who was reached or not: no call to that desk."""
SAFE = "is_safe"
"""What a sender says of somebody who did not come: they are safe, and nobody looks for them."""
WORDS = ("came", "did_not_come", SAFE)  # what a sender says of an arrival
KNOWS_NOTHING = "called"
"""What a sender says who called, and knows nothing yet: their earlier word of that arrival holds no more."""


ME = "ME"
COORDINATOR = "N"
"""The sides of a call from the record: of the coordinator who asks, and of another one."""
TEAM = "TEAM"
"""The side of a call as the sender's own side reads it."""
CHILD = "child"
"""In place of a clock: somebody called the coordinator about a child, of whom child protection does not know yet."""
NATIONAL = "NATIONAL"
"""The side of a call of a coordinator as that side reads it."""
SENDER_HERE, NATIONAL_HERE = "SENDER_HERE", "NATIONAL_HERE"
"""The sides of a call of the sender, and of a coordinator, as the desk reads it that was called (ADR 0121)."""
CLOSED_THERE = "closed_there"
"""In place of a clock: urgent and not late yet, and nobody at that desk reads it before it is."""


@dataclass(frozen=True, kw_only=True)
class Owed:
    """An answer that the coordinator calls for: it is late, or nobody reads the referral before it is."""

    code: str
    to: UUID
    service_code: str
    urgency_code: str
    clock: str
    due: datetime  # when the answer is, or was, due
    sender: UUID | None
    opens: (
        datetime | None
    )  # when the desk opens, where it is closed now; only of an urgent one that nobody has answered

    @property
    def called_by(self) -> str:
        """Under what its calls stand: its number, or of a disputed result, which shows none, the organisation."""
        return self.code or str(self.to)

    @property
    def waits(self) -> bool:
        """Whether its first answer is awaited."""
        return self.clock in ("answer", CLOSED_THERE)


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call about a referral: from which organisation and side (S, SV, or one of those above), when, its answer."""

    side: str
    answer: str
    at: datetime
    body: BodyCard | None = None
    was: str = ""  # of YES_BEFORE: the age for which it was said, where that is known
    changed_at: datetime | None = None  # of such a one, for the coordinator, who is told no age: when it was changed
    by: str = ""  # of TEAM: the name of the colleague who called


@dataclass(frozen=True, kw_only=True)
class LateOne:
    """One target that has passed. `code`, `service_code` and `urgency_code` are empty where only the body is told."""

    code: str
    clock: str
    service_code: str
    urgency_code: str
    due: datetime
    sender: BodyCard | None = (
        None  # of an urgent one that nobody has answered, and of who is not where they were expected
    )
    sender_phone: str = ""
    """Of the same: who sent it, and where its desk can be called (ADR 0106, 0140)."""
    opens: datetime | None = None
    calls: tuple[Call, ...]
    """The newest first."""
    slip: Call | None = None  # what was put back there last
    quiet_until: datetime | None  # a coordinator has reached somebody there: until then nobody calls again

    @property
    def urgent(self) -> bool:
        """Whether it is called about now, or was: what is urgent is said there, and not as late."""
        return self.urgency_code == URGENT

    @property
    def spoken(self) -> bool:
        """Whether a coordinator has reached somebody there, and that still counts."""
        return self.quiet_until is not None

    @property
    def is_said_to_have_come(self) -> bool:
        """The sender says that the person came: of others nobody knows."""
        word = word_of_sender(self.calls)
        return word is not None and word.answer == "came"


@dataclass(frozen=True)
class LateBody:
    """A body with its desk's telephone and what is late there, the most urgent first."""

    body: BodyCard | None
    line: DeskLine
    rows: tuple[LateOne, ...]


@dataclass(frozen=True, kw_only=True)
class Expired:
    """A referral that nobody answered before its time ran out; where that desk can be called, and who has."""

    body: BodyCard | None
    line: DeskLine
    code: str
    service_code: str
    at: datetime
    calls: tuple[Call, ...]


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The coordinator's page."""

    at: datetime
    bodies: tuple[LateBody, ...]
    safe: tuple[LateBody, ...] = ()
    """Those of whom the sender says that the person did not come, and is safe: late, and nobody calls about them."""
    children: tuple[tuple[ChildTold, BodyCard | None, DeskLine], ...] = ()
    """Calls about a child, with who called and where that desk can be called; those put away within a day, too."""
    noes: tuple[tuple[NoAfterYes, BodyCard | None, BodyCard | None, DeskLine], ...] = ()
    """Each yes that became a no, with that desk, and with who sent it and where they can be called."""
    expired: tuple[Expired, ...]
    gaps: tuple[Missing, ...]
    since: date
    numbers: tuple[Number, ...] = ()
    """Who else can be tried where a desk has no number."""

    @property
    def owing(self) -> tuple[LateBody, ...]:
        """All of them, whether to call about or not."""
        return (*self.bodies, *self.safe)

    @property
    def to_call(self) -> int:
        """How many urgent ones are to call about now, as her Today and the rail count them."""
        urgent = sum(one.urgent and not one.spoken for body in self.bodies for one in body.rows)
        return urgent + len(self.noes) + sum(not one.put_away for one, _body, _line in self.children)

    @property
    def reached(self) -> int:
        """Of how many urgent ones somebody was reached, and the answer is awaited."""
        return sum(one.urgent and one.spoken for body in self.bodies for one in body.rows)

    @property
    def late(self) -> int:
        """How many of the rest are late."""
        return sum(not one.urgent for body in self.bodies for one in body.rows)


def overview(actor: Actor) -> Overview:
    """Late answers by body, what expired, and gaps by district. NotAllowed for whoever does not coordinate."""
    require(actor, "referral.late", None)
    at = now()
    since = date(at.year - 1, at.month, 1)
    late, children, noes = national_owed(actor, at)
    expired = definer.rows("referrals_expired", columns="code to_organisation_id service_code expired_at")
    bodies = {one.id: one for one in organisations()} if late or expired or children or noes else {}
    calls = calls_about(bodies) if late or expired else {}
    asked = {one.to for one in late} | {one.sender for one in late if one.sender} | {row[1] for row in expired}
    asked |= {one.by for one in children} | {one.sender for one in noes}
    lines = desk_lines(asked) if asked else {}
    safe = [one for one in late if known_safe(calls.get(one.called_by, ()))]
    return Overview(
        at=at,
        bodies=_late([one for one in late if one not in safe], bodies, lines, calls, at),
        safe=_late(safe, bodies, lines, calls, at),
        children=tuple((one, bodies.get(one.by), lines.get(one.by, DeskLine())) for one in children),
        noes=tuple(
            (one, bodies.get(one.to), bodies.get(one.sender), lines.get(one.sender, DeskLine())) for one in noes
        ),
        expired=tuple(
            Expired(
                body=bodies.get(body),
                line=lines.get(body, DeskLine()),
                code=code,
                service_code=service,
                at=then,
                calls=stands(calls.get(code, ())),
            )
            for code, body, service, then in expired
        ),
        gaps=gaps(actor, since),
        since=since,
        numbers=numbers(actor, {one.service_code for one in late}, {one.to for one in late} - set(lines), bodies, at),
    )


def owed(actor: Actor, at: datetime) -> list[Owed]:
    """What is late, and what nobody reads in time, for the coordinator; of anybody else nothing."""
    return national_owed(actor, at)[0]


def children_told(actor: Actor, at: datetime) -> list[ChildTold]:
    """The calls about a child that a coordinator is to answer, and those that she can still put back."""
    return national_owed(actor, at)[1]


def no_after_yes(actor: Actor, at: datetime) -> list[NoAfterYes]:
    """Each yes by telephone that became a no, and of which no coordinator has told the sender since."""
    return national_owed(actor, at)[2]


def national_owed(actor: Actor, at: datetime) -> tuple[list[Owed], list[ChildTold], list[NoAfterYes]]:
    """All three in one query, and one more for hours; of anybody but a coordinator nothing."""
    columns = (
        "code to_organisation_id service_code urgency_code clock_code due_at service_id from_organisation_id call_id"
        " answer answered_at side_code"
    )
    found = definer.rows("national_owed", list(kinds(["safe_place"])), columns=columns)
    rows = [row[:8] for row in found if row[8] is None and row[4] != NO_AFTER_YES]
    services = {row[6] for row in rows if row[6] is not None}
    hours, local = weeks(actor, services) if services else {}, timezone.localtime(at)
    closed = {one for one, week in hours.items() if closed_throughout(week, local, local + timedelta(minutes=1))}
    owes = [
        Owed(
            code=code,
            to=to,
            service_code=service_code,
            urgency_code=urgency,
            clock=clock,
            due=due,
            sender=sender,
            opens=opens_next(hours[service], local) if service in closed else None,
        )
        for code, to, service_code, urgency, clock, due, service, sender in rows
    ]
    return owes, told_of_children(found), noes_of(found)


def calls_about(bodies: Mapping[UUID, BodyCard]) -> dict[str, tuple[Call, ...]]:
    """By number of what is late or has expired: who called, the newest first. Of nobody but a coordinator anything."""
    found: dict[str, tuple[Call, ...]] = {}
    called = definer.rows("referrals_called", columns="code organisation_id side_code answer_code at changed_at")
    worded: set[tuple[str, UUID]] = set()
    for code, body, side, answer, at, changed_at in called:
        later = any(one.side in (ME, COORDINATOR) for one in found.get(code, ()))
        if (answer in WORDS and (code, body) in worded) or (answer == NO_SENDER and later):
            continue  # the sender has said something newer of the arrival, or a coordinator called later: that stands
        worded |= {(code, body)} if answer in (*WORDS, KNOWS_NOTHING) else set()
        call = Call(side=side, answer=answer, at=at, body=bodies.get(body), changed_at=changed_at)
        found[code] = (*found.get(code, ()), call)
    return found


def quiet_until(one: Owed, calls: tuple[Call, ...], at: datetime) -> datetime | None:
    """Until when nobody calls again, by the last call of a coordinator: None where that reached nobody, or is over.

    Of what is urgent until its answer is due, or for an hour where that is over (`national_to_call` counts the same for
    the rail); of the rest for the day of the call. About what is urgent its sender calls, too: while the first answer
    is awaited, what was said there in its newest call counts as if it had been said to a coordinator (ADR 0120). A
    sender who was not reached is called again after an hour, whatever was heard there before (ADR 0175).
    """
    own = next((each for each in calls if each.side in (ME, COORDINATOR) and each.answer not in TO_SENDER), None)
    theirs = next((each for each in calls if each.side not in (ME, COORDINATOR)), None)
    if theirs and not (one.waits and one.urgency_code == URGENT and theirs.answer in (*REACHED, *ENDS)):
        theirs = None
    if (tried := sender_tried(calls)) is not None and (theirs is None or theirs.at < tried):
        return tried + AGAIN if at < tried + AGAIN else None
    last = max(filter(None, (own, theirs)), key=lambda each: each.at, default=None)
    last = told_since(calls, last) or last
    if last is None or last.answer not in (*REACHED, *CALMS, SENDER):
        return None
    if one.urgency_code != URGENT:
        until = timezone.localtime(last.at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    elif one.clock == CLOSED_THERE:
        return one.due
    else:
        until = last.at + AGAIN if last.at >= one.due else at
    return until if at < until else None


def sender_tried(calls: Sequence[Call]) -> datetime | None:
    """When a coordinator called whoever sent it and reached nobody, where that was the newest call of one."""
    newest = next((each for each in calls if each.side in (ME, COORDINATOR)), None)
    return newest.at if newest is not None and newest.answer == NO_SENDER else None


def word_of_sender(calls: Sequence[Call]) -> Call | None:
    """Of these calls what the sender says of the arrival."""
    return next((one for one in calls if one.answer in WORDS), None)


def known_safe(calls: Sequence[Call]) -> Call | None:
    """That the person is safe, where it is what the sender said last of their arrival."""
    word = word_of_sender(calls)
    return word if word is not None and word.answer == SAFE else None


def _late(
    rows: list[Owed],
    bodies: Mapping[UUID, BodyCard],
    lines: Mapping[UUID, DeskLine],
    calls: Mapping[str, tuple[Call, ...]],
    at: datetime,
) -> tuple[LateBody, ...]:
    by_body: dict[UUID, list[LateOne]] = {}
    for one in rows:
        of, about = calls.get(one.called_by, ()), stands(calls.get(one.called_by, ()))
        by_body.setdefault(one.to, []).append(
            LateOne(
                code=one.code,
                clock=one.clock,
                service_code=one.service_code,
                urgency_code=one.urgency_code,
                due=one.due,
                sender=bodies.get(one.sender) if one.sender else None,
                sender_phone=lines.get(one.sender, DeskLine()).phone if one.sender else "",
                opens=one.opens,
                calls=about,
                slip=slip_of(of),
                quiet_until=quiet_until(one, about, at),
            )
        )
    found = [LateBody(bodies.get(pk), lines.get(pk, DeskLine()), _in_turn(owes)) for pk, owes in by_body.items()]
    return tuple(sorted(found, key=lambda one: _turn(one.rows[0], one.rows)))


def _in_turn(of: Sequence[LateOne]) -> tuple[LateOne, ...]:
    return tuple(sorted(of, key=lambda one: _turn(one, of)))


def _turn(one: LateOne, of: Sequence[LateOne]) -> tuple[bool, bool, bool, bool, datetime]:
    """The urgent first, and of each where nobody was reached; then of whom nobody knows anything, what comes first by
    its kind, and what is due first: as on her Today. `of`: all that its organisation owes. While one of these is still
    to be asked about, the others keep their turn, and the organisation its place (ADR 0166).

    A disputed result, of which nothing is told, comes after the others.
    """
    asked = [each for each in of if each.urgent == one.urgent and each.code and not each.is_said_to_have_come]
    calm = one.spoken and (one.is_said_to_have_come or all(each.spoken for each in asked))
    return (
        not one.urgent,
        calm or not one.code,
        one.is_said_to_have_come,
        not why_first(one.service_code),
        one.due,
    )
