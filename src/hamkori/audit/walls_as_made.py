"""Whether the ledger's walls in the database are of this source: what the sealer sees, and who says how it stands.

Policies, triggers and functions are the owner's of the tables. By one changed policy the sealer saw no row any more,
and by one changed function nothing waited for it. Nobody but a superuser changes what is read here: `pg_catalog`.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import psycopg

TABLES = ("ledger", "ledger_seal", "ledger_checkpoint", "sealer")

POLICIES = """
select c.relname::text, p.polname::text, p.polpermissive, pg_catalog.pg_get_expr(p.polqual, p.polrelid)
  from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid
 where c.relnamespace = 'public'::pg_catalog.regnamespace and c.relname = any(%s) and p.polcmd in ('r', '*')
   and p.polroles && array[0::pg_catalog.oid, 'hk_clock'::pg_catalog.regrole::pg_catalog.oid]
"""
PLAIN = """
select c.relname::text from pg_catalog.pg_class c
 where c.relnamespace = 'public'::pg_catalog.regnamespace and c.relname = any(%s)
   and c.relkind = 'r' and not exists (select 1 from pg_catalog.pg_rewrite r where r.ev_class = c.oid)
   and not exists (select 1 from pg_catalog.pg_inherits i where i.inhparent = c.oid)
"""
TRIGGERS = """
select c.relname::text, t.tgname::text, t.tgenabled::text, t.tgtype::int, p.proname::text, t.tgqual is null
  from pg_catalog.pg_trigger t join pg_catalog.pg_class c on c.oid = t.tgrelid
  join pg_catalog.pg_proc p on p.oid = t.tgfoid
 where c.relnamespace = 'public'::pg_catalog.regnamespace and c.relname = any(%s) and not t.tgisinternal
"""
FUNCTIONS = """
select p.proname::text, p.prosrc, pg_catalog.array_to_string(p.proconfig, ' ') from pg_catalog.pg_proc p
 where p.pronamespace = 'public'::pg_catalog.regnamespace and p.proname = any(%s)
"""
A_FUNCTION = re.compile(r"create (?:or replace )?function (\w+)\(.*?\bas \$\$(.*?)\$\$", re.DOTALL)

BEFORE_EACH_CHANGE, BEFORE_EMPTYING = 27, 34
"""As `tgtype` says it: before update or delete, for each row; before truncate, for the statement."""

SEEN = {(table, "clock_reads", True, "true") for table in TABLES[1:]}
SEEN |= {("ledger", "ledger_for_the_sealer", True, "true")}
STAY = {
    (table, f"{table}_{name}", "O", when, "ledger_stays", True)
    for table in TABLES[:3]
    for name, when in (("rows_stay", BEFORE_EACH_CHANGE), ("stays_whole", BEFORE_EMPTYING))
}
OF_OTHER_ROOMS = {(name, name) for name in ("packet_opened", "date_is_none")} | {("date_turns_none", "date_is_none")}
"""Triggers that stand there too, and their functions."""


@cache
def functions() -> frozenset[tuple[str, str, str]]:
    """Each function of the ledger's walls as this source makes it, in the order of FUNCTIONS."""
    walls = sorted(Path(__file__).with_name("walls").glob("*.sql"))
    found = [made for path in walls for made in A_FUNCTION.findall(path.read_text(encoding="utf-8"))]
    return frozenset((name, body, 'search_path=""') for name, body in found)


def hidden(connection: psycopg.Connection) -> list[str]:
    """What may keep a row of the chain from the sealer, as far as it is the owner's to say; a sentence each."""
    tables = list(TABLES)
    policies = {row[:2]: row[2:] for row in connection.execute(POLICIES, [tables]).fetchall()}
    made = {row[:2]: row[2:] for row in SEEN}
    plain = {name for (name,) in connection.execute(PLAIN, [tables])}
    differ = sorted(one for one in policies.keys() | made.keys() if policies.get(one) != made.get(one))
    said = [f"the policy {_named(name)} on {table} is not of this source" for table, name in differ]
    return said + [
        f"{table} is no plain table of its own: it has a rule or a table below it"
        for table in TABLES
        if table not in plain
    ]


def changed(connection: psycopg.Connection) -> list[str]:
    """What is not as this source makes it, a sentence each."""
    said = hidden(connection)
    triggers = set(connection.execute(TRIGGERS, [list(TABLES)]).fetchall())
    others = {one for one in triggers - STAY if (one[1], one[4]) not in OF_OTHER_ROOMS}
    differ = sorted({one[:2] for one in (STAY - triggers) | others})
    said += [f"the trigger {_named(name)} on {table} is not of this source" for table, name in differ]
    names = sorted({name for name, _body, _path in functions()})
    here = set(connection.execute(FUNCTIONS, [names]).fetchall())
    if differing := sorted({name for name, _body, _path in here ^ functions()}):
        said.append(f"functions of the ledger are not those of this source: {', '.join(differing)}")
    return said


def _named(name: str) -> str:
    """A name that somebody else has chosen, for a line of a log."""
    return name if name.isidentifier() and name.isascii() else ascii(name)
