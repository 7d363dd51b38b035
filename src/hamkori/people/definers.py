"""Calling a definer function of the database: its rows back, its refusals as ours."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection, transaction

from hamkori.refusal import NotAllowed, NotNow, NotVisible
from hamkori.vault.bytes import Untrusted
from hamkori.vault.proof import CHANGED, is_refused

Row = tuple[Any, ...]


def ask(statement: str, values: Sequence[Any] = ()) -> Row | None:
    """The first row, or None. NotVisible, NotAllowed, NotNow as the function meant it; then nothing was written."""
    return next(iter(ask_all(statement, values)), None)


def ask_all(statement: str, values: Sequence[Any] = ()) -> list[Row]:
    """Every row; refused as `ask` is."""
    with as_meant(), connection.cursor() as cursor:
        cursor.execute(statement, list(values) or None)
        rows: list[Row] = cursor.fetchall() if cursor.description else []
        return rows


@contextmanager
def as_meant() -> Iterator[None]:
    """A savepoint for whatever asks a definer: its refusals go up as ours, and nothing that it wrote stays.

    Untrusted: it did not believe a proof that this process has made.
    """
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        said = str(error).splitlines()[0] if str(error) else ""
        if is_refused(error):
            raise Untrusted(*CHANGED) from None
        match getattr(error.__cause__, "sqlstate", ""):
            case "HK404":
                raise NotVisible from None
            case "HK403":
                raise NotAllowed(said) from None
            case "HK409":
                raise NotNow(said, **json.loads(error.__cause__.diag.message_detail or "{}")) from None  # type: ignore[union-attr]
        raise
