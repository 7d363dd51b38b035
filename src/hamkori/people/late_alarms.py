"""Alarms of the file beside the marks that the ledger has not: the worker writes them there, each once.

A page writes its line first and its row after everything else was undone. The row is missing where the room of its kind
was full (somebody has filled it), where the page was killed between the two, and where something was only left out of a
list. The worker reads the file and no key; its login alone may write such a row.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hamkori import definer
from hamkori.audit import ledger
from hamkori.vault import server
from hamkori.vault.marks import Alarm, Alarms, uuid_of

log = logging.getLogger("hamkori.people")

IN_ONE_TURN = 20
"""Rows in one turn."""

GRACE = timedelta(seconds=60)
"""How long a page may take until its own row, which says more, is committed."""

ASKED = 1000
IN_LEDGER = "select operation_id from ledger where action_code = 'tag.mismatch' and operation_id = any(%s)"


Ask = Callable[[str, list[UUID | None]], Iterable[tuple[Any, ...]]]
"""The rows of a statement with one value, on whichever connection."""


class Copier:
    """Reads on where it has read to. Whoever begins anew reads the whole file and asks the ledger what is there."""

    def __init__(self) -> None:
        self._read = 0
        self._waiting: dict[UUID, Alarm] = {}
        self._is_blind = False

    def turn(self, now: datetime | None = None) -> int:
        """Write some of what is missing, of each kind the oldest first; how many."""
        self._look(server.alarms())
        copied = 0
        ripe = in_turn(_old(self._waiting.values(), now or datetime.now(UTC)))
        for start in range(0, len(ripe), ASKED):
            lines = [alarm.line for alarm in ripe[start : start + ASKED] if alarm.line is not None]
            there = in_ledger(definer.read, lines)
            for line in lines:
                if line not in there:
                    if copied == IN_ONE_TURN:
                        return copied
                    alarm = self._waiting[line]
                    copied += ledger.alarm_from_file(line, alarm.kind, uuid_of(alarm.thing))
                del self._waiting[line]
        return copied

    def _look(self, alarms: Alarms) -> None:
        try:
            found, self._read = alarms.read(self._read)
        except OSError as error:
            if not self._is_blind:
                log.error("the file of alarms can not be read (%s): what the ledger lacks waits", type(error).__name__)
            self._is_blind = True
            return
        self._is_blind = False
        self._waiting |= {one.line: one for one in found if one.line is not None}


def in_turn(alarms: Iterable[Alarm]) -> list[Alarm]:
    """The first of each kind, then the second of each: many of one kind keep no other back."""
    seen: Counter[str] = Counter()
    placed = []
    for alarm in alarms:
        placed.append((seen[alarm.kind], alarm))
        seen[alarm.kind] += 1
    return [alarm for _place, alarm in sorted(placed, key=lambda one: one[0])]


def missing(ask: Ask, alarms: Alarms, now: datetime) -> list[Alarm]:
    """What of the file is older than its grace and has no row, in its order; for whoever reads all of the ledger."""
    found = [alarm for alarm in _old(alarms.read()[0], now) if alarm.line is not None]
    there = in_ledger(ask, [alarm.line for alarm in found])
    return [alarm for alarm in found if alarm.line not in there]


def in_ledger(ask: Ask, lines: Sequence[UUID | None]) -> set[UUID]:
    """Which of these lines have a row."""
    return {row[0] for row in ask(IN_LEDGER, list(lines))}


def _old(alarms: Iterable[Alarm], now: datetime) -> list[Alarm]:
    return [alarm for alarm in alarms if alarm.at <= now - GRACE]
