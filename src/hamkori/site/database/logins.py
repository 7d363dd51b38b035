"""What our connections bring with them, whatever a login or its database has been given as its own settings.

Whoever holds a login's password may `alter role hk_app set ...` on it, and each new connection would be bitten for
ever. What a connection asks for when it begins wins over that (ADR 0049).
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from hamkori.site import environment

# Each could stop every page or the clock, make what is acknowledged uncertain, change what a definer reads, write what
# people told us into the server's log, or begin a process for each statement. PostgreSQL's own values, but for `jit`
# and processes beside ours, which no statement of ours needs.
WINS = {
    "TimeZone": "UTC",
    "default_transaction_read_only": "off",
    "default_transaction_isolation": "read committed",
    "default_transaction_deferrable": "off",
    "row_security": "on",
    "search_path": '"$user",public',
    "synchronous_commit": "on",
    "transaction_timeout": "0",
    "idle_session_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "lock_timeout": "0",
    "statement_timeout": "0",
    "local_preload_libraries": "",
    "exit_on_error": "off",
    "transform_null_equals": "off",
    "DateStyle": "ISO",
    "IntervalStyle": "postgres",
    "standard_conforming_strings": "on",
    "client_encoding": "UTF8",
    "bytea_output": "hex",
    "array_nulls": "on",
    "extra_float_digits": "1",
    "gin_fuzzy_search_limit": "0",
    "jit": "off",
    "debug_parallel_query": "off",
    "max_parallel_workers_per_gather": "0",
    "log_parameter_max_length_on_error": "0",
}
NO_ROOM = re.compile(r"(too many (connections for (role|database) |clients already)|remaining connection slots ).*")
OWN = """
select r.rolname, case when s.setdatabase <> 0 then pg_catalog.current_database() end,
       array(select pg_catalog.split_part(one, '=', 1) from pg_catalog.unnest(s.setconfig) one order by 1)
  from pg_catalog.pg_db_role_setting s join pg_catalog.pg_roles r on r.oid = s.setrole
 where r.rolname = any(%s) and s.setdatabase in (
       0, (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database()))
 order by 1, 2 nulls first
"""


class Settings(NamedTuple):
    """What a login brings by itself: which names, and whether everywhere (None) or in one database."""

    login: str
    database: str | None
    names: list[str]


def options(**own: str) -> str:
    """The startup options of a connection; `own` are this process's other values."""
    return " ".join(f"-c {name}={value.replace(' ', chr(92) + ' ')}" for name, value in (WINS | own).items())


def connect(address: str, **more: Any) -> psycopg.Connection:
    """A connection of ours; what the address itself asks for is heard last. BadEnvironment: it is no address."""
    asked = environment.address(address).get("options")
    return psycopg.connect(address, options=f"{options()} {asked}" if asked else options(), **more)


def superuser(address: str) -> psycopg.Connection:
    """A superuser's connection, in which no name and no operator means what somebody else has made in that database."""
    return psycopg.connect(address, autocommit=True, options=options(search_path="pg_catalog"))


def no_room(error: BaseException | None) -> str | None:
    """Why the server gave no connection: as many as there may be are open. None: something else is wrong.

    A connection that failed has no SQLSTATE; a server that speaks another language is not understood.
    """
    while error is not None:
        if isinstance(error, psycopg.OperationalError) and (found := NO_ROOM.search(str(error))):
            return found[0]
        error = error.__cause__
    return None


def own_settings(connection: psycopg.Connection, logins: Iterable[str]) -> list[Settings]:
    """What these logins have of their own here. Hamkori gives none, so each was made by somebody else."""
    return [Settings(*row) for row in connection.execute(OWN, [list(logins)])]


def reset(found: Settings) -> sql.Composed:
    """The statement that takes them away; only a superuser may for every login."""
    place = sql.SQL(" in database {}").format(sql.Identifier(found.database)) if found.database else sql.SQL("")
    return sql.SQL("alter role {}{} reset all").format(sql.Identifier(found.login), place)
