"""What the database itself says of functions, tables and grants, in the words of `granted.py`."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import LiteralString

import psycopg

OUR_OWNER = "hk_owner"


def executes(connection: psycopg.Connection) -> dict[str, str]:
    """Function -> who may execute it beside its owner; PUBLIC by that name."""
    found = connection.execute(
        "select p.oid::regprocedure::text, coalesce(string_agg(coalesce(g.rolname, 'PUBLIC'), ' ' order by g.rolname)"
        "   filter (where a.privilege_type = 'EXECUTE' and g.rolname is distinct from 'hk_owner'), '')"
        " from pg_proc p"
        " left join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a on true"
        " left join pg_roles g on g.oid = a.grantee"
        " where p.pronamespace = 'public'::regnamespace group by p.oid"
    ).fetchall()
    return {signature.removeprefix("public.").replace("public.", ""): roles for signature, roles in found}


def unpinned(connection: psycopg.Connection) -> set[str]:
    """Definer functions whose names could be looked up somewhere else than where their author meant.

    The queue's own name their tables without a schema: theirs is `public`, where no login makes anything.
    """
    found = connection.execute(
        "select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef"
        " and p.prosqlbody is null and not coalesce(case when p.proname like 'procrastinate%'"
        " then 'search_path=public, pg_temp' else 'search_path=\"\"' end = any (p.proconfig), false)"
    ).fetchall()
    return {name for (name,) in found}


def tables(connection: psycopg.Connection) -> dict[str, bool]:
    """Table -> whether row security is on."""
    found = connection.execute(
        "select relname, relrowsecurity from pg_class"
        " where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')"
    ).fetchall()
    return dict(found)


def pointed_at(connection: psycopg.Connection, names: set[str]) -> set[str]:
    """The tables whose rows have to stand where one is written in these: it waits for who holds them `for update`."""
    found = connection.execute(
        "select distinct t.relname from pg_constraint k join pg_class c on c.oid = k.conrelid"
        " join pg_class t on t.oid = k.confrelid where k.contype = 'f' and c.relname = any (%s)",
        [sorted(names)],
    ).fetchall()
    return {name for (name,) in found}


def held_for_update(connection: psycopg.Connection, names: set[str]) -> set[tuple[str, str]]:
    """Function and table, where a function of ours locks rows of one of these tables `for update`."""
    bodies = connection.execute(
        "select proname, prosrc from pg_proc where pronamespace = 'public'::regnamespace"
        " and prosrc ilike '%for update%' and proname not like 'procrastinate%'"  # the queue's own, the worker's alone
    ).fetchall()
    return {(function, table) for function, body in bodies for table in locked(function, body, names)}


def locked(function: str, body: str, names: set[str]) -> set[str]:
    """Which of these tables its text locks so; where the name of a table is made, that may be any."""
    found = set()
    for statement in re.split(r";|\b(?:begin|then|else|loop)\b", re.sub(r"--[^\n]*", "", body)):
        locks = re.search(r"\bfor\s+update\b(?:\s+of\s+(\w+))?", statement, re.IGNORECASE)
        if locks is None:
            continue
        read = re.findall(r'\b(?:from|join)\s+(?:public\.)?"?(\w+|%\w*I)"?(?:\s+(\w+))?', statement, re.IGNORECASE)
        held = {table for table, alias in read if locks[1] in (None, table, alias)}
        assert held, f"{function}: nobody can tell which table it locks"
        found |= names if any("%" in table for table in held) else held & names
    return found


def grants(connection: psycopg.Connection) -> dict[str, dict[str, str]]:
    """Role -> table or sequence -> privileges; a privilege on some columns only has their names behind it."""
    whole: LiteralString = (
        "select c.relname, coalesce(g.rolname, 'PUBLIC'), lower(a.privilege_type), ''::text from pg_class c"
        " cross join lateral aclexplode(c.relacl) a left join pg_roles g on g.oid = a.grantee"
        " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')"
    )
    some: LiteralString = (
        "select c.relname, coalesce(g.rolname, 'PUBLIC'), lower(a.privilege_type), t.attname::text from pg_class c"
        " join pg_attribute t on t.attrelid = c.oid cross join lateral aclexplode(t.attacl) a"
        " left join pg_roles g on g.oid = a.grantee where c.relnamespace = 'public'::regnamespace"
    )
    said: dict[str, dict[str, dict[str, set[str]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    for statement in (whole, some):
        for table, role, privilege, column in connection.execute(statement):
            if role != OUR_OWNER:
                said[role][table][privilege] |= {column} - {""}
    return {
        role: {table: " ".join(_word(*pair) for pair in sorted(words.items())) for table, words in by_table.items()}
        for role, by_table in said.items()
    }


def _word(privilege: str, columns: set[str]) -> str:
    return f"{privilege}({' '.join(sorted(columns))})" if columns else privilege
