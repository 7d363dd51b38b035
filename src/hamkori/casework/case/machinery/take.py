"""A case is locked, moved and read again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model

from hamkori import definer
from hamkori.access import door
from hamkori.access.door import Values
from hamkori.calendar.clocks import as_kept
from hamkori.calendar.queries import calendar
from hamkori.casework.case.models import Case
from hamkori.casework.case.rules import clocks
from hamkori.casework.case.rules.lifecycle import CASE
from hamkori.vault.asked import require_asked
from hamkori.vault.server import alone_at


def started(clock: str, at: datetime) -> dict[str, Any]:
    """A clock that a step starts at this moment, as the database keeps it."""
    return as_kept(clock, clock, clocks.rungs(clock, at, calendar()))


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


def case_take(case: Case, step: str, version: int, values: Values, clocks: Iterable[Values] = ()) -> None:
    """One step of a case; the record is read again."""
    alone_at(case.pk)
    door.take(CASE, case.pk, step, version, values, clocks)
    read_again(case)


def consent_clock(case_id: UUID, timed: Mapping[str, Any] | None) -> None:
    """The clock of the newest agreement of a case; None: there is none."""
    definer.run("consent_clock", case_id, None if timed is None else door.as_json(dict(timed)))
