"""A login of ours in another database of the cluster, where nothing is taken from everybody.

Red on c288705: every login of ours got into `postgres` and `template1`; there hk_app read `pg_stat_activity`, ended its
own login's connections (no page was answered), wrote large objects and made temporary tables, and nothing named it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hamkori.site.database import roles, startcheck
from tests.attacks.counted import tried
from tests.database import CLONE, address
from tests.site.elsewhere import Elsewhere, hamkori, migrated

OTHERS = ("postgres", "template1")


@pytest.mark.django_db
@pytest.mark.parametrize("database", OTHERS)
@pytest.mark.parametrize("login", roles.CONNECTS)
def test_no_login_of_ours_gets_into_another_database(login: str, database: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(address(login).replace(f"/{CLONE}?", f"/{database}?")).close()
    psycopg.connect(address(login)).close()
    tried()


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    """A cluster of its own: what is opened here must not be seen by the tests beside this one."""
    with migrated() as server:
        yield server


def told(server: Elsewhere, folder: Path) -> list[str]:
    """What `status` says of other databases."""
    said = hamkori("status", HAMKORI_DATA=str(folder), HAMKORI_CLOCK_URL=server.address("hk_clock")).stdout
    return [line for line in said.splitlines() if line.startswith("Other databases: ")]


def reasons(server: Elsewhere) -> list[str]:
    """Why hk_app must not serve."""
    with psycopg.connect(server.address("hk_app")) as opened:
        return startcheck.reasons(opened)


@pytest.mark.parametrize("database", OTHERS)
def test_the_printed_script_closes_them_too(elsewhere: Elsewhere, database: str) -> None:
    for login in roles.CONNECTS:
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(elsewhere.address(login, database)).close()
        tried()


def test_one_that_is_open_is_named_and_keeps_the_pages_from_starting(elsewhere: Elsewhere, tmp_path: Path) -> None:
    assert told(elsewhere, tmp_path) == ["Other databases: closed to every login of ours"]
    assert reasons(elsewhere) == []
    with psycopg.connect(elsewhere.address("postgres", "postgres"), autocommit=True) as superuser:
        superuser.execute("create database shop")
        superuser.execute("grant connect on database template1 to hk_backup")
        (line,) = told(elsewhere, tmp_path)
        assert line == (
            "Other databases: shop (hk_app, hk_backup, hk_clock, hk_migrate), template1 (hk_backup) let logins of ours"
            " in; as superuser: revoke connect on database ... from public, or see docs/operating.md"
        )
        assert reasons(elsewhere) == ["it may connect to other databases: shop"]
        refused = hamkori("worker", HAMKORI_CLOCK_URL=elsewhere.address("hk_clock"), HAMKORI_DATA=str(tmp_path))
        assert refused.returncode != 0
        assert "it may connect to other databases: shop" in refused.stderr + refused.stdout
        superuser.execute("revoke connect on database template1 from hk_backup")
        _shut_by_pg_hba(elsewhere, superuser, tmp_path)
        superuser.execute("drop database shop")
    assert told(elsewhere, tmp_path) == ["Other databases: closed to every login of ours"]
    tried(3)


def test_one_whose_making_was_interrupted_is_opened_to_our_logins_only(elsewhere: Elsewhere) -> None:
    superuser = elsewhere.address("postgres", "postgres")
    with psycopg.connect(superuser, autocommit=True) as connected:
        connected.execute("create database half template template0 allow_connections false")
        assert roles.ensure_database(superuser, "half") is False
        psycopg.connect(elsewhere.address("hk_app", "half")).close()
        told = "select has_database_privilege('pg_monitor', 'half', 'connect')"
        assert connected.execute(told).fetchone() == (False,), "it is open to everybody"
        connected.execute("drop database half with (force)")
    tried()


def _shut_by_pg_hba(server: Elsewhere, superuser: psycopg.Connection, folder: Path) -> None:
    """Where the privilege is somebody else's, lines of pg_hba.conf shut the door, and that is found by trying."""
    file = Path(str(superuser.execute("show hba_file").fetchone()[0]))  # type: ignore[index]
    before = file.read_text()
    logins = ",".join(roles.CONNECTS)
    file.write_text(f"host hamkori {logins} all scram-sha-256\nhost all {logins} all reject\n{before}")
    superuser.execute("select pg_reload_conf()")
    try:
        with pytest.raises(psycopg.OperationalError, match=r"pg_hba\.conf"):
            psycopg.connect(server.address("hk_app", "shop")).close()
        assert reasons(server) == []
        (line,) = told(server, folder)
        assert line.startswith("Other databases: shop refuses hk_clock by pg_hba.conf; not seen from here: ")
    finally:
        file.write_text(before)
        superuser.execute("select pg_reload_conf()")
