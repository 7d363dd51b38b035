"""A committed house whose first steps are put back as they were once taken, in place of being taken anew.

Most tests of a committed house begin alike: a case, a request that is sent, one that is accepted. To take these steps
costs ten times what a test then does with them. So whatever was the first thing that a test of this process did is
kept, with the rows and marks that it left; the next test that begins so is given these rows, marks and answers. Only
what comes first: as soon as a test has asked the database anything else, every step is taken.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy, deepcopy
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import psycopg
from django.conf import settings
from django.db import connection, connections, transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral
from hamkori.vault import server
from hamkori.vault.alone import hold, place_of
from hamkori.vault.marks import uuid_of
from tests import database, doors
from tests.casework.racing import House
from tests.cast import World, build
from tests.rows import Rows

T = TypeVar("T")
Step = tuple[object, ...]
LASTS = 900.0
"""Seconds: what is kept of a case is no older, so that no test meets a request whose time is nearly over."""


class _Statements:
    """How many statements this process has sent, by whatever connection of whatever thread."""

    def __init__(self) -> None:
        self.sent = 0
        execute = psycopg.Cursor.execute

        def counted(cursor: Any, *args: Any, **more: Any) -> Any:
            self.sent += 1
            return execute(cursor, *args, **more)

        psycopg.Cursor.execute = counted  # type: ignore[method-assign]


statements = _Statements()


@dataclass(frozen=True)
class _Kept:
    """What a step has left: rows, marks and what else lies beside them, its answer, and when that was."""

    rows: Rows
    files: dict[str, bytes]
    made: Any
    at: float
    day: date


_kept: dict[tuple[Step, ...], _Kept] = {}
"""By the steps from a house in which nobody has done anything."""
NOTHING: tuple[Step, ...] = ()
LEFT_ALONE = frozenset({"alarms", "locks"})


@dataclass
class KeptHouse(House):
    """The house of one file of tests."""

    _steps: tuple[Step, ...] | None = NOTHING
    _sent: int = -1
    _case: Case | None = None
    _taking: bool = field(default=False)

    def begins(self) -> None:
        """Nothing that was done until now is needed any more: here a test begins, or a round of one."""
        self._steps, self._sent, self._case = NOTHING, statements.sent, None

    def first(self, step: Step, take: Callable[[], T]) -> T:
        """What `take` gives. If nothing was done since it began but what is kept: put back in place of taken."""
        if self._taking or self._steps is None or self._sent != statements.sent or connection.in_atomic_block:
            return take()
        before, steps = self._steps, (*self._steps, step)
        if before == NOTHING:
            _forget_old(step)
        found = _kept.get(steps)
        if found is None or not _put(found):
            if before == NOTHING and not _put(_kept[NOTHING]):
                self._steps = None  # somebody has changed more than rows: each step is taken from here on
                return take()
            found = self._taken(steps, take)
        self._steps, self._sent = steps, statements.sent
        made: T = deepcopy(found.made)
        return made

    def _taken(self, steps: tuple[Step, ...], take: Callable[[], Any]) -> _Kept:
        self._taking = True
        try:
            made = take()
        finally:
            self._taking = False
        _kept[steps] = _keep(deepcopy(made), _kept[steps[:-1]])
        return _kept[steps]

    def anew(self) -> None:
        """The house as it was built: also people's keys, roles and posts."""
        assert _put(_kept[NOTHING]), "somebody has changed more than rows"
        self.begins()

    # --- the steps with which most tests begin ------------------------------------------------------------------------

    def case(self, *colleagues: str) -> Case:
        """As ever."""
        self._case = self.first(("case", *colleagues), lambda: super(KeptHouse, self).case(*colleagues))
        return self._case

    def agreed(self, case: Case) -> None:
        """As ever."""
        if case is self._case:
            self.first(("agreed",), lambda: super(KeptHouse, self).agreed(case))
        else:
            super().agreed(case)

    def draft(self, case: Case, urgency: str = "urgent") -> Referral:
        """As ever."""
        if case is self._case:
            return self.first(("draft", urgency), lambda: super(KeptHouse, self).draft(case, urgency))
        return super().draft(case, urgency)

    def sent(self, case: Case | None = None, urgency: str = "urgent") -> tuple[Case, Referral]:
        """As ever. What is not urgent can be stopped until the desk sees it a little later, so it is sent anew."""
        if urgency != "urgent":
            return super().sent(case, urgency)
        if case is None:
            return self.first(("sent", urgency), lambda: super(KeptHouse, self).sent(None, urgency))
        if case is self._case:
            _, referral = self.first(("this is sent", urgency), lambda: super(KeptHouse, self).sent(case, urgency))
            return case, referral
        return super().sent(case, urgency)

    def accepted(self) -> tuple[Case, Referral]:
        """As ever."""
        return self.first(("accepted",), lambda: super(KeptHouse, self).accepted())


_standing: list[KeptHouse] = []
"""The one that is entered."""


def a_test_begins() -> None:
    """Before any fixture of the test itself."""
    for house in _standing:
        house.begins()


def _forget_old(step: Step) -> None:
    kept = _kept.get((step,))
    if kept is not None and (time.monotonic() - kept.at > LASTS or kept.day != timezone.localdate()):
        for steps in [steps for steps in _kept if steps[:1] == (step,)]:
            del _kept[steps]


def _keep(made: Any, before: _Kept | None) -> _Kept:
    rows = Rows.of(database.behind(), before.rows if before else None)
    files = {path.name: path.read_bytes() for path in _files() if path.name not in LEFT_ALONE}
    return _Kept(rows, files, made, time.monotonic(), timezone.localdate())


def _put(kept: _Kept) -> bool:
    if not kept.rows.put_back(database.behind()):
        return False
    folder = settings.HAMKORI_MARKS
    for path in _files():
        if path.name not in kept.files and path.name not in LEFT_ALONE:
            path.unlink()
    for name, text in kept.files.items():
        (folder / name).write_bytes(text)
        (folder / name).chmod(0o600)
    _read_anew(folder)
    return True


def _read_anew(folder: Path) -> None:
    """What was read of the marks; and the rows that are there again have not alarmed. What named no row has."""
    before = server._beside.pop(folder, None)
    if before is not None:
        lately = before[1]._lately.items()
        server.alarms()._lately = {key: last for key, last in lately if uuid_of(key[1]) is None}


def _files() -> list[Path]:
    return [path for path in Path(settings.HAMKORI_MARKS).iterdir() if path.is_file()]


@contextmanager
def kept_house(blocker: DjangoDbBlocker) -> Iterator[KeptHouse]:
    """The small world, committed, with marks of its own; the database is empty again afterwards."""
    before = settings.HAMKORI_MARKS
    folder = before.with_name("marks_house")  # where tests/conftest.py looks for alarms
    with blocker.unblock():
        settings.HAMKORI_MARKS = folder
        os.environ["HAMKORI_MARKS"] = str(folder)
        try:
            doors.house()
            server.make_marks()
            made = KeptHouse(_world())
            hold(folder, place_of(uuid4()), 0).let_go()  # somebody has acted there, so the file of locks is there
            made.begins()
            _standing.append(made)
            yield made
        finally:
            _standing.clear()
            settings.HAMKORI_MARKS = before
            del os.environ["HAMKORI_MARKS"]
            server._beside.pop(folder, None)
            shutil.rmtree(folder, ignore_errors=True)
            database.begin_anew()


def _world() -> World:
    if NOTHING not in _kept or not _put(_kept[NOTHING]):
        with transaction.atomic():
            world = build()
        _kept.clear()
        _kept[NOTHING] = _keep(copy(world), None)
    connections.close_all()
    return copy(_kept[NOTHING].made)
