"""Lets the invented world happen in the order of its time: first what is founded, then scenes."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from functools import partial
from graphlib import TopologicalSorter

from hamkori.calendar.rules import Calendar
from hamkori.site.demo.hands import Ticker, WorldClock

Scene = Callable[[], object]


class Director:
    """Scenes by their time. Playing them moves the world's clock; the clock's process runs whenever it is due."""

    def __init__(self, clock: WorldClock, ticker: Ticker) -> None:
        self.end = datetime.now(UTC)
        self.calendar = Calendar()
        self._clock = clock
        self._ticker = ticker
        self._founding: dict[str, tuple[Collection[str], Scene]] = {}
        self._scenes: list[tuple[datetime, int, Scene]] = []
        self._number = 0

    def before(self, *, days: float = 0, hours: float = 0) -> datetime:
        """That long before the demonstration was made."""
        return self.end - timedelta(days=days, hours=hours)

    def founds(self, what: str, scene: Scene, *, after: Collection[str] = ()) -> None:
        """Plans what must stand before anything happens; `after`: what must be founded before it, by whichever room."""
        if what in self._founding:
            raise ValueError(f"two rooms found {what}")
        self._founding[what] = (after, scene)

    def at(self, moment: datetime, scene: Callable[..., object], *given: object, **named: object) -> None:
        """Plans a scene with what it is to be given; what would lie after the end does not happen."""
        if moment >= self.end:
            return
        self._number += 1
        planned: Scene = partial(scene, *given, **named)
        heapq.heappush(self._scenes, (moment, self._number, planned))

    def tick_at(self, moment: datetime) -> None:
        """Plans a run of the clock."""
        self.at(moment, self._ticker.run)

    def morning_after(self, moment: datetime, days: int = 1, hour: int = 10) -> datetime:
        """Ten o'clock of the next day, on the wall clock of the country."""
        day = self.calendar.day(moment) + timedelta(days=days)
        return self.calendar.at(day, datetime.min.time().replace(hour=hour))

    def found(self, say: Callable[[str], None]) -> None:
        """Everything that must stand, each after what it needs; says what stands."""
        for what in TopologicalSorter({what: after for what, (after, _) in self._founding.items()}).static_order():
            if what not in self._founding:
                raise LookupError(f"no room founds {what}")
            self._founding[what][1]()
            say(what)

    def play(self) -> int:
        """Everything that was planned, and what that plans; returns the number of scenes."""
        played = 0
        while self._scenes:
            moment, _number, scene = heapq.heappop(self._scenes)
            self._clock.at(moment)
            scene()
            played += 1
        self._clock.now()
        self._ticker.run()
        return played
