"""The login of backups reads what a dump holds and can do nothing else.

On commit ff6e3b1 hk_backup was a member of hk_owner: one SET ROLE, and it wrote every table, function and tag.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import psycopg
import pytest
from django.db import transaction
from psycopg import sql

from hamkori.site.database import left_out, roles
from tests import database
from tests.attacks.counted import tried
from tests.cast import build
from tests.database import address, raw

pytestmark = pytest.mark.django_db

WRITES = ("insert into {} default values", "delete from {}", "truncate {}", "alter table {} add column planted text")


@pytest.fixture
def backup() -> Iterator[psycopg.Connection]:
    with raw("hk_backup") as opened:
        opened.autocommit = True
        yield opened


def names(backup: psycopg.Connection, question: str) -> list[str]:
    return [name for (name,) in backup.execute(question).fetchall()]


def test_it_becomes_nobody(backup: psycopg.Connection) -> None:
    others = names(backup, "select rolname from pg_roles where rolname <> session_user")
    for role in others:
        for statement in ("set role {}", "set session authorization {}"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                backup.execute(sql.SQL(statement).format(sql.Identifier(role)))
    assert "hk_owner" in others
    tried(2 * len(others))


def test_it_writes_no_table_and_calls_no_definer(backup: psycopg.Connection) -> None:
    tables = names(backup, "select tablename from pg_tables where schemaname = 'public'")
    for table in tables:
        for statement in WRITES:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                backup.execute(sql.SQL(statement).format(sql.Identifier(table)))
    ours = "select oid::regprocedure::text from pg_proc where pronamespace = 'public'::regnamespace"
    callable_ = names(backup, f"select x.f from ({ours}) x(f) where has_function_privilege(x.f, 'execute')")
    assert callable_ == []
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        backup.execute("create function mine() returns int language sql as 'select 1'")
    tried(len(WRITES) * len(tables) + 1)


@pytest.mark.django_db(transaction=True)
def test_it_dumps_every_row_and_never_what_a_sign_in_is_compared_with() -> None:
    with transaction.atomic():
        world = build()
    programs = database.programs()
    dumped = subprocess.run(
        [
            programs / "pg_dump", "--dbname", address("hk_backup"), *left_out.OPTIONS,
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert dumped.returncode == 0, dumped.stderr
    copied = dumped.stdout.partition("COPY public.app_user ")[2].partition("\n\\.\n")[0]
    assert copied.count("\n") == len({one.user_id for one in world.people.values()})
    for name in left_out.LEFT_OUT:
        assert f"COPY public.{name} (" not in dumped.stdout


def test_the_script_for_a_server_of_others_says_the_same() -> None:
    script = roles.script()
    assert "create role hk_backup login noinherit bypassrls connection limit 4;" in script
    assert "pg_read_all_data" not in script
    assert "grant hk_owner to hk_backup" not in script
