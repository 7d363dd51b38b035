"""What the database itself says of functions, tables and grants, in the words of `granted.py`."""

from __future__ import annotations

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
    """Definer functions whose names could be looked up somewhere else than where their author meant."""
    found = connection.execute(
        "select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef"
        " and p.prosqlbody is null and not coalesce('search_path=\"\"' = any (p.proconfig), false)"
    ).fetchall()
    return {name for (name,) in found}


def tables(connection: psycopg.Connection) -> dict[str, bool]:
    """Table -> whether row security is on."""
    found = connection.execute(
        "select relname, relrowsecurity from pg_class"
        " where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')"
    ).fetchall()
    return dict(found)


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
