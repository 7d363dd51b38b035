"""Calling a definer function of the database: one row back, its refusals as ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import DatabaseError, connection, transaction

from hamkori.refusal import NotAllowed, NotNow, NotVisible


def ask(statement: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
    """The first row, or None. NotVisible, NotAllowed, NotNow as the function meant it; then nothing was written."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, list(values) or None)
            row: tuple[Any, ...] | None = cursor.fetchone()
            return row
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
