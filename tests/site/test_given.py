"""PostgreSQL that somebody else runs, named by three addresses: used as it is, or refused in one plain line."""

from __future__ import annotations

import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psycopg
import pytest

from hamkori.site.demo.kept import BUILT
from hamkori.site.launch import demo
from tests.site import bare as bare_server
from tests.site import made, ready
from tests.site.elsewhere import Elsewhere, bare, free_port, hamkori, on_tcp
from tests.site.waiting import until

# Servers that start; what a login may be, without one: test_startcheck.py.
pytestmark = pytest.mark.bulk


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    with made.room("given") as folder:
        place = folder / "server of the ministry"
        bare_server.put_server(place)
        server = on_tcp(place)
        try:
            server.make_roles(folder / "roles.sql")
            yield server
        finally:
            server.cluster.stop()


def who_is_in(server: Elsewhere) -> set[str]:
    with psycopg.connect(server.address("postgres")) as connection:
        rows = connection.execute(
            "select distinct usename from pg_stat_activity where datname = 'hamkori' and pid <> pg_backend_pid()"
        )
        return {login for (login,) in rows}


def says_ready(port: int) -> bool:
    """Ready, whatever this machine's disk is like."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=20) as answer:
            return (answer.status, answer.read()) == (200, b"ready\n")
    except HTTPError as error:
        return all(line.startswith(b"Disk: ") for line in error.read().splitlines())


# --- the whole way ------------------------------------------------------------------------------------------------


def test_from_three_addresses_to_pages_that_are_ready(elsewhere: Elsewhere, tmp_path: Path):
    for _ in range(2):
        migrated = hamkori("migrate", HAMKORI_OWNER_URL=elsewhere.address("hk_migrate"))
        assert migrated.returncode == 0, migrated.stderr
    assert "No migrations to apply" in migrated.stdout
    with psycopg.connect(elsewhere.address("postgres")) as connection:
        owners = connection.execute("select distinct tableowner from pg_tables where schemaname = 'public'").fetchall()
    assert owners == [("hk_owner",)]

    # The pages alone, in production: nothing marks this database as the real world's, and they say so.
    refused = web(elsewhere, "hk_app", tmp_path)
    assert "Hamkori does not serve here: nothing marks this database as the real world's." in refused

    port = free_port()
    (tmp_path / BUILT).touch()  # invented people are the story of test_demo
    command = [sys.executable, "-m", "hamkori.site.launch", "demo", "--port", str(port)]
    environment = bare(HAMKORI_DATA=str(tmp_path), **elsewhere.addresses())
    running = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    until(lambda: demo.running(tmp_path) or running.poll() is not None)
    assert running.poll() is None, running.communicate()[0]
    until(lambda: says_ready(port), 60)
    until(lambda: who_is_in(elsewhere) >= {"hk_app", "hk_clock"})
    told = hamkori("status", HAMKORI_DATA=str(tmp_path), **elsewhere.addresses())
    assert "Database server: the one of HAMKORI_DATABASE_URL" in told.stdout
    assert "Clock: ticked " in told.stdout
    running.send_signal(signal.SIGTERM)
    said = running.communicate(timeout=60)[0]
    assert running.returncode == 0, said
    assert "Database given" in said
    assert "as-the-operator-chose" not in said
    until(lambda: not who_is_in(elsewhere))
    assert elsewhere.cluster.running() is not None, "a server that is not ours is not ended"
    assert not (tmp_path / "server").exists()


# --- refusals -----------------------------------------------------------------------------------------------------


def web(server: Elsewhere, login: str, data: Path) -> str:
    """What a web process says that is started with this login; it ends by itself."""
    environment = bare(
        DJANGO_SETTINGS_MODULE="hamkori.site.settings",
        HAMKORI_SECRET_KEY="of this test",
        HAMKORI_DATA=str(data),
        HAMKORI_DATABASE_URL=server.address(login),
    )
    done = ready.run(["--port", str(free_port())], environment, module="hamkori.site.serving")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr + done.stdout
    return done.stderr + done.stdout


@pytest.fixture(scope="module")
def too_strong(elsewhere: Elsewhere) -> dict[str, str]:
    """Logins that could pass by the walls, and the reason that is said."""
    with psycopg.connect(elsewhere.address("postgres"), autocommit=True) as superuser:
        for login, how in (("hk_passes", "bypassrls"), ("hk_owns", "")):
            superuser.execute(f"create role {login} login {how} password 'as-the-operator-chose'")
            superuser.execute(f"grant connect on database hamkori to {login}")
        superuser.execute("create schema theirs authorization hk_owns create table kept ()")
        superuser.execute("alter table theirs.kept owner to hk_owns")
    return {
        "postgres": "it may pass by row security",
        "hk_passes": "it may pass by row security",
        "hk_owns": "it owns a table",
        "hk_migrate": "it is a member of another role",
    }


@pytest.mark.parametrize("login", ["postgres", "hk_passes", "hk_owns", "hk_migrate"])
def test_no_start_with_a_login_that_could_pass_by_the_walls(
    elsewhere: Elsewhere, too_strong: dict[str, str], tmp_path: Path, login: str
):
    for words, addresses in (
        (("demo", "--port", str(free_port())), elsewhere.addresses(HAMKORI_DATABASE_URL=login)),
        (("demo", "--port", str(free_port())), elsewhere.addresses(HAMKORI_CLOCK_URL=login)),
        (("worker",), {"HAMKORI_CLOCK_URL": elsewhere.address(login)}),
    ):
        refused = hamkori(*words, HAMKORI_DATA=str(tmp_path), **addresses)
        assert refused.returncode == 1
        assert f"The login {login} must not serve" in refused.stderr
        assert too_strong[login] in refused.stderr
        assert refused.stderr.count("\n") == 1


def test_pages_that_somebody_starts_by_hand_refuse_it_too(
    elsewhere: Elsewhere, too_strong: dict[str, str], tmp_path: Path
):
    said = web(elsewhere, "hk_passes", tmp_path)
    assert f"hamkori: The login hk_passes must not serve: {too_strong['hk_passes']}" in said


def refusal(*words: str, **variables: str) -> str:
    refused = hamkori(*words, **variables)
    assert refused.returncode == 1, refused.stdout
    assert refused.stderr.count("\n") == 1, refused.stderr
    assert "as-the-operator-chose" not in refused.stderr + refused.stdout
    return refused.stderr


def test_who_can_not_own_can_not_migrate(elsewhere: Elsewhere):
    said = refusal("migrate", HAMKORI_OWNER_URL=elsewhere.address("hk_app"))
    assert "The login hk_app may not become hk_owner. See ./hamkori migrate --roles." in said


def test_an_address_that_leads_nowhere_is_named_by_its_variable_and_keeps_its_password(elsewhere: Elsewhere):
    nowhere = elsewhere.address("hk_migrate").replace(str(elsewhere.port), str(free_port()))
    assert "HAMKORI_OWNER_URL: the database does not answer: " in refusal("migrate", HAMKORI_OWNER_URL=nowhere)
    misspelt = elsewhere.address("hk_migrate").replace("postgresql://", "postgres//:")
    assert "HAMKORI_OWNER_URL is not the address of a database" in refusal("migrate", HAMKORI_OWNER_URL=misspelt)
    guessed = elsewhere.address("hk_migrate").replace("operator", "visitor")
    said = refusal("migrate", HAMKORI_OWNER_URL=guessed)
    assert "HAMKORI_OWNER_URL: the login hk_migrate was refused: password authentication failed" in said


def test_all_three_addresses_or_none(elsewhere: Elsewhere, tmp_path: Path):
    addresses = elsewhere.addresses()
    del addresses["HAMKORI_CLOCK_URL"]
    said = refusal("demo", "--port", str(free_port()), HAMKORI_DATA=str(tmp_path), **addresses)
    assert "HAMKORI_DATABASE_URL is set, so HAMKORI_CLOCK_URL must be set too." in said


@contextmanager
def postgresql(version: str) -> Iterator[str]:
    """The address of something that greets like PostgreSQL of that version, lets everybody in, and can do no more."""

    def greet(caller: socket.socket) -> None:
        with caller:
            for _ in range(3):  # encryption? another one? then who he is
                (length,) = struct.unpack("!i", caller.recv(4, socket.MSG_WAITALL))
                asked = caller.recv(length - 4, socket.MSG_WAITALL)
                if struct.unpack("!i", asked[:4])[0] == 3 << 16:
                    break
                caller.sendall(b"N")
            told = b"server_version\0" + version.encode() + b"\0"
            caller.sendall(b"R" + struct.pack("!ii", 8, 0) + b"S" + struct.pack("!i", len(told) + 4) + told)
            caller.sendall(b"Z" + struct.pack("!i", 5) + b"I")
            while caller.recv(1024):
                pass

    def serve() -> None:
        while True:
            try:
                caller, _ = listening.accept()
            except OSError:
                return
            greet(caller)

    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        threading.Thread(target=serve, daemon=True).start()
        yield f"postgresql://hk_migrate:as-the-operator-chose@127.0.0.1:{listening.getsockname()[1]}/hamkori"
        listening.shutdown(socket.SHUT_RDWR)


def test_a_server_older_than_the_walls_need_is_one_plain_line(tmp_path: Path):
    with postgresql("16.10 (Debian 16.10-1)") as address:
        said = refusal("migrate", HAMKORI_OWNER_URL=address)
        assert (
            said == "hamkori: HAMKORI_OWNER_URL: PostgreSQL 17 or newer is needed, and this server is PostgreSQL 16.\n"
        )
        assert "this server is PostgreSQL 16" in refusal("worker", HAMKORI_CLOCK_URL=address)
        names = ("HAMKORI_DATABASE_URL", "HAMKORI_CLOCK_URL", "HAMKORI_OWNER_URL")
        variables = dict.fromkeys(names, address) | {"HAMKORI_DATA": str(tmp_path)}
        assert "this server is PostgreSQL 16" in refusal("demo", "--port", str(free_port()), **variables)
