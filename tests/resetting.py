"""Puts a database back as it was when it was cloned: row by row, which takes a fraction of another clone.

Only rows and counters are put back. Whoever has changed anything else, a table, a right, a function, gets a new clone.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import psycopg
from psycopg import sql

CATALOGUES = (
    *("pg_class", "pg_attribute", "pg_attrdef", "pg_proc", "pg_policy", "pg_trigger", "pg_rewrite", "pg_namespace"),
    *("pg_constraint", "pg_index", "pg_type", "pg_default_acl", "pg_extension", "pg_sequence", "pg_event_trigger"),
    "pg_largeobject_metadata",
)
OF_THE_DATABASE = """
select 'pg_database', 1, hashtextextended(row(datdba, datacl, datallowconn, datconnlimit,
  (select array_agg(row(setrole, setconfig)::text order by setrole) from pg_db_role_setting where setdatabase = d.oid)
)::text, 0)::numeric from pg_database d where datname = current_database()
"""
"""What the server keeps of a database outside it: other databases' rows in these two are nobody's business here."""
TABLES = "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by relname"
COUNTERS = "select quote_ident(sequencename), start_value, last_value from pg_sequences where schemaname = 'public'"

State = dict[str, tuple[object, ...]]


@dataclass(frozen=True)
class Snapshot:
    """What a clone is like before anybody has used it."""

    state: State
    rows: dict[str, bytes]

    @classmethod
    def of(cls, connection: psycopg.Connection) -> Snapshot:
        state = _state(connection)
        rows = {}
        for name, (_kind, number, _sum) in state.items():
            if number and not name.startswith(("pg_", "counter ")):
                with connection.cursor().copy(sql.SQL("copy {} to stdout").format(sql.Identifier(name))) as copied:
                    rows[name] = b"".join(bytes(part) for part in copied)
        return cls(state, rows)

    def put_back(self, connection: psycopg.Connection) -> bool:
        """False if more than rows was changed; then nothing is done."""
        connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
        connection.execute("set session_replication_role = replica")
        found = _state(connection)
        changed = {name for name in found.keys() | self.state.keys() if found.get(name) != self.state.get(name)}
        if any(name.startswith("pg_") or name not in self.state or name not in found for name in changed):
            return False
        for name in changed:
            self._put_back(connection, name)
        # Nobody else is connected, and no trigger fires: what was not put back stands as it was found.
        if _state(connection, changed) != {name: self.state[name] for name in changed}:
            return False
        connection.commit()
        return True

    def _put_back(self, connection: psycopg.Connection, name: str) -> None:
        if name.startswith("counter "):
            _kind, start, last = self.state[name]
            counter = name.removeprefix("counter ")
            connection.execute(
                "select setval(%s, %s, %s)", [counter, start if last is None else last, last is not None]
            )
            return
        table = sql.Identifier(name)
        connection.execute(sql.SQL("delete from {}").format(table))
        if name in self.rows:
            with connection.cursor().copy(sql.SQL("copy {} from stdin").format(table)) as copied:
                copied.write(self.rows[name])


def _state(connection: psycopg.Connection, only: Set[str] | None = None) -> State:
    """How many rows each table and catalogue has, with a sum over what stands in them, and how far counters are.

    `only`: of these tables and counters.
    """
    parts = [
        sql.SQL("select {}, count(*), sum(hashtextextended(t::text, 0)) from public.{} t").format(
            name, sql.Identifier(name)
        )
        for (name,) in connection.execute(TABLES).fetchall()
        if only is None or name in only
    ]
    if only is None:
        of_a_catalogue = sql.SQL("select {}, count(*), sum(xmin::text::numeric) from pg_catalog.{}")
        parts += [of_a_catalogue.format(name, sql.Identifier(name)) for name in CATALOGUES]
        parts.append(sql.SQL(OF_THE_DATABASE))
    found = connection.execute(sql.SQL(" union all ").join(parts)).fetchall() if parts else []
    counters = connection.execute(COUNTERS).fetchall()
    state: State = {name: ("rows", number, total) for name, number, total in found}
    state |= {f"counter {name}": ("counter", start, last) for name, start, last in counters}
    return {name: of for name, of in state.items() if only is None or name in only}
