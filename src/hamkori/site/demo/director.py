"""Lets the invented world happen in the order of its time: a heap of scenes, each an act of somebody."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hamkori.calendar.rules import Calendar
from hamkori.site.demo.hands import Ticker, WorldClock

Scene = Callable[[], None]


class Director:
    """Scenes by their time. Playing them moves the world's clock; the clock's process runs whenever it is due."""

    def __init__(self, clock: WorldClock, ticker: Ticker) -> None:
        self.end = datetime.now(UTC)
        self.calendar = Calendar()
        self._clock = clock
        self._ticker = ticker
        self._scenes: list[tuple[datetime, int, Scene]] = []
        self._number = 0

    def before(self, *, days: float = 0, hours: float = 0) -> datetime:
        """That long before the demonstration was made."""
        return self.end - timedelta(days=days, hours=hours)

    def at(self, moment: datetime, scene: Scene) -> None:
        """Plans a scene; what would lie after the end does not happen."""
        if moment >= self.end:
            return
        self._number += 1
        heapq.heappush(self._scenes, (moment, self._number, scene))

    def tick_at(self, moment: datetime) -> None:
        """Plans a run of the clock."""
        self.at(moment, self._tick)

    def _tick(self) -> None:
        self._ticker.run()

    def morning_after(self, moment: datetime, days: int = 1, hour: int = 10) -> datetime:
        """Ten o'clock of the next day, on the wall clock of the country."""
        day = self.calendar.day(moment) + timedelta(days=days)
        return self.calendar.at(day, datetime.min.time().replace(hour=hour))

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
