"""A dump as docs/operating.md has it made, put back into an empty database, and what `migrate` makes of it again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import transaction
from psycopg import sql

from hamkori.site.database import left_out, startcheck
from hamkori.vault import keyring_file
from tests.cast import World, build
from tests.database import address, raw
from tests.site.restoring import dump, elsewhere, empty_database, migrate, options, put_back

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = "select tablename from pg_tables where schemaname = 'public' order by tablename"
SHAPE = """
select attname, format_type(atttypid, atttypmod), attnotnull from pg_attribute
 where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum
"""
ABOUT = """
select relpersistence, relrowsecurity, relowner::regrole::text, relacl::text from pg_class where oid = %s::regclass
"""


@pytest.fixture
def world() -> World:
    with transaction.atomic():
        return build()


@pytest.fixture
def empty() -> Iterator[str]:
    with empty_database() as name:
        yield name


def counts(url: str) -> dict[str, int]:
    with psycopg.connect(url) as connection:
        names = [name for (name,) in connection.execute(TABLES)]
        found = {}
        for name in names:
            row = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(name))).fetchone()
            assert row is not None
            found[name] = row[0]
    return found


def look(url: str, name: str) -> tuple[object, object]:
    with psycopg.connect(url) as connection:
        return (
            connection.execute(SHAPE, [name]).fetchall(),
            connection.execute(ABOUT, [name]).fetchone(),
        )


def test_what_was_dumped_comes_back_and_what_was_left_out_is_made_again(
    world: World, empty: str, tmp_path: Path
) -> None:
    dump(address("hk_backup"), tmp_path / "dump")
    superuser = put_back(empty, tmp_path / "dump")
    with psycopg.connect(superuser) as connection:
        here = {name for (name,) in connection.execute(TABLES)}
    assert left_out.LEFT_OUT.keys().isdisjoint(here)
    done = migrate(empty)
    assert done.returncode == 0, done.stderr
    assert "No keyring" not in done.stdout

    before, after = counts(address("postgres")), counts(superuser)
    assert before.keys() == after.keys()
    assert after["app_user"] == len({one.user_id for one in world.people.values()})
    assert after.pop("session_proof") == 1
    assert {name: number for name, number in before.items() if name in after and name != "vault_session"} == (
        {name: number for name, number in after.items() if name != "vault_session"}
    )
    for name in left_out.LEFT_OUT:
        assert look(superuser, name) == look(address("postgres"), name)
    with psycopg.connect(elsewhere(address("hk_app"), empty)) as pages:
        assert startcheck.is_of_this_database(pages, keyring_file.load(settings.HAMKORI_KEYRING))
    dump(elsewhere(address("hk_backup"), empty), tmp_path / "again")
    assert migrate(empty).returncode == 0


def test_every_table_and_sequence_is_read_by_the_backup_or_left_out_with_a_reason() -> None:
    """A new table is in the next dump, or it is named in `left_out`."""
    closed = (
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = any(%s)"
        " and not has_table_privilege('hk_backup', oid, 'select')"
    )
    with raw("hk_backup") as backup:
        tables = {name for (name,) in backup.execute(closed, [["r", "p", "v", "m", "f"]])}
        assert tables == set(left_out.LEFT_OUT)
        assert backup.execute(closed, [["S"]]).fetchall() == []
        unlogged = {
            name
            for (name,) in backup.execute("select relname from pg_class where relpersistence = 'u' and relkind = 'r'")
        }
    assert {name for name in unlogged if not name.startswith("pg_")} <= set(left_out.LEFT_OUT)
    assert all(left_out.LEFT_OUT.values())
    assert set(options()) == set(left_out.OPTIONS)


def test_the_keyring_of_another_is_refused_after_a_restore(world: World, empty: str, tmp_path: Path) -> None:
    """What proofs are compared with is in no dump, so the rows that carry a tag say whose they are."""
    dump(address("hk_backup"), tmp_path / "dump")
    put_back(empty, tmp_path / "dump")
    other = tmp_path / "keyring"
    keyring_file.create(other, "test")
    done = migrate(empty, keyring=other)
    assert done.returncode == 1
    assert "it is not the one that this database was founded with" in done.stderr
    assert migrate(empty).returncode == 0
