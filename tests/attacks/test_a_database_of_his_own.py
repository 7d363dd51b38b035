"""Who holds the password of `hk_migrate` makes a database of his own, in which nothing is taken from anybody.

Red on 3f58cb0: the role could make databases, though no command of ours makes one as it. There the locks of all
connections of the server were taken (a superuser found no room either), numbers of transactions burnt, and `hk_app`,
let in by him, ended the connections of the pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hamkori.site.database import roles
from tests.attacks.counted import tried
from tests.database import CLONE, address
from tests.site.elsewhere import Elsewhere, hamkori, migrated

HIS = f"{CLONE}_his"
MAKES = f"create database {HIS} template template0"


def there(login: str) -> str:
    return address(login).replace(f"/{CLONE}?", f"/{HIS}?")


@pytest.fixture
def his(db: None) -> Iterator[None]:
    """Whether he gets it or not; and gone afterwards."""
    yield
    with psycopg.connect(address("postgres"), autocommit=True) as superuser:
        superuser.execute(f"drop database if exists {HIS} with (force)".encode())


def does(login: str, statement: str, *values: int) -> None:
    """He makes it, and one of ours does what is taken from everybody in our own database."""
    with psycopg.connect(address("hk_migrate"), autocommit=True) as one:
        one.execute(MAKES.encode())
    with psycopg.connect(there(login), autocommit=True) as one:
        one.execute(statement.encode(), values)


def test_he_takes_no_lock_of_the_servers_table(his: None) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        does("hk_migrate", "select count(pg_advisory_lock(g)) from generate_series(1, 5000) g")
    tried()


def test_he_lets_the_login_of_the_pages_end_the_pages_connections(his: None) -> None:
    with psycopg.connect(address("hk_app"), autocommit=True) as page:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            does("hk_app", "select pg_terminate_backend(%s)", page.info.backend_pid)
        page.execute("select 1")
    tried()


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    """What is given here must not be seen by the tests beside this one."""
    with migrated() as server:
        yield server


def test_one_that_could_is_named_and_loses_it_where_roles_are_made_anew(elsewhere: Elsewhere, tmp_path: Path) -> None:
    superuser = elsewhere.address("postgres", "postgres")

    def told() -> list[str]:
        said = hamkori("status", HAMKORI_DATA=str(tmp_path), HAMKORI_CLOCK_URL=elsewhere.address("hk_clock")).stdout
        return [line for line in said.splitlines() if line.startswith("Roles: ")]

    well = ["Roles: no login of ours is a member of what it should not be"]
    assert told() == well, "the printed script gives it to nobody"
    with psycopg.connect(superuser, autocommit=True) as connected:
        connected.execute("alter role hk_migrate createdb")
    (line,) = told()
    assert line.endswith("in which nothing is taken from anybody; as superuser: alter role hk_migrate nocreatedb")
    roles.ensure_roles(superuser, {})
    assert told() == well
    tried()
