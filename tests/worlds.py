"""Worlds that many tests need, committed once for each process: a test of one runs inside it, in its own transaction.

A world is a copy of the empty database in which `build` has been called. What a test does in it is rolled back, so the
next one finds it as it was made. Tests that commit need a database of their own: tests/database.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from tests import database

T = TypeVar("T")


@dataclass
class _Copy:
    """A database in which a world has been made, the connection that stays open to it, and who is who."""

    settings: dict[str, Any]
    connection: Any
    made: Any


_copies: dict[Callable[[], Any], _Copy] = {}


@contextmanager
def within(build: Callable[[], T]) -> Iterator[T]:
    """Django's connection looks at the world that `build` makes; afterwards at the process's own database again."""
    home = connections.settings[DEFAULT_DB_ALIAS], connections[DEFAULT_DB_ALIAS]
    assert not home[1].in_atomic_block, "a world is entered before the test's transaction begins"
    database.forget_given()  # the file may be of a world that is gone
    found = _copies.get(build) or _make(build)
    try:
        _look_at(found.settings, found.connection)
        yield copy(found.made)
    finally:
        _look_at(*home)
        database.forget_given()


def _make(build: Callable[[], Any]) -> _Copy:
    home = connections.settings[DEFAULT_DB_ALIAS], connections[DEFAULT_DB_ALIAS]
    settings = {**home[0], "NAME": database.copy_for(f"world{len(_copies)}")}
    try:
        # Threads of a test find the world by the settings, this thread by the connection.
        connections.settings[DEFAULT_DB_ALIAS] = settings
        connection = connections.create_connection(DEFAULT_DB_ALIAS)
        _look_at(settings, connection)
        with transaction.atomic():
            found = _Copy(settings, connection, build())
    finally:
        _look_at(*home)
    _copies[build] = found
    return found


def _look_at(settings: dict[str, Any], connection: Any) -> None:
    connections.settings[DEFAULT_DB_ALIAS] = settings
    connections[DEFAULT_DB_ALIAS] = connection


def end() -> None:
    """Close what stays open, so that the databases can be dropped."""
    for found in _copies.values():
        found.connection.close()
    _copies.clear()
