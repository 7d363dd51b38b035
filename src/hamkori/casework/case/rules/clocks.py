"""The clocks running: when something is due, whom to remind and tell now, when it ends. Pure.

Times and the calendar come in as arguments; instants are aware, UTC out. A step starts a clock, which gives a
`Timed`: its target and its rungs. The rows are in `clock_table`.
See docs/design/clocks-and-notices.md#how-a-rung-is-acted-on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from hamkori.calendar.rules import Calendar, add_working, close_after, close_of_working_day, working_between
from hamkori.casework.case.rules.clock_table import CLOCKS, HALF, ClockRow, Span
from hamkori.lifecycle import Notice
from hamkori.vocabulary import codelist

STOP_WINDOW = timedelta(seconds=30)
UNACCEPT_WINDOW = timedelta(hours=24)
DRAFT_IDLE = timedelta(days=14)
QUESTIONS_AT_MOST = 3
MOVES_AT_MOST = 2
PAUSED_AT_MOST = CLOCKS["consent"].rungs[-1].after.at_most
"""How long help that goes on waits for her next yes; then it lapses."""
LEAST_WARNING = timedelta(hours=4)
"""A change of the calendar never moves a rung to less than this from now."""


@dataclass(frozen=True)
class Rung:
    """A rung of a running clock, with its instant."""

    name: str
    at: datetime
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class Timed:
    """A running clock: what is stored is its target, its rungs and the version of the calendar that made them."""

    clock: str
    start: datetime
    target: datetime
    rungs: tuple[Rung, ...]
    calendar_version: int

    def rung(self, name: str) -> Rung:
        """The rung of that name. Unknown: KeyError."""
        for rung in self.rungs:
            if rung.name == name:
                return rung
        raise KeyError(name)


def _after(span: Span, base: datetime, calendar: Calendar) -> datetime:
    if span.unit == "working_hours":
        return add_working(calendar, base, timedelta(hours=span.amount))
    return base.astimezone(UTC) + timedelta(**{span.unit: span.amount})


def run(row: ClockRow, start: datetime, calendar: Calendar) -> Timed:
    """The clock of a row, started at `start`. A start outside working time counts from the next opening."""

    def at(span: Span, base: str) -> datetime:
        if span is HALF:
            return add_working(calendar, start, working_between(calendar, start, target) / 2)
        if span.unit == "working_days" and base == "start":
            return close_of_working_day(calendar, start, span.amount)
        if span.unit == "working_days":
            return close_after(calendar, calendar.day(target), span.amount)
        return _after(span, start if base == "start" else target, calendar)

    target = start
    target = at(row.target, "start")
    rungs = tuple(Rung(rule.name, at(rule.after, rule.base), rule.notices) for rule in row.rungs)
    return Timed(row.name, start.astimezone(UTC), target, rungs, calendar.version)


# ---------------------------------------------------------------- the answer


def visible_at(sent_at: datetime, urgency_code: str, risk_level_code: str) -> datetime:
    """When the desk sees a request that was sent: at once if urgent or in danger, else after the stop window."""
    at_once = urgency_code == "urgent" or risk_level_code == "high"
    return sent_at if at_once else sent_at + STOP_WINDOW


def answer_rungs(seen_at: datetime, urgency_code: str, calendar: Calendar) -> Timed:
    """The answer clock from the moment of being visible. Unknown urgency: KeyError."""
    return run(CLOCKS[f"answer.{urgency_code}"], seen_at, calendar)


def answer_due(seen_at: datetime, urgency_code: str, calendar: Calendar) -> datetime:
    """The answer target: by when the desk is asked to answer."""
    return answer_rungs(seen_at, urgency_code, calendar).target


def answer_at_most(answer: Timed) -> datetime:
    """Until when a yes counts, whatever the clock has done: the grace once over again, for a job that stood still.

    A calendar that grows by more than that moves the lapse past it, and the last days hear of a lapse. Reckoned anew
    from the calendar, it would be the owner's of the database, who writes the calendar: also what it says at the send
    makes neither longer than such a clock may last.
    """
    told, lapse, row = answer.rung("told").at, answer.rung("lapse").at, CLOCKS[answer.clock]
    return min(lapse, answer.start + row.longest) + min(lapse - told, row.rungs[-1].after.at_most)


# ---------------------------------------------------------------- after the answer


def part_ends(arrival_on: date, arrival_part_code: str) -> datetime:
    """When the agreed part of day is over, as the clock on the wall says it. Unknown part: KeyError."""
    ends = codelist("part_of_day").entry(arrival_part_code).data["ends"]
    return datetime.combine(arrival_on, time.fromisoformat(str(ends)))


def arrival_end(arrival_on: date, arrival_part_code: str, calendar: Calendar) -> datetime:
    """When the agreed part of day is over, on the zone's wall clock. Unknown part: KeyError."""
    return calendar.at(arrival_on, part_ends(arrival_on, arrival_part_code).time())


def arrival_rungs(arrival_on: date, arrival_part_code: str, urgency_code: str, calendar: Calendar) -> Timed:
    """She was expected on a day and part of day. For urgent requests hours count, day and night."""
    row = CLOCKS["arrival.urgent" if urgency_code == "urgent" else "arrival"]
    return run(row, arrival_end(arrival_on, arrival_part_code, calendar), calendar)


def miss_rungs(missed_at: datetime, calendar: Calendar) -> Timed:
    """She did not come, until the next act."""
    return run(CLOCKS["miss"], missed_at, calendar)


def result_rungs(served_at: datetime, period: int, calendar: Calendar) -> Timed:
    """The n-th period of 30 days (1 is the first) in which a word about the result is due."""
    return run(CLOCKS["result"], served_at + timedelta(days=30 * (period - 1)), calendar)


def confirm_rungs(finished_at: datetime, calendar: Calendar) -> Timed:
    """From a result to the sender's confirmation."""
    return run(CLOCKS["confirm"], finished_at, calendar)


def dispute_rungs(disputed_at: datetime, calendar: Calendar) -> Timed:
    """From a dispute to the receiver's answer."""
    return run(CLOCKS["dispute"], disputed_at, calendar)


def child_rungs(registered_at: datetime, calendar: Calendar) -> Timed:
    """From the registration of a child to telling child protection."""
    return run(CLOCKS["child"], registered_at, calendar)


def consent_end(until_on: date, calendar: Calendar) -> datetime:
    """The instant at which an agreement ends: the end of its last day."""
    return calendar.at(until_on + timedelta(days=1), time(0))


def consent_rungs(until_on: date, calendar: Calendar) -> Timed:
    """Reminders before an agreement ends, its end, and the lapse of what it carried 30 days later."""
    return run(CLOCKS["consent"], consent_end(until_on, calendar), calendar)


# ---------------------------------------------------------------- running them


def due_rungs(clock: Timed, now: datetime, done: Mapping[str, datetime]) -> tuple[Rung, ...]:
    """The rungs to act on now. `done`: rung name -> when it was acted on, so that each happens once.

    After a stop of the job nobody is reminded of what is already past: a reminder is skipped once a later rung is
    due. A lapse waits until the told (or end) rung before it is half the grace old, so that people can still act.
    """
    reached = [index for index, rung in enumerate(clock.rungs) if rung.at <= now]
    return tuple(
        clock.rungs[index]
        for index in reached
        if clock.rungs[index].name not in done
        and (index == reached[-1] or not clock.rungs[index].name.startswith("reminder"))
        and (clock.rungs[index].name != "lapse" or _grace_kept(clock, index, now, done))
    )


def _grace_kept(clock: Timed, index: int, now: datetime, done: Mapping[str, datetime]) -> bool:
    told, lapse = clock.rungs[index - 1], clock.rungs[index]
    return told.name in done and now >= done[told.name] + (lapse.at - told.at) / 2


def next_at(clock: Timed, now: datetime, done: Mapping[str, datetime]) -> datetime | None:
    """When a job should look at this clock again; None if nothing is left to do."""
    later = [rung.at for rung in clock.rungs if rung.at > now]
    if later:
        return later[0]
    last = clock.rungs[-1]
    if last.name != "lapse" or last.name in done:
        return None
    told = clock.rungs[-2]
    return done.get(told.name, now) + (last.at - told.at) / 2


def recomputed(old: Timed, new: Timed, now: datetime) -> Timed:
    """An open clock after a change of the calendar: `new` is the same clock run with the new one.

    What is past stays; nothing is moved to less than four hours from now.
    """

    def moved(before: datetime, after: datetime) -> datetime:
        return before if before <= now else max(after, min(before, now + LEAST_WARNING))

    rungs = tuple(replace(rung, at=moved(rung.at, fresh.at)) for rung, fresh in zip(old.rungs, new.rungs, strict=True))
    return replace(old, target=moved(old.target, new.target), rungs=rungs, calendar_version=new.calendar_version)


# ---------------------------------------------------------------- guards that are times


def not_yet_visible(seen_at: datetime, now: datetime) -> bool:
    """Whether a request that was sent can still be stopped."""
    return now < seen_at


def within_24h(accepted_at: datetime, now: datetime) -> bool:
    """Whether an acceptance can still be given back."""
    return now < accepted_at + UNACCEPT_WINDOW


def idle_since(now: datetime) -> datetime:
    """The clock discards the drafts that were last touched at this moment or before it."""
    return now - DRAFT_IDLE


def late(due_at: datetime | None, now: datetime) -> bool:
    """Whether a target has passed: at its very moment it has. None: no clock runs, so nothing is late."""
    return due_at is not None and due_at <= now
