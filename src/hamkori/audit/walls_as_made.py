"""Whether the ledger's walls in the database are of this source: what the sealer sees, and who says how it stands.

Policies, triggers, functions and columns are the owner's of the tables. By one changed policy the sealer saw no row any
more, by one changed function nothing waited for it, and by one word, `strict`, acts left no row. Nobody but a superuser
changes what is read here: `pg_catalog`. All is named with it, and each comparison is of two values of one type: an
operator of the owner's own would be taken where the two differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

TABLES = ("ledger", "ledger_seal", "ledger_checkpoint", "sealer")
OWNER = "hk_owner"

POLICIES = """
select c.relname::text, p.polname::text, p.polcmd::text, p.polpermissive,
       array(select case when r.id = 0::pg_catalog.oid then 'public' else pg_catalog.pg_get_userbyid(r.id)::text end
               from pg_catalog.unnest(p.polroles) r (id)),
       pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
  from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid
 where c.relnamespace = 'public'::pg_catalog.regnamespace::pg_catalog.oid and c.relname = any(%s)
"""
PLAIN = """
select c.relname::text from pg_catalog.pg_class c
 where c.relnamespace = 'public'::pg_catalog.regnamespace::pg_catalog.oid and c.relname = any(%s)
   and c.relkind = 'r' and not exists (select 1 from pg_catalog.pg_rewrite r where r.ev_class = c.oid)
   and not exists (select 1 from pg_catalog.pg_inherits i where i.inhparent = c.oid)
"""
KEPT = """
select c.relname::text, c.relpersistence::text, c.relrowsecurity, c.relforcerowsecurity,
       pg_catalog.pg_get_userbyid(c.relowner)::text
  from pg_catalog.pg_class c
 where c.relnamespace = 'public'::pg_catalog.regnamespace::pg_catalog.oid and c.relname = any(%s)
"""
COLUMNS = """
select c.relname::text, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
       not a.atthasdef and a.attidentity::text = '' and a.attcollation = t.typcollation
  from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
  join pg_catalog.pg_type t on t.oid = a.atttypid
 where c.relnamespace = 'public'::pg_catalog.regnamespace::pg_catalog.oid and c.relname = any(%s)
   and a.attnum > 0::pg_catalog.int2 and not a.attisdropped
"""
TRIGGERS = """
select c.relname::text, t.tgname::text, t.tgenabled::text, t.tgtype::int, n.nspname::text, p.proname::text,
       t.tgattr::text, t.tgnargs::int, t.tgqual is null
  from pg_catalog.pg_trigger t join pg_catalog.pg_class c on c.oid = t.tgrelid
  join pg_catalog.pg_proc p on p.oid = t.tgfoid join pg_catalog.pg_namespace n on n.oid = p.pronamespace
 where c.relnamespace = 'public'::pg_catalog.regnamespace::pg_catalog.oid and c.relname = any(%s) and not t.tgisinternal
"""
FUNCTIONS = """
select p.proname::text, pg_catalog.pg_get_function_arguments(p.oid), pg_catalog.pg_get_function_result(p.oid), p.prosrc,
       l.lanname::text, p.prokind::text, p.provolatile::text, p.proparallel::text, p.prosecdef, p.proisstrict,
       pg_catalog.array_to_string(p.proconfig, ' '), pg_catalog.pg_get_userbyid(p.proowner)::text
  from pg_catalog.pg_proc p join pg_catalog.pg_language l on l.oid = p.prolang
 where p.pronamespace = 'public'::pg_catalog.regnamespace::pg_catalog.oid and p.proname = any(%s)
"""
OPERATORS = """
select o.oprname::text from pg_catalog.pg_operator o
 where o.oprowner = (select r.oid from pg_catalog.pg_roles r where r.rolname::text = %s::text)
"""


class Policy(NamedTuple):
    """One of them: `on` is its command in one letter, as `polcmd` says it."""

    table: str
    name: str
    on: str
    is_permissive: bool
    roles: tuple[str, ...]
    shows: str | None
    lets_in: str | None

    def is_seen_through(self) -> bool:
        """Whether the worker reads by it."""
        return self.on in ("r", "*") and not {"public", "hk_clock"}.isdisjoint(self.roles)


class Function(NamedTuple):
    """One of them, in the order of FUNCTIONS: all by which one of the same text does something else."""

    name: str
    arguments: str
    answer: str
    body: str
    language: str
    kind: str
    volatility: str
    parallel: str
    is_definer: bool
    is_strict: bool
    settings: str
    owner: str


_WORKER = "( SELECT worker_here() AS worker_here)"
_AUDITOR = (
    "(( SELECT has_role('auditor'::text) AS has_role) AND ((organisation_id = ( SELECT my_org() AS my_org))"
    " OR ( SELECT my_body_oversees() AS my_body_oversees)))"
)
MADE_POLICIES = {
    *(Policy(table, "clock_reads", "r", True, ("hk_clock",), "true", None) for table in TABLES[1:]),
    *(Policy(table, "worker_adds", "a", True, ("hk_clock",), None, _WORKER) for table in TABLES[1:3]),
    Policy("sealer", "worker_changes", "w", True, ("hk_clock",), _WORKER, _WORKER),
    Policy("ledger", "ledger_for_the_sealer", "r", True, ("hk_clock",), "true", None),
    Policy("ledger", "ledger_for_auditors", "r", True, ("hk_app",), _AUDITOR, None),
}

MADE_COLUMNS = {
    "ledger": """
        id bigint!, cluster bigint!, tx bigint!, at timestamp with time zone!, action_code character varying(60)!,
        decision_code character varying(12)!, user_id uuid, membership_id uuid, organisation_id uuid, session_id uuid,
        role_code character varying(30)!, scope_code character varying(30)!, object_kind_code character varying(30)!,
        object_id uuid, case_id uuid, section_code character varying(20)!, seal_no integer, consent_id uuid,
        reason_code character varying(40)!, operation_id uuid, count integer""",
    "ledger_seal": """
        id bigint!, cluster bigint!, first_tx bigint!, next_tx bigint!, count integer!, leaves bytea!, root bytea!,
        chain bytea!, at timestamp with time zone!, mac bytea""",
    "ledger_checkpoint": """
        seal_id bigint!, signature bytea!, at timestamp with time zone!, before bigint, chain_no integer,
        lost_batch bigint, lost_chain bytea, number bigint, restored_batch bigint, signs_next bytea""",
    "sealer": "id smallint!, beat timestamp with time zone, head_mailed_on date",
}
"""Each with its type, and ! where it is never null. None has a default, an expression or a collation of its own."""

BEFORE_ADDING, BEFORE_CHANGING, BEFORE_EACH_CHANGE, BEFORE_EMPTYING = 7, 19, 27, 34
"""As `tgtype` says it: before insert, update, update or delete, for each row; before truncate, for the statement."""

STAY = {
    (table, f"{table}_{name}", "O", when, "public", "ledger_stays", "", 0, True)
    for table in TABLES[:3]
    for name, when in (("rows_stay", BEFORE_EACH_CHANGE), ("stays_whole", BEFORE_EMPTYING))
}
OF_OTHER_ROOMS = {
    (table, name, "O", when, "public", "date_is_none", "", 0, False)
    for table in TABLES
    for name, when in (("date_is_none", BEFORE_ADDING), ("date_turns_none", BEFORE_CHANGING))
} | {("ledger", "packet_opened", "O", BEFORE_ADDING, "public", "packet_opened", "", 0, False)}
"""Triggers that stand there too. On which condition is not asked: their functions let a row pass as it is or refuse."""

A_FUNCTION = re.compile(
    r"create (?:or replace )?function (?P<name>\w+)\s*\((?P<arguments>.*?)\)"
    r"\s*returns (?P<answer>table\s*\(.*?\)|[^(]*?)"
    r"\s*\blanguage (?P<language>\w+)(?P<words>[^$]*?)\bas \$\$(?P<body>.*?)\$\$",
    re.DOTALL,
)
_SETTING = re.compile(r"\bset (\w+) = ''")
_CALLED = (
    (r"\s+", " "),
    (r"\bint\b", "integer"),
    (r"\btimestamptz\b", "timestamp with time zone"),
    (r"^table \(", "TABLE("),
    (r"^setof ", "SETOF "),
)
"""How the database calls what a source says shorter."""


@cache
def functions() -> frozenset[Function]:
    """Each function of the ledger's walls, and of other rooms' triggers on it, as this source makes it."""
    house = Path(__file__).resolve().parents[1]
    triggered = {of[5] for of in OF_OTHER_ROOMS}
    return frozenset(
        made
        for path in sorted(house.glob("*/walls/*.sql"))
        for made in map(_made, A_FUNCTION.finditer(path.read_text(encoding="utf-8")))
        if path.parents[1].name == "audit" or made.name in triggered
    )


def _made(found: re.Match[str]) -> Function:
    words = found["words"]
    volatile = re.search(r"\b(volatile|stable|immutable)\b", words)
    parallel = re.search(r"\bparallel (safe|restricted|unsafe)\b", words)
    return Function(
        found["name"],
        _as_called(found["arguments"]),
        _as_called(found["answer"]),
        found["body"],
        found["language"],
        "f",
        volatile[1][0] if volatile else "v",
        parallel[1][0] if parallel else "u",
        "security definer" in words,
        re.search(r"\bstrict\b", words) is not None,
        " ".join(f'{name}=""' for name in _SETTING.findall(words)),
        OWNER,
    )


def _as_called(source: str) -> str:
    for short, long in _CALLED:
        source = re.sub(short, long, source.strip())
    return source


def hidden(connection: psycopg.Connection) -> list[str]:
    """What may keep a row of the chain from the sealer, as far as it is the owner's to say; a sentence each."""
    differ = {one for one in _policies(connection) ^ MADE_POLICIES if one.is_seen_through()}
    plain = {name for (name,) in connection.execute(PLAIN, [list(TABLES)])}
    return _named("policy", differ) + [
        f"{table} is no plain table of its own: it has a rule or a table below it"
        for table in TABLES
        if table not in plain
    ]


def changed(connection: psycopg.Connection) -> list[str]:
    """What is not as this source makes it, a sentence each."""
    said = hidden(connection)
    said += [one for one in _named("policy", _policies(connection) ^ MADE_POLICIES) if one not in said]
    kept = set(connection.execute(KEPT, [list(TABLES)]).fetchall())
    differ = {table for table, *_how in kept ^ {(table, "p", True, False, OWNER) for table in TABLES}}
    said += [f"the table {table} is not logged, guarded and owned as this source says" for table in sorted(differ)]
    said += _named("column", set(connection.execute(COLUMNS, [list(TABLES)]).fetchall()) ^ _columns())
    said += _named("trigger", set(connection.execute(TRIGGERS, [list(TABLES)]).fetchall()) ^ (STAY | OF_OTHER_ROOMS))
    if differing := sorted({one.name for one in _functions(connection) ^ functions()}):
        said.append(f"functions of the ledger are not those of this source: {', '.join(differing)}")
    if connection.execute(OPERATORS, [OWNER]).fetchone():
        said.append(f"{OWNER} has an operator, and this source makes none")
    return said


def _policies(connection: psycopg.Connection) -> set[Policy]:
    found = map(Policy._make, connection.execute(POLICIES, [list(TABLES)]).fetchall())
    return {one._replace(roles=tuple(one.roles)) for one in found}


def _functions(connection: psycopg.Connection) -> set[Function]:
    names = sorted({one.name for one in functions()})
    return set(map(Function._make, connection.execute(FUNCTIONS, [names]).fetchall()))


def _columns() -> set[tuple[str, str, str, bool, bool]]:
    """MADE_COLUMNS in the order of COLUMNS."""
    made = set()
    for table, columns in MADE_COLUMNS.items():
        for column in columns.split(","):
            name, _, kind = column.strip().partition(" ")
            made.add((table, name, kind.removesuffix("!"), kind.endswith("!"), True))
    return made


def _named(what: str, differing: Iterable[tuple[Any, ...]]) -> list[str]:
    """A sentence for each, by table and name; a name that somebody else has chosen is for a line of a log."""
    return [
        f"the {what} {name if name.isidentifier() and name.isascii() else ascii(name)} on {table} is not of this source"
        for table, name in sorted({one[:2] for one in differing})
    ]
