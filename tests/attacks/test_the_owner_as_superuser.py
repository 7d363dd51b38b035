"""The owner of all tables, who wants to be the superuser: what ours and an operator's connections run in his database.

Red on 3f5130e: the database was his, so `alter database ... set search_path = evil, ...` reached every connection, and
his operators and functions ran as superuser when the demo began, when `status` asked since when there is data, when an
operator looked who holds a table, and when a backup was put back.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from hamkori.site.database import roles
from hamkori.site.launch import servers, status
from tests import database
from tests.attacks.counted import tried
from tests.attacks.owned import owner
from tests.database import CLONE, address
from tests.site.restoring import dump, empty_database, put_back

pytestmark = pytest.mark.django_db(transaction=True)

OPERATORS = (
    ("name", "name", "="),
    ("name", "text", "="),
    ("oid", "oid", "="),
    ("oid", "int4", "<>"),
    ("oid", "oid", "<>"),
)
WHO = "insert into public.got select current_user; "
HERE = sql.Identifier(CLONE)


@pytest.fixture
def got() -> Iterator[list[str]]:
    """As whom something of his has run, once it is asked."""
    owner("create table public.got (who text)")
    owner("grant insert on public.got to public")
    yield []
    with psycopg.connect(address("postgres"), autocommit=True) as superuser:
        superuser.execute(sql.SQL("alter database {} reset all").format(HERE))
        superuser.execute("drop schema if exists evil cascade")
        superuser.execute("drop table public.got")


def those() -> set[str]:
    with psycopg.connect(address("postgres")) as superuser:
        return {who for (who,) in superuser.execute("select who from public.got")}


def evil(place: str) -> None:
    """His own operators where names are looked for."""
    for left, right, what in OPERATORS:
        name = f"{place}.f_{left}_{right}_{'eq' if what == '=' else 'ne'}"
        owner(
            f"create function {name}(a {left}, b {right}) returns boolean language plpgsql as"
            f" $$ begin {WHO} return a operator(pg_catalog.{what}) b; end $$"
        )
        owner(f"grant execute on function {name} to public")
        owner(f"create operator {place}.{what} (leftarg = {left}, rightarg = {right}, function = {name})")


def test_the_owner_of_the_tables_gives_the_database_no_settings() -> None:
    for statement in (
        "set search_path = 'public'",
        "set work_mem = '64kB'",
        "reset all",
        "rename to other",
        "owner to hk_owner",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner(f'alter database "{CLONE}" {statement}')
        tried()
    for statement in ("create schema evil", 'create schema "postgres"', f'comment on database "{CLONE}" is null'):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner(statement)
        tried()


def test_what_an_older_database_was_given_reaches_no_connection_of_ours(got: list[str]) -> None:
    """As it was before: the database is his, and has a path of his."""
    with psycopg.connect(address("postgres"), autocommit=True) as superuser:
        superuser.execute(sql.SQL("alter database {} owner to hk_owner").format(HERE))
    owner("create schema evil")
    owner("grant usage on schema evil to public")
    evil("evil")
    owner(f'alter database "{CLONE}" set search_path = evil, pg_catalog, public')
    roles.harden(address("postgres"), tests=True)
    assert those() == set()
    with psycopg.connect(address("postgres")) as superuser:
        assert superuser.execute("show search_path").fetchone() == ('"$user", public',), "and it is taken away"
        whose = "select datdba::regrole::text from pg_database where datname = %s"
        assert superuser.execute(whose, [CLONE]).fetchone() == ("postgres",)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner(f'alter database "{CLONE}" set search_path = evil')
    tried()


def test_since_when_there_is_data_is_asked_as_the_owner(got: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    owner(f"create function public.evil() returns timestamptz language plpgsql as $$ begin {WHO} return now(); end $$")
    owner("alter table public.django_migrations rename to kept_migrations")
    owner(
        "create view public.django_migrations as select id, app, name, public.evil() as applied"
        " from public.kept_migrations"
    )
    monkeypatch.setattr(servers, "DATABASE", CLONE)
    try:
        assert database._server is not None
        assert status.data_since(database._server.cluster) is not None
        assert those() == {"hk_owner"}
    finally:
        owner("drop view public.django_migrations")
        owner("alter table public.kept_migrations rename to django_migrations")
        owner("drop function public.evil()")
    tried()


def test_a_backup_is_put_back_without_a_superuser(tmp_path: Path) -> None:
    """A check that he wrote runs while the table is filled: red while docs/operating.md put it back as a superuser."""
    owner(
        "create function public.evil(a text) returns boolean language plpgsql as $$ begin if (select rolsuper from"
        " pg_catalog.pg_roles where rolname = current_user) then raise exception 'a superuser'; end if;"
        " return true; end $$"
    )
    owner("alter table public.world add constraint evil check (public.evil(world_code))")
    try:
        dump(address("hk_backup"), tmp_path / "dump")
        with empty_database() as name:
            superuser = put_back(name, tmp_path / "dump")
            with psycopg.connect(superuser) as connection:
                for hidden in roles.HIDDEN:
                    function = hidden.partition(" on function ")[2].removesuffix(" from public")
                    if function and hidden.startswith("revoke"):
                        asks = "select has_function_privilege('hk_app', %s, 'execute')"
                        assert connection.execute(asks, [function]).fetchone() == (False,), function
    finally:
        owner("alter table public.world drop constraint evil")
        owner("drop function public.evil(text)")
    tried()
