"""Calling a definer function of the database: its rows back, its refusals as ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import DatabaseError, connection, transaction

from hamkori.refusal import NotAllowed, NotNow, NotVisible

Row = tuple[Any, ...]


def ask(statement: str, values: Sequence[Any] = ()) -> Row | None:
    """The first row, or None. NotVisible, NotAllowed, NotNow as the function meant it; then nothing was written."""
    return next(iter(ask_all(statement, values)), None)


def ask_all(statement: str, values: Sequence[Any] = ()) -> list[Row]:
    """Every row; refused as `ask` is."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, list(values) or None)
            rows: list[Row] = cursor.fetchall()
            return rows
    except DatabaseError as error:
        said = str(error).splitlines()[0] if str(error) else ""
        match getattr(error.__cause__, "sqlstate", ""):
            case "HK404":
                raise NotVisible from None
            case "HK403":
                raise NotAllowed(said) from None
            case "HK409":
                raise NotNow(said) from None
        raise
