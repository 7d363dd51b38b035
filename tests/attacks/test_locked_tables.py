"""SQL on the pages' own login that stands in everybody's way: a table that it locks, sessions that it deletes.

Who holds that login's password, or slips a statement into a page, could lock `django_session`, and every page waited
for as long as he liked; he could delete everybody's session. Red on d7c4e56: seven tables could be locked (also
`vault_session` and `mfa_authenticator`), sessions were read, ended and written over, and a page behind a lock hung.
"""

from __future__ import annotations

import hashlib
import socket
import time
from collections.abc import Iterator
from http.client import HTTPConnection

import psycopg
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from psycopg import sql

from hamkori.vault.proof import prove
from hamkori.web.sessions.store import _stored
from tests import doors
from tests.attacks.counted import tried
from tests.attacks.served import Pages
from tests.attacks.working import nobody_reads
from tests.database import god, raw

IN_THE_WAY = ("share", "share row exclusive", "exclusive", "access exclusive")
"""Modes of a lock that keep others from writing, or from everything."""


@pytest.fixture
def app(django_db_setup: None) -> Iterator[psycopg.Connection]:
    """The real login of the pages, without a session."""
    with raw("hk_app") as opened:
        yield opened


def test_no_table_can_be_locked(app: psycopg.Connection) -> None:
    tables = app.execute(
        "select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace order by 1"
    ).fetchall()
    assert len(tables) > 60
    locked = set()
    for (table,) in tables:
        for mode in IN_THE_WAY:
            try:
                statement = sql.SQL("lock table {} in {} mode nowait").format(sql.Identifier(table), sql.SQL(mode))
                app.execute(statement)
                locked.add(table)
            except psycopg.errors.InsufficientPrivilege:
                tried()
            finally:
                app.rollback()
    assert not locked


ON_THE_TABLE = (
    "select * from django_session",
    "select count(*) from django_session",
    "select session_key from django_session for update",
    "delete from django_session",
    "truncate django_session",
    "update django_session set expire_date = now()",
    "insert into django_session values ('x', '00', now() + interval '1 hour')",
    "select browser_session_hash(sha256(''))",
)


@pytest.mark.parametrize("statement", ON_THE_TABLE)
def test_the_table_of_sessions_is_nobodys(app: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement.encode())
    tried()


def signed_in() -> doors.DoorClient:
    """The browser of somebody who has signed in, committed."""
    with transaction.atomic():
        doors.house()
        return doors.client_for(doors.person(doors.body("umed"), "Zarina"))


@pytest.mark.django_db(transaction=True)
def test_who_has_copied_the_table_names_no_session(app: psycopg.Connection) -> None:
    """He holds all that is stored, and the login: he reads none by the definers, ends none and writes over none."""
    hers = signed_in()
    with god():
        (row,) = Session.objects.all()
    copied = row.session_key.encode()
    for name in (
        hashlib.sha256(copied).digest(),
        bytes.fromhex(row.session_key).ljust(32, b"\0"),
        copied[:32],
        hashlib.sha256(bytes.fromhex(row.session_key)).digest(),
    ):
        assert app.execute("select * from browser_session_read(%s)", [name]).fetchall() == []
        with pytest.raises(psycopg.Error, match="proof refused"):
            app.execute(PUT.encode(), [name, row.session_data, 3600, False, 1, name])
        app.rollback()
        app.execute("select browser_session_forget(%s)", [name])
        app.commit()
        tried(3)
    for name in (copied, b"", None, row.session_key.encode() + b"0"):
        for statement in ("browser_session_read(%s)", "browser_session_forget(%s)"):
            with pytest.raises(psycopg.errors.InvalidParameterValue):
                app.execute(f"select {statement}".encode(), [name])
            app.rollback()
            tried()
    assert hers.get("/account/").status_code == 200


PUT = "select browser_session_put(%s, %s::text, %s::int, %s, %s, %s)"


def put(name: bytes, data: str | None, seconds: int | None) -> bool:
    """As our own process keeps a new session."""
    with connection.cursor() as cursor:
        at, shown = prove(doors.house(), "browser_session_put", name, data, seconds, "new")
        cursor.execute(PUT, [name, data, seconds, True, at, shown])
        (kept,) = cursor.fetchone()
        return bool(kept)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "seconds"),
    [("00" * 4_097, 60), ("zz", 60), ("", 60), ("0", 60), (None, 60), ("00", 86_401), ("00", 0), ("00", None)],
)
def test_nothing_is_kept_that_is_no_session(data: str | None, seconds: int | None) -> None:
    with pytest.raises(Exception, match="not a session"), transaction.atomic():
        put(b"x" * 32, data, seconds)
    assert put(b"x" * 32, "00" * 4_096, 86_400), "the longest"
    tried()


@pytest.mark.django_db(transaction=True)
def test_a_row_that_another_holds_keeps_nobody_out(app: psycopg.Connection) -> None:
    """With a proof that he took down, too: he holds what he may name, and the sessions that are over."""
    with god():
        for number in range(30):
            locked = {"session_data": "00", "expire_date": "2020-01-01T00:00:00Z"}
            Session.objects.create(session_key=_stored(f"over{number}"), **locked)
    his = (b"x" * 32, "00", 60)
    with transaction.atomic():
        at, shown = prove(doors.house(), "browser_session_put", *his, "new")
    assert app.execute(PUT.encode(), [*his, True, at, shown]).fetchone() == (True,)
    begun = time.monotonic()
    hers = signed_in()
    assert hers.get("/account/").status_code == 200
    assert time.monotonic() - begun < 5, "nobody has waited for a lock"
    app.rollback()
    tried()


@pytest.fixture(scope="module")
def pages(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    made = Pages(tmp_path_factory.mktemp("pages"), HAMKORI_LOCK_SECONDS="1", HAMKORI_STATEMENT_SECONDS="2")
    yield made
    made.end()


@pytest.mark.bulk
@pytest.mark.parametrize("table", ["django_session", "access_session", "world"])
def test_a_page_behind_a_lock_says_so(pages: Pages, table: str) -> None:
    """Held by the owner here, as a migration holds it: nobody else can."""
    cookies = f"{settings.SESSION_COOKIE_NAME}={'a' * 32}; {settings.HAMKORI_KEY_COOKIE}={'A' * 43}"
    with nobody_reads(table):
        for path in ("/", "/account/sign-in/", "/cases/"):
            begun = time.monotonic()
            honest = HTTPConnection("127.0.0.1", pages.port, timeout=20)
            honest.request("GET", path, headers={"Host": "localhost", "Cookie": cookies})
            answer = honest.getresponse()
            text = answer.read().decode()
            honest.close()
            if table == "django_session":
                assert answer.status == 503, text[:300]
                assert answer.headers["Retry-After"] == "30"
            assert time.monotonic() - begun < 6
            tried()
    with socket.create_connection(("127.0.0.1", pages.port), timeout=10):
        assert pages.status("/account/sign-in/") == 200, "and goes on once it is free"


@pytest.mark.django_db
def test_a_page_waits_neither_for_a_lock_nor_for_a_statement_without_end() -> None:
    with connection.cursor() as cursor:
        for name in ("lock_timeout", "statement_timeout"):
            cursor.execute("select setting::int from pg_settings where name = %s", [name])
            assert 0 < cursor.fetchone()[0] <= 20_000
