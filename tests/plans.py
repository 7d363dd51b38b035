"""What the database has planned once for this process stays planned, also when a test is rolled back.

The driver forgets all statements of a connection at each rollback, since what they read may have been made in the same
transaction; and each test ends with one. Row security makes planning dearer than reading, so that most of what a test
cost the database was to plan the same anew. Here they are forgotten only where tables or functions were changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.db.backends.signals import connection_created
from psycopg._preparing import Key, Prepare, PrepareManager
from psycopg._queries import PostgresQuery
from psycopg.pq.abc import PGresult

ROWS = re.compile(rb"(?i)\s*(?:select|with|values|insert|update|delete|set|lock|show|explain)\b[^;]*")
"""What reads and writes rows. After anything else, a change of a table for one, the driver does as it ever does."""
WITH_A_NAME = (b"SAVEPOINT", b"RELEASE", b"ROLLBACK TO")
"""Each is said once, with a name of its own: nothing to plan, and nothing to count."""
ONCE = "-c plan_cache_mode=force_generic_plan"
"""PostgreSQL itself plans a statement five times for its values, before it looks for a plan that is good for any."""


class Kept(PrepareManager):
    """The statements of one connection."""

    prepared_max = 1_000

    def __init__(self, threshold: int | None) -> None:
        super().__init__()
        self.prepare_threshold = threshold
        self.changed = False

    def get(self, query: PostgresQuery, prepare: bool | None = None) -> tuple[Prepare, bytes]:
        """As ever, but for what has a name."""
        if query.query.startswith(WITH_A_NAME):
            return Prepare.NO, b""
        found = super().get(query, prepare)
        if found[0] is not Prepare.YES and not ROWS.fullmatch(query.query):
            self.changed = True
            return Prepare.NO, b""
        return found

    def maybe_add_to_cache(self, query: PostgresQuery, prep: Prepare, name: bytes) -> Key | None:
        """The answer of what has a name is looked at too, and its key is found nowhere."""
        if query.query.startswith(WITH_A_NAME):
            return query.query, query.types
        return super().maybe_add_to_cache(query, prep, name)

    def _should_discard(self, prep: Prepare, results: Sequence[PGresult], *patterns: Any) -> bool:
        if not self.changed:
            return False
        forgotten = super()._should_discard(prep, results, *patterns)
        self.changed = True  # until all of the transaction is undone
        return forgotten

    def clear(self) -> bool:
        """The driver asks for it when all of a transaction is undone."""
        if not self.changed:
            return False
        self.changed = False
        return super().clear()


def _keep(connection: Any, **_: Any) -> None:
    connection.connection._prepared = Kept(connection.connection.prepare_threshold)


def keep(settings: dict[str, Any]) -> None:
    """From here on, for each connection of Django's that is opened by these settings or a copy of them."""
    options = settings["OPTIONS"]
    settings["OPTIONS"] = options | {"options": f"{options['options']} {ONCE}"}
    connection_created.connect(_keep)
