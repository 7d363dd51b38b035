"""All SQL that Python says: functions of the database by their name, and the few statements that are none.

Most that a process may not read or write by itself it asks a *definer* for: a function of the database that runs as its
owner and asks by itself who acts. It answers one value, a row, rows, or nothing:

    definer.value("body_ready", organisation_id)
    definer.row("referral_consent", referral_id, columns="live until")
    definer.run("session_touch")

Names are checked and values are bound, so that nothing which somebody typed is ever read as a statement. Each call is
one statement in the transaction that there is; a refusal of the database goes up as its own error, which an action and
a door translate by `refusal_in` (for whoever is neither: `vault.proof.as_meant`).
`using`: the alias of another connection than the default one, or that connection itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import DateTimeField, Func
from psycopg.sql import Composable

from hamkori.refusal import NotAllowed, NotNow, NotVisible, Refusal

Row = tuple[Any, ...]
Where = str | BaseDatabaseWrapper

BATCH = 1000
"""Rows that `each` makes at a time."""

_FUNCTION = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?", re.ASCII)
_COLUMN = re.compile(r"[a-z][a-z0-9_]*(\(\))?", re.ASCII)


def value(function: str, *values: Any, using: Where = DEFAULT_DB_ALIAS) -> Any:
    """What a function answers that answers one value; None also where it answers no row at all."""
    found = read(_call(function, len(values)), *values, using=using)
    return found[0][0] if found else None


def row(function: str, *values: Any, columns: str, using: Where = DEFAULT_DB_ALIAS) -> Row | None:
    """The first row of a function that answers a table, or None. `columns`: which, in the order of the row."""
    return next(iter(rows(function, *values, columns=columns, using=using)), None)


def rows(function: str, *values: Any, columns: str, using: Where = DEFAULT_DB_ALIAS) -> list[Row]:
    """All its rows. A column may also be a function without values, `hk_now()`, asked beside each row."""
    return read(_call(function, len(values), columns), *values, using=using)


def run(function: str, *values: Any, using: Where = DEFAULT_DB_ALIAS) -> None:
    """Calls a function for what it does."""
    write(_call(function, len(values)), *values, using=using)


class HkNow(Func):
    """The world's time inside a query."""

    function = "hk_now"
    output_field = DateTimeField()
    arity = 0


@cache
def _call(function: str, number: int, columns: str = "") -> str:
    named = columns.split()
    if not _FUNCTION.fullmatch(function) or not all(map(_COLUMN.fullmatch, named)):
        raise ValueError(f"no name of a function and its columns: {function!r}, {columns!r}")
    called = f"{function}({', '.join(['%s'] * number)})"
    return f"select {', '.join(named)} from {called}" if named else f"select {called}"  # nosec B608 - checked above


# --- statements ----------------------------------------------------------------------------------------------------
# Who says one is named with a reason in tests/house/test_definer.py.


def read(statement: str | Composable, *values: Any, using: Where = DEFAULT_DB_ALIAS) -> list[Row]:
    """The rows of a statement."""
    with _said(statement, values, using) as cursor:
        return list(cursor.fetchall())


def each(statement: str | Composable, *values: Any, using: Where = DEFAULT_DB_ALIAS) -> Iterator[Row]:
    """The same for whoever reads a whole table, made some at a time. Said when the first is asked for."""
    with _said(statement, values, using) as cursor:
        while found := cursor.fetchmany(BATCH):
            yield from found


def write(statement: str | Composable, *values: Any, using: Where = DEFAULT_DB_ALIAS) -> int:
    """How many rows a statement has written."""
    with _said(statement, values, using) as cursor:
        return int(cursor.rowcount)


@contextmanager
def _said(statement: str | Composable, values: tuple[Any, ...], using: Where) -> Iterator[CursorWrapper]:
    with (connections[using] if isinstance(using, str) else using).cursor() as cursor:
        cursor.execute(statement, values or None)
        yield cursor


# --- refusals ------------------------------------------------------------------------------------------------------


def refusal_in(error: Exception) -> Refusal | None:
    """What a function of the database meant by this error (ADR 14); None: it is no refusal."""
    cause = error.__cause__
    match getattr(cause, "sqlstate", None):
        case "HK404":
            return NotVisible()
        case "HK403":
            return NotAllowed(cause.diag.message_primary or "")  # type: ignore[union-attr]
        case "HK409":
            values = json.loads(cause.diag.message_detail or "{}")  # type: ignore[union-attr]
            return NotNow(cause.diag.message_primary or "", **values)  # type: ignore[union-attr]
        case _:
            return None
