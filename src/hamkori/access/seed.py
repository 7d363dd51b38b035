"""Writes the rooms' lifecycles into the database; run by `migrate` after the walls, as the owner."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from hamkori.access import machines


def write(connection: BaseDatabaseWrapper) -> None:
    """All machines anew (`machines.write`)."""
    machines.write(connection)
