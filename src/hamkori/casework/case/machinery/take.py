"""Calling the definer functions that move a state, and the clocks that a step starts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from hamkori import definer
from hamkori.calendar.clocks import Timed
from hamkori.casework.case.models import Case
from hamkori.casework.case.rules.lifecycle import CASE
from hamkori.lifecycle import Machine
from hamkori.vault.asked import require_asked
from hamkori.vault.server import alone_at

Values = Mapping[str, Any]


def as_json(value: object) -> str:
    def plain(thing: object) -> str:
        if isinstance(thing, date | UUID):
            return thing.isoformat() if isinstance(thing, date) else str(thing)
        raise TypeError(type(thing).__name__)

    return json.dumps(value, default=plain)


def clock(name: str, row: str, timed: Timed, period: int = 1) -> dict[str, Any]:
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


def read_again(row: Model) -> None:
    """The row as it is now. Untrusted: the database answers another one, and what is done next would be done to it."""
    asked = row.pk
    row.refresh_from_db()
    require_asked(row._meta.db_table, (row.pk,), (asked,))


def lock_case(case: Case) -> None:
    """Those who write in one case do it one after the other; the record is read again. NotVisible, NotAllowed.

    What is compared after this stays so until the commit, whoever has written, shared or released meanwhile; and until
    the marks are raised, whatever the database's own lock is worth (ADR 0074).
    """
    alone_at(case.pk)
    definer.run("case_lock", case.pk)
    read_again(case)


def case_take(case: Case, step: str, version: int, values: Values, clocks: Iterable[Mapping[str, Any]] = ()) -> None:
    """One step of a case; the record is read again."""
    alone_at(case.pk)
    machine_take(CASE, case.pk, step, version, values, clocks)
    read_again(case)


def machine_take(
    machine: Machine[Any], pk: UUID, step: str, version: int, values: Values, clocks: Iterable[Mapping[str, Any]]
) -> None:
    """One step of anything, by the database's one door."""
    definer.run("take", machine.name, pk, step, None, version, as_json(dict(values)), as_json(list(clocks)))


def tick(machine: Machine[Any], pk: UUID, step: str, values: Values) -> bool:
    """A step of the clock itself. False: the database says that it is not its turn, or somebody holds the thing."""
    return asked("tick", machine.name, pk, step, as_json(dict(values)))


def asked(name: str, *values: Any) -> bool:
    """What a definer of the clock answers, in a transaction of its own."""
    with transaction.atomic():
        return bool(definer.value(name, *values))


def consent_clock(case_id: UUID, timed: Mapping[str, Any] | None) -> None:
    """The clock of the newest agreement of a case; None: there is none."""
    definer.run("consent_clock", case_id, None if timed is None else as_json(dict(timed)))
