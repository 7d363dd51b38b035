"""Answer targets as rows: how long, what is said on the way and to whom, how it ends; and the clocks that run by them.

Pure: times and the calendar come in as arguments; instants are aware, UTC out. A step starts a clock, which gives a
`Timed`: its target and its rungs. Each room registers the rows of its own.
See docs/design/clocks-and-notices.md#how-a-rung-is-acted-on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Protocol

from hamkori.calendar.rules import (
    Calendar,
    add_working,
    close_after,
    close_of_next_day,
    close_of_working_day,
    on_end,
    working_between,
)

LEAST_WARNING = timedelta(hours=4)
"""A change of the calendar never moves a rung to less than this from now."""


class Tells(Protocol):
    """What a rung tells: a notice's key and to which sides. What a side is, its room knows."""

    @property
    def key(self) -> str: ...

    @property
    def to(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Span:
    """An amount of time. `days` and `hours` run day and night; `working_days` end at the close of the n-th one.

    `months` are those of the wall calendar, cut to the month's last day, and end at the close of that day or of the
    next working one. `half`: half of the working time up to the target. `hours_on_end`: working hours that no night
    breaks. `next_day`: to the close of the working day after the one on which it begins, in hours or not.
    """

    amount: int
    unit: str

    @property
    def at_most(self) -> timedelta:
        """How long it may take on the wall, whatever the calendar says; days that are worked take far less."""
        amount = max(self.amount, 0)
        if self.unit in ("hours", "days"):
            return timedelta(**{self.unit: amount})
        free = {"half": 0, "working_hours": 14 * 24 + 3 * amount, "working_days": (14 + 3 * amount) * 24}
        free["months"] = (14 + 31 * amount) * 24
        free |= {"hours_on_end": 15 * 24 + amount, "next_day": (14 + 3) * 24}
        return timedelta(hours=free[self.unit])


hours = partial(Span, unit="hours")
days = partial(Span, unit="days")
working_hours = partial(Span, unit="working_hours")
working_days = partial(Span, unit="working_days")
hours_on_end = partial(Span, unit="hours_on_end")
NEXT_DAY = Span(1, "next_day")
HALF = Span(1, "half")
NO_WAIT = Span(0, "hours")


@dataclass(frozen=True)
class RungRule:
    """A rung: its name, what it counts from (`start` or `target`), after how long, and whom it tells with which key.

    `not_before`: counted from the start, it waits for so much working time, where that is later (ADR 163).
    """

    name: str
    base: str
    after: Span
    notices: tuple[Tells, ...] = ()
    not_before: Span | None = None

    def at_most(self, target: Span) -> timedelta:
        """From the start of a clock with this target, whatever the calendar says."""
        usual = target.at_most + self.after.at_most
        return max(usual, self.not_before.at_most) if self.not_before else usual


@dataclass(frozen=True)
class ClockRow:
    """A row of the table. The rungs stand in the order of time. `end`: what the last rung does, for people."""

    name: str
    target: Span
    rungs: tuple[RungRule, ...]
    end: str

    @property
    def longest(self) -> timedelta:
        """From its start to its last rung, whatever the calendar says."""
        return max(rung.at_most(self.target) for rung in self.rungs)


_rows: dict[str, ClockRow] = {}


def register(rows: Mapping[str, ClockRow]) -> None:
    """A room's rows by name, once, when it is ready. ValueError: another room has one of these names."""
    if taken := _rows.keys() & rows.keys():
        raise ValueError(f"two rooms have the clocks {sorted(taken)}")
    _rows.update(rows)


def all_rows() -> tuple[ClockRow, ...]:
    """The rows of every room."""
    return tuple(_rows.values())


@dataclass(frozen=True)
class Rung:
    """A rung of a running clock, with its instant."""

    name: str
    at: datetime
    notices: tuple[Tells, ...] = ()


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


def _had(span: Span, start: datetime, calendar: Calendar) -> datetime:
    """When whoever is asked has had so much working time (`not_before`)."""
    if span is NEXT_DAY:
        return close_of_next_day(calendar, start)
    return on_end(calendar, start, timedelta(hours=span.amount))


def _close_in_months(calendar: Calendar, day: date, amount: int) -> datetime:
    years, month = divmod(day.month - 1 + amount, 12)
    first = date(day.year + years, month + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    then = last.replace(day=min(day.day, last.day))
    return calendar.closes(then if calendar.works(then) else next(calendar.days_after(then)))


def run(row: ClockRow, start: datetime, calendar: Calendar) -> Timed:
    """The clock of a row, started at `start`. A start outside working time counts from the next opening."""

    def at(span: Span, base: str) -> datetime:
        if span is HALF:
            return add_working(calendar, start, working_between(calendar, start, target) / 2)
        if span.unit == "working_days" and base == "start":
            return close_of_working_day(calendar, start, span.amount)
        if span.unit == "working_days":
            return close_after(calendar, calendar.day(target), span.amount)
        if span.unit == "months":
            return _close_in_months(calendar, calendar.day(start if base == "start" else target), span.amount)
        return _after(span, start if base == "start" else target, calendar)

    def reached(rule: RungRule) -> datetime:
        usual = at(rule.after, rule.base)
        return max(usual, _had(rule.not_before, start, calendar)) if rule.not_before else usual

    target = start
    target = at(row.target, "start")
    rungs = tuple(Rung(rule.name, reached(rule), rule.notices) for rule in row.rungs)
    return Timed(row.name, start.astimezone(UTC), target, rungs, calendar.version)


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


def as_kept(name: str, row: str, timed: Timed, period: int = 1) -> dict[str, object]:
    """A running clock as the database keeps it."""
    return {
        "clock_code": name,
        "row_code": row,
        "started_at": timed.start,
        "due_at": timed.target,
        "next_at": timed.rungs[0].at,
        "rungs": [{"name": rung.name, "at": rung.at} for rung in timed.rungs],
        "period": period,
        "calendar_version": timed.calendar_version,
    }
