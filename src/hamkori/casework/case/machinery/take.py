"""Calling the definer functions that move a state, and the clocks that a step starts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model

from hamkori.casework.case.models import Case
from hamkori.casework.case.rules.clocks import Timed
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
    with connection.cursor() as cursor:
        cursor.execute("select case_lock(%s)", [case.pk])
    read_again(case)


def case_take(case: Case, step: str, version: int, values: Values) -> None:
    """One step of a case; the record is read again."""
    alone_at(case.pk)
    with connection.cursor() as cursor:
        cursor.execute("select case_take(%s, %s, %s, %s::jsonb)", [case.pk, step, version, as_json(dict(values))])
    read_again(case)


def consent_clock(case_id: UUID, timed: Mapping[str, Any] | None) -> None:
    """The clock of the newest agreement of a case; None: there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select consent_clock(%s, %s::jsonb)", [case_id, None if timed is None else as_json(dict(timed))]
        )
