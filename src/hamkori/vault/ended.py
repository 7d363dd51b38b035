"""Sessions that are over, whatever the database says: for as long as a session could have lasted, and no longer.

Who owns the database can put the row of a session back that was ended, for a thief who holds both cookies. So what was
ended is written down beside the marks, in one file a day: a session by its id, or all of a person's that nobody has
confirmed since; and how many times its vault was sealed. No session outlives the day after the one on which it began,
so older files go. Where what a process has read of today's or yesterday's is gone, it believes no session: MarksLost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from hamkori.canon import micros
from hamkori.vault.marks import Marks, create

NAME = re.compile(r"ended-\d{4}-\d\d-\d\d")
DAY = timedelta(days=1)


class Ended:
    """What all processes of this server have ended today and yesterday."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._days: dict[date, Marks] = {}

    def end(self, session: UUID, now: datetime) -> None:
        """This session is over."""
        self._today(now).raise_to("session", session, 1)

    def end_before(self, user: UUID, moment: datetime) -> None:
        """Every session of this person is over that was neither begun nor confirmed at this moment or later."""
        self._today(moment).raise_to("since", user, micros(moment))

    def is_over(self, session: UUID, user: UUID, stands_since: datetime, now: datetime) -> bool:
        """Whether this session was ended. `stands_since`: when it began, or was kept while the others were ended."""
        since = micros(stands_since)
        return any(
            marks.least("session", session) > 0 or since < marks.least("since", user) for marks in self._lately(now)
        )

    def seal(self, session: UUID, now: datetime) -> None:
        """The vault of this session is closed: what was locked away until now stays shut. Of a key that waited for the
        second factor: it was taken.
        """
        self._today(now).raise_to("vault", session, self.sealed(session, now) + 1)

    def sealed(self, session: UUID, now: datetime) -> int:
        """How many times it was closed: the least number of what opens in it."""
        return max((marks.least("vault", session) for marks in self._lately(now)), default=0)

    def _today(self, now: datetime) -> Marks:
        today = now.astimezone(UTC).date()
        path = self._path(today)
        if not self._is_there(today):
            create(path)
            self._tidy(today)
        return self._of(today)

    def _lately(self, now: datetime) -> Iterator[Marks]:
        today = now.astimezone(UTC).date()
        return (self._of(one) for one in (today, today - DAY) if self._is_there(one))

    def _tidy(self, today: date) -> None:
        oldest = self._path(today - DAY).name
        for path in self.folder.iterdir():
            if NAME.fullmatch(path.name) and path.name < oldest:
                with suppress(FileNotFoundError):  # another process tidies too
                    path.unlink()
        self._days = {one: marks for one, marks in self._days.items() if one >= today - DAY}

    def _is_there(self, one: date) -> bool:
        """Whether there is a file of this day, or was: one that was read and is gone is not made anew."""
        return one in self._days or self._path(one).exists()

    def _of(self, one: date) -> Marks:
        return self._days.setdefault(one, Marks(self._path(one)))

    def _path(self, one: date) -> Path:
        return self.folder / f"ended-{one.isoformat()}"
