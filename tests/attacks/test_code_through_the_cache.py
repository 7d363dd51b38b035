"""Code through the cache: who wrote one row of the cache's table ran code in the web process, which holds the keyring.

Django's database cache unpickled what lay there at the next sign-in, of anybody. On commit ff6e3b1 these were red: a
planted row ran, a varied port made a new counter (the right passphrase passed at the sixth try), 400 other keys put a
counter out, and a fault took back what had been counted before it.
"""

from __future__ import annotations

import base64
import os
import pickle
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import Any
from urllib.request import urlopen

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory

from hamkori.people import totp
from hamkori.site.launch import places
from hamkori.vault.server import make_marks
from hamkori.web.sessions import limits
from tests import doors
from tests.attacks import counted
from tests.database import address, god, raw

pytestmark = pytest.mark.django_db

SIGN_IN = "/account/sign-in/"
WRONG, SLOWER = "do not belong together", "Too many tries"
HERE = "127.0.0.1"
KEYS = (
    f":1:allauth:rl:allauth.account:login:30/60/ip:ip:{HERE}",
    f":1:allauth:rl:allauth.account:login_failed:10/60/ip:ip:{HERE}",
)
PAGES = (("get", SIGN_IN, {}), ("post", SIGN_IN, {"login": "nobody@example.org", "password": "x"}))


class Runs:
    """Unpickled, it makes a file: that is the whole attack."""

    def __init__(self, made: Path) -> None:
        self.made = made

    def __reduce__(self) -> tuple[object, ...]:
        return (open, (str(self.made), "w"))


def payloads(made: Path) -> list[bytes]:
    return [pickle.dumps(Runs(made), protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]


def guess(who: doors.Person, passphrase: str = "a wrong passphrase", **more: str) -> str:
    answer: HttpResponse = doors.stranger().post(SIGN_IN, {"login": who.email, "password": passphrase}, **more)
    return answer.content.decode()


def test_a_row_planted_in_a_table_of_djangos_cache_runs_nothing(tmp_path: Path) -> None:
    doors.house()
    made, tries = tmp_path / "it ran", 0
    for payload in payloads(made):
        for method, page, sent in PAGES:
            for key in KEYS:
                with god(), connection.cursor() as cursor:
                    cursor.execute(
                        "create table if not exists hk_cache"
                        " (cache_key varchar(255) primary key, value text, expires timestamptz)"
                    )
                    cursor.execute("grant all on hk_cache to hk_app")
                    cursor.execute(
                        "insert into hk_cache values (%s, %s, now() + interval '1 hour')"
                        " on conflict (cache_key) do update set value = excluded.value",
                        [key, base64.b64encode(payload).decode()],
                    )
                getattr(doors.stranger(), method)(page, sent)
                tries += 1
                assert not made.exists(), "a row of the database ran in the web process"
    counted.tried(tries)


@pytest.fixture
def owner(zarina: doors.Person) -> Iterator[psycopg.Connection]:
    """The owner of all tables, on a connection of his own."""
    with raw("hk_test") as opened:
        opened.execute("set role hk_owner")
        opened.commit()
        yield opened


def test_another_port_in_the_address_is_no_new_counter(zarina: doors.Person) -> None:
    for port in range(8001, 8006):
        assert WRONG in guess(zarina, headers={"host": f"localhost:{port}"})
    for port in (8006, 8007, 9999):
        page = doors.stranger().post(
            SIGN_IN, {"login": zarina.email, "password": zarina.passphrase}, headers={"host": f"localhost:{port}"}
        )
        assert SLOWER in page.content.decode(), "even with the right one"
    counted.tried(3)


@pytest.mark.parametrize("written", ["{}", "  {}", "{}  "])
def test_another_spelling_of_the_address_is_no_new_counter(zarina: doors.Person, written: str) -> None:
    for number in range(5):
        spelt = written.format(zarina.email.upper() if number % 2 else zarina.email.title())
        doors.stranger().post(SIGN_IN, {"login": spelt, "password": "a wrong passphrase"})
    assert SLOWER in guess(zarina, zarina.passphrase)
    counted.tried()


def test_an_address_is_counted_apart_from_the_accounts(zarina: doors.Person) -> None:
    for number in range(10):
        page = doors.stranger().post(SIGN_IN, {"login": f"n{number}@example.org", "password": "x"})
        assert WRONG in page.content.decode()
    assert SLOWER in guess(zarina, zarina.passphrase), "the eleventh account from one address"
    elsewhere = doors.stranger().post(
        SIGN_IN, {"login": zarina.email, "password": zarina.passphrase}, REMOTE_ADDR="192.0.2.7"
    )
    assert elsewhere.status_code == 302, "she herself, from her own"
    counted.tried()


@pytest.mark.parametrize(
    "where",
    [
        lambda number: {"headers": {"x-forwarded-for": f"198.51.100.{number}"}},
        lambda number: {"headers": {"x-real-ip": f"198.51.100.{number}", "forwarded": f"for=198.51.100.{number}"}},
        lambda number: {"REMOTE_ADDR": f"2001:db8::{number:x}"},
        lambda number: {"REMOTE_PORT": str(40_000 + number)},
    ],
    ids=["forwarded", "other headers", "one network", "port"],
)
def test_a_browser_says_of_itself_no_other_address(where: Callable[[int], dict[str, Any]]) -> None:
    doors.house()
    for number in range(10):
        page = doors.stranger().post(SIGN_IN, {"login": f"n{number}@example.org", "password": "x"}, **where(number))
        assert WRONG in page.content.decode()
    for number in range(10, 13):
        page = doors.stranger().post(SIGN_IN, {"login": f"n{number}@example.org", "password": "x"}, **where(number))
        assert SLOWER in page.content.decode()
    counted.tried(3)


def test_other_keys_put_no_counter_out(zarina: doors.Person) -> None:
    for _ in range(5):
        guess(zarina)
    for number in range(400):
        cache.set(f"somebody-else-{number}", [time.time()], 300)
    assert SLOWER in guess(zarina, zarina.passphrase)
    counted.tried(400)


def test_a_count_outlives_the_fault_that_follows_it() -> None:
    doors.house()
    request = RequestFactory().post("/")
    for _ in range(5):
        with transaction.atomic():
            assert limits.attempt(request, "somebody") is not None
            transaction.set_rollback(True)
    assert limits.attempt(request, "somebody") is None
    counted.tried(5)


@pytest.mark.parametrize(
    "forget",
    [
        "delete from attempt",
        "truncate attempt",
        "update attempt set at = '{}'",
        "update attempt set until = now() - interval '1 day'",
    ],
)
def test_a_table_that_forgets_does_not_help(zarina: doors.Person, owner: psycopg.Connection, forget: str) -> None:
    for _ in range(5):
        guess(zarina)
        owner.execute(forget.encode())
        owner.commit()
    assert SLOWER in guess(zarina, zarina.passphrase)
    counted.tried(5)


def test_a_used_code_stays_used_when_the_table_forgets(zarina: doors.Person, owner: psycopg.Connection) -> None:
    code = totp.code(zarina.totp_secret)
    first, second = doors.stranger(), doors.stranger()
    for client in (first, second):
        client.post(SIGN_IN, {"login": zarina.email, "password": zarina.passphrase})
    assert first.post("/account/second-step/", {"code": code}).status_code == 302
    owner.execute("delete from attempt")
    owner.commit()
    assert "used already" in second.post("/account/second-step/", {"code": code}).content.decode()
    counted.tried()


def test_a_locked_table_of_counters_does_not_lock_sign_in(zarina: doors.Person, owner: psycopg.Connection) -> None:
    owner.execute("lock table attempt in access exclusive mode")
    began = time.monotonic()
    for _ in range(5):
        assert WRONG in guess(zarina)
    assert SLOWER in guess(zarina, zarina.passphrase), "this process goes on counting"
    elsewhere = doors.person(zarina.organisation_id, "Dilshod")
    page = doors.stranger().post(
        SIGN_IN, {"login": elsewhere.email, "password": elsewhere.passphrase}, REMOTE_ADDR="192.0.2.7"
    )
    assert page.status_code == 302
    assert time.monotonic() - began < 10, "one wait of a tenth of a second, not one for each question"
    owner.rollback()
    counted.tried(7)


STATEMENTS = (
    "select * from attempt",
    "delete from attempt",
    "update attempt set at = '{}'",
    "insert into attempt (key, at, until) values ('\\x00', '{}', now())",
    "truncate attempt",
    "lock table attempt in access share mode",
    "lock table attempt in access exclusive mode",
    "create table hk_cache (cache_key text, value text, expires timestamptz)",
)


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("login", ["hk_app", "hk_clock"])
def test_no_login_touches_the_table(zarina: doors.Person, login: str, statement: str) -> None:
    with raw(login) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.encode())
    counted.tried()


def test_a_guessed_name_of_a_counter_takes_nothing_back(zarina: doors.Person) -> None:
    for _ in range(5):
        guess(zarina)
    with raw("hk_app") as connection:
        for name in (zarina.email, f":1:{zarina.email}", *KEYS):
            for hashed in (f"sha256(convert_to('{name}', 'UTF8'))", f"convert_to('{name}', 'UTF8')"):
                connection.execute(f"select attempt_forget({hashed})".encode())
        connection.commit()
    assert SLOWER in guess(zarina, zarina.passphrase)
    counted.tried(8)


@pytest.mark.parametrize("value", ["text", 7, 1.5, b"bytes", None, {"a": 1}, [b"x"], ["x"], [True], [[1.0]], object()])
def test_nothing_but_moments_and_a_flag_is_kept(value: object) -> None:
    doors.house()
    for write in (lambda: cache.set("k", value, 60), lambda: cache.set_many({"k": value}, 60)):
        with pytest.raises(TypeError):
            write()
    assert cache.get("k") is None
    counted.tried(2)


def serving(process: str) -> dict[str, str]:
    """The environment of a process of its own on this test's database, under a real login."""
    make_marks()
    return {
        **os.environ,
        "PYTHONPATH": str(places.TREE / "src"),
        "HAMKORI_PROCESS": process,
        "HAMKORI_MARKS": str(settings.HAMKORI_MARKS),
        "HAMKORI_DATABASE_URL": address("hk_app"),
        "HAMKORI_CLOCK_URL": address("hk_clock"),
    }


@contextmanager
def served(log: Path) -> Iterator[str]:
    """The pages as they are really served, on a port of their own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "hamkori.site.serving", "--port", str(port)]
    with log.open("wb") as said:
        server = subprocess.Popen(command, env=serving("web"), stdout=said, stderr=said)
    try:
        for _ in range(600):
            with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/health/live", timeout=10):
                break
            assert server.poll() is None, log.read_text()
            Event().wait(0.1)
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.wait(30)


@pytest.mark.bulk
def test_the_server_itself_runs_no_row(zarina: doors.Person, owner: psycopg.Connection, tmp_path: Path) -> None:
    made = tmp_path / "it ran"
    owner.execute("create table hk_cache (cache_key varchar(255) primary key, value text, expires timestamptz)")
    owner.execute("grant all on hk_cache to hk_app")
    try:
        with served(tmp_path / "log") as pages:
            for payload in payloads(made):
                for key in KEYS:
                    owner.execute(
                        "insert into hk_cache values (%s, %s, now() + interval '1 hour')"
                        " on conflict (cache_key) do update set value = excluded.value",
                        [key, base64.b64encode(payload).decode()],
                    )
                owner.commit()
                with urlopen(f"{pages}{SIGN_IN}", timeout=60) as answer:
                    assert answer.status == 200
                assert not made.exists()
    finally:
        owner.rollback()
        owner.execute("drop table if exists hk_cache")
        owner.commit()
    counted.tried(len(payloads(made)) * len(KEYS))


READS = """
import io, pickle, sys
for read in (pickle.loads, pickle._loads, lambda given: pickle.Unpickler(io.BytesIO(given)).load()):
    for payload in sys.argv[1:]:
        try:
            read(bytes.fromhex(payload))
        except RuntimeError:
            print("refused")
"""


@pytest.mark.parametrize("process", ["web", "worker"])
@pytest.mark.bulk
def test_a_process_that_serves_unpickles_nothing(tmp_path: Path, process: str) -> None:
    made = tmp_path / "it ran"
    given = [payload.hex() for payload in payloads(made)]
    begins = {"web": "import hamkori.site.serving.wsgi", "worker": "import django; django.setup()"}
    done = subprocess.run(
        [sys.executable, "-c", begins[process] + READS, *given],
        capture_output=True,
        text=True,
        check=False,
        env=serving(process),
    )
    assert done.stdout.split() == ["refused"] * 3 * len(given), done.stderr
    assert not made.exists()
    counted.tried(3 * len(given))
