"""A login that opens as many connections as it gets: the others go on, and what it meets itself is a sentence.

Red on 3464221: with the clock's password alone all connections of the server were had (77 of 80, and three kept for
superusers), and nobody signed in. Pages that got none at their start ended with a traceback, and so did `audit-verify`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import psycopg
import pytest

from hamkori.site.database import roles
from hamkori.site.database.cluster import SETTINGS
from tests.attacks.counted import tried
from tests.attacks.served import Pages
from tests.site import ready
from tests.site.elsewhere import Elsewhere, bare, free_port, hamkori, migrated
from tests.site.waiting import until

KEPT_FOR_SUPERUSERS = 3
FOR_AN_OPERATOR = 5


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    """A cluster of its own: its connections are used up."""
    with migrated() as server:
        yield server


@contextmanager
def all_of(server: Elsewhere, login: str) -> Iterator[int]:
    """Hold every connection that the login gets; how many."""
    with ExitStack() as held:
        for number in range(int(SETTINGS["max_connections"]) + 1):
            try:
                held.enter_context(psycopg.connect(server.address(login)))
            except psycopg.OperationalError:
                tried()
                yield number
                return
        raise AssertionError("there is no end to its connections")


@pytest.mark.parametrize("login", roles.CONNECTS)
def test_who_holds_all_of_one_login_leaves_those_of_the_others(elsewhere: Elsewhere, login: str) -> None:
    with all_of(elsewhere, login) as number:
        for other in set(roles.CONNECTS) - {login}:
            psycopg.connect(elsewhere.address(other)).close()
        psycopg.connect(elsewhere.address("postgres", "postgres")).close()
        assert number == roles.CONNECTIONS[login]


def test_all_limits_together_leave_some_for_whoever_puts_it_right() -> None:
    assert set(roles.CONNECTIONS) == set(roles.CONNECTS)
    together = sum(roles.CONNECTIONS.values())
    assert together + KEPT_FOR_SUPERUSERS + FOR_AN_OPERATOR <= int(SETTINGS["max_connections"])


@pytest.mark.parametrize(
    ("command", "variable", "login"),
    [
        ("status", "HAMKORI_CLOCK_URL", "hk_clock"),
        ("audit-verify", "HAMKORI_CLOCK_URL", "hk_clock"),
        ("worker", "HAMKORI_CLOCK_URL", "hk_clock"),
        ("migrate", "HAMKORI_OWNER_URL", "hk_migrate"),
    ],
)
def test_a_command_that_gets_none_says_so_in_a_line(
    elsewhere: Elsewhere, tmp_path: Path, command: str, variable: str, login: str
) -> None:
    with all_of(elsewhere, login):
        done = hamkori(command, HAMKORI_DATA=str(tmp_path), **{variable: elsewhere.address(login)})
    assert done.returncode == 1
    assert f'too many connections for role "{login}"' in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_status_says_which_login_has_no_limit_and_when_there_are_too_few(elsewhere: Elsewhere, tmp_path: Path) -> None:
    def told() -> str:
        said = hamkori("status", HAMKORI_DATA=str(tmp_path), HAMKORI_CLOCK_URL=elsewhere.address("hk_clock")).stdout
        (line,) = [line for line in said.splitlines() if line.startswith("Connections: ")]
        return line.removeprefix("Connections: ")

    limit = roles.CONNECTIONS["hk_app"]
    assert told() == "each login has its own, 72 of 237"
    with psycopg.connect(elsewhere.address("postgres", "postgres"), autocommit=True) as superuser:
        superuser.execute("alter role hk_app connection limit -1")
        assert told() == f"hk_app can use up those of all; as superuser: alter role hk_app connection limit {limit}"
        superuser.execute("alter role hk_app connection limit 220")
        assert told() == "the logins may have 252 together, and the server has 237; see docs/operating.md"
        roles.ensure_roles(elsewhere.address("postgres", "postgres"), {})
    assert told() == "each login has its own, 72 of 237"


@pytest.fixture(scope="module")
def founded(elsewhere: Elsewhere, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world of tests on that cluster; the folder of its files."""
    folder = tmp_path_factory.mktemp("founded")
    files = {"HAMKORI_KEYRING": "keyring", "HAMKORI_MARKS": "marks", "HAMKORI_SIGNING_KEY": "sign/signing-key"}
    known = bare(
        HAMKORI_MODE="test",
        HAMKORI_DATA=str(folder),
        HAMKORI_OWNER_URL=elsewhere.address("hk_migrate"),
        **{name: str(folder / place) for name, place in files.items()},
    )
    done = ready.run(["migrate", "--found", "test"], known)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.django_db
@pytest.mark.parametrize("pool", ["0", "2"])
def test_a_page_that_gets_none_is_an_outage_and_the_next_one_is_answered(
    elsewhere: Elsewhere, founded: Path, tmp_path: Path, pool: str
) -> None:
    pages = Pages(
        tmp_path,
        HAMKORI_DATABASE_URL=elsewhere.address("hk_app"),
        HAMKORI_KEYRING=str(founded / "keyring"),
        HAMKORI_MARKS=str(tmp_path / "marks"),
        HAMKORI_POOL=pool,
    )
    try:
        assert answer(pages, "/account/sign-in/")[0] == 200
        with psycopg.connect(elsewhere.address("postgres", "postgres"), autocommit=True) as superuser:
            superuser.execute("alter role hk_app connection limit 0")
            superuser.execute("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'hk_app'")
            try:
                status, said = answer(pages, "/account/sign-in/")
            finally:
                superuser.execute(f"alter role hk_app connection limit {roles.CONNECTIONS['hk_app']}")
            assert status == 503
            assert "Try again" in said
        until(lambda: answer(pages, "/account/sign-in/")[0] == 200, 60)
    finally:
        pages.end()


def test_pages_that_get_none_at_their_start_say_so_in_a_line(elsewhere: Elsewhere, founded: Path) -> None:
    known = bare(
        DJANGO_SETTINGS_MODULE="hamkori.site.settings",
        HAMKORI_PROCESS="web",
        HAMKORI_MODE="test",
        HAMKORI_DATA=str(founded),
        HAMKORI_KEYRING=str(founded / "keyring"),
        HAMKORI_DATABASE_URL=elsewhere.address("hk_app"),
        HAMKORI_SECRET_KEY="x" * 50,
    )
    with all_of(elsewhere, "hk_app"):
        done = ready.run(["--port", str(free_port())], known, "hamkori.site.serving")
    assert done.returncode == 1
    why = "HAMKORI_DATABASE_URL: no connection to the database is free: "
    assert f"hamkori: Nothing is served: {why}" in done.stderr
    assert 'too many connections for role "hk_app"' in done.stderr
    assert "Traceback" not in done.stderr


def answer(pages: Pages, path: str) -> tuple[int, str]:
    """A pool waits some seconds for a connection before it gives up."""
    asking = HTTPConnection("127.0.0.1", pages.port, timeout=60)
    try:
        asking.request("GET", path, headers={"Host": "localhost"})
        found = asking.getresponse()
        return found.status, found.read().decode()
    finally:
        asking.close()
