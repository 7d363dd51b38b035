"""Working time: what counts as working, and arithmetic in it. Pure; the managed days are passed in as data.

Monday to Friday 08:00-17:00 in a named zone, minus holidays and transferred days off, plus working Saturdays. Wall
clock hours of that zone: where there is summer time, a working day keeps its nine hours. Instants are aware in, aware
UTC out.
See docs/design/engine.md#clocks-and-working-time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hamkori.vocabulary.country import ZONE

OPENS = time(8)
CLOSES = time(17)
NIGHT_ENDS = 6
"""The hour until which a night is not over: what is said before it is said of the day before."""

FREE_KINDS = ("holiday", "transferred", "decree")
"""Kinds of managed days on which nobody works."""
WORKING_KINDS = ("working_saturday",)
"""Kinds of managed days on which people work though it is a weekend."""

_HORIZON = 3660  # days; a calendar without a working day in ten years is a fault, not a long weekend


@dataclass(frozen=True)
class Calendar:
    """A zone and its managed days. `version` tells which state of the table a due time was computed with."""

    zone: str = ZONE
    free: frozenset[date] = field(default_factory=frozenset)
    working: frozenset[date] = field(default_factory=frozenset)
    version: int = 0

    @classmethod
    def of(cls, days: dict[date, str], zone: str = ZONE, version: int = 0) -> "Calendar":
        """From the managed table: day -> kind. Unknown kind: KeyError."""
        for kind in days.values():
            if kind not in FREE_KINDS and kind not in WORKING_KINDS:
                raise KeyError(kind)
        free = frozenset(day for day, kind in days.items() if kind in FREE_KINDS)
        return cls(zone, free, frozenset(days) - free, version)

    def works(self, day: date) -> bool:
        """Whether people work on this day. A managed day wins over the day of the week."""
        if day in self.working:
            return True
        return day.weekday() < 5 and day not in self.free

    def local(self, instant: datetime) -> datetime:
        """The instant on the wall clock of the zone."""
        return instant.astimezone(ZoneInfo(self.zone))

    def day(self, instant: datetime) -> date:
        """The day of the zone in which the instant lies."""
        return self.local(instant).date()

    def at(self, day: date, wall: time) -> datetime:
        """A wall clock time of a day, as an instant."""
        return datetime.combine(day, wall, ZoneInfo(self.zone)).astimezone(UTC)

    def opens(self, day: date) -> datetime:
        """When work begins on that day."""
        return self.at(day, OPENS)

    def closes(self, day: date) -> datetime:
        """When work ends on that day."""
        return self.at(day, CLOSES)

    def days_after(self, day: date) -> Iterator[date]:
        """Working days after `day`, in order. ValueError if there is none in ten years."""
        for ahead in range(1, _HORIZON):
            if self.works(day + timedelta(days=ahead)):
                yield day + timedelta(days=ahead)
        raise ValueError("the calendar has no working day left")

    def is_open(self, instant: datetime) -> bool:
        """Whether the instant lies in working time; the moment of closing no longer does."""
        local = self.local(instant)
        return self.works(local.date()) and OPENS <= local.time() < CLOSES

    def next_open(self, instant: datetime) -> datetime:
        """The instant itself if it lies in working time, else the next opening."""
        if self.is_open(instant):
            return instant.astimezone(UTC)
        local = self.local(instant)
        if self.works(local.date()) and local.time() < OPENS:
            return self.opens(local.date())
        return self.opens(next(self.days_after(local.date())))


def close_after(calendar: Calendar, day: date, days: int) -> datetime:
    """The close of the n-th working day after `day` (n at least 1)."""
    ahead = calendar.days_after(day)
    for _ in range(days):
        day = next(ahead)
    return calendar.closes(day)


def close_of_next_day(calendar: Calendar, said: datetime) -> datetime:
    """The close of the working day after the day on which this was said, in hours or not: whoever hears of it then has
    that whole day. `close_of_next_day` in walls/10_calendar.sql says the same.
    """
    return close_after(calendar, calendar.day(said), 1)


def close_of_working_day(calendar: Calendar, start: datetime, days: int) -> datetime:
    """The close of the n-th working day after the day on which `start` counts (outside hours: the next opening)."""
    return close_after(calendar, calendar.day(calendar.next_open(start)), days)


def add_working(calendar: Calendar, start: datetime, work: timedelta) -> datetime:
    """The instant at which `work` of working time has passed since `start`.

    A span that fills a day ends at its close, not at the next opening. `work` of zero gives `next_open(start)`.
    """
    now = calendar.next_open(start)
    while work > (left := calendar.closes(calendar.day(now)) - now):
        work -= left
        now = calendar.next_open(calendar.closes(calendar.day(now)))
    return now + work


def on_end(calendar: Calendar, start: datetime, work: timedelta) -> datetime:
    """When so much working time on end has passed since `start`: what a day's close would break counts anew from the
    next opening. ValueError: no day is so long.
    """
    begins = calendar.next_open(start)
    if begins + work > calendar.closes(calendar.day(begins)):
        begins = calendar.next_open(calendar.closes(calendar.day(begins)))
    if begins + work > calendar.closes(calendar.day(begins)):
        raise ValueError("no working day is so long")
    return begins + work


def working_between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """How much working time lies between two instants; zero if `end` is not after `start`."""
    total = timedelta(0)
    now = calendar.next_open(start)
    while now < end:
        closes = calendar.closes(calendar.day(now))
        total += min(closes, end.astimezone(UTC)) - now
        now = calendar.next_open(closes)
    return total
