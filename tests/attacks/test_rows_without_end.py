"""What the pages' login can add without an end, so that the disk is full: without a session and without the keyring.

Red on 5ac3d75: each call of `browser_session_put` was a row of up to 64 kB that lived for a day; `ledger_sign_in` wrote
a row that nobody may ever take away; `attempt_write` took moments and ends of any length, `attempt_flag` an end in a
million years. None of them asked who calls.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.people import totp
from hamkori.vault.proof import prove
from hamkori.web.sessions import counters
from hamkori.web.sessions.store import LONGEST
from tests import doors
from tests.attacks.counted import tried
from tests.database import god, raw
from tests.policy.granted import APP
from tests.policy.granted_functions import EXECUTE

EACH = 120
"""Calls of one function, each with other values."""
FEW = 3
ROOM = {"ledger_alarm": 60, "write_tried": EACH}
"""Rows that a function may add all the same: alarms in an hour without a proof, and a table that is emptied at 1 MB."""
VALUES: dict[str, list[str]] = {
    "referral": ["(select r from referral r limit 1)"],
    "text": ["'session.begin'", "'failed'", "'00'", "'contact'"],
    "uuid": ["gen_random_uuid()", "null"],
    "uuid[]": ["array[gen_random_uuid()]"],
    "bytea": ["sha256(random()::text::bytea)"],
    "integer": ["86400", "1"],
    "bigint": ["(extract(epoch from statement_timestamp()) * 1000000)::bigint"],
    "boolean": ["true", "false"],
    "jsonb": ["'{}'"],
    "text[]": ["array['contact']", "'{}'"],
    "date": ["current_date"],
    "timestamp with time zone": ["now()"],
    "double precision": ["1e9"],
    "double precision[]": ["array_fill(1.5::double precision, array[1000])"],
}


def asked() -> dict[str, list[str]]:
    """Each function that the login may call, with the types that it takes."""
    found = {}
    for name, roles in EXECUTE.items():
        if "hk_app" in roles.split():
            bare, _, given = name[:-1].partition("(")
            found[bare] = [kind for kind in given.split(",") if kind]
    return found


def rows(god_: psycopg.Connection) -> Counter[str]:
    tables = god_.execute(
        "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1"
    ).fetchall()
    each = " union all ".join(f"select '{name}', count(*) from public.\"{name}\"" for (name,) in tables)
    return Counter(dict(god_.execute(each.encode()).fetchall()))


def calls(kinds: list[str]) -> Iterator[str]:
    every = list(product(*(VALUES[kind] for kind in kinds)))
    for number in range(EACH):
        yield ", ".join(every[number % len(every)])


@pytest.mark.alarms
@pytest.mark.django_db(transaction=True)
def test_without_a_session_and_the_keyring_nothing_grows_without_an_end() -> None:
    """Each function once for each set of values, committed: how many rows there are afterwards in all tables."""
    grown = {}
    with raw("hk_app") as app, raw("postgres") as superuser:
        app.autocommit = superuser.autocommit = True
        before = rows(superuser)
        for name, kinds in asked().items():
            for values in calls(kinds):
                try:
                    app.execute(f"select * from {name}({values})".encode())
                except psycopg.Error:
                    tried()
            after = rows(superuser)
            more = sum((after - before).values())
            if more > ROOM.get(name, FEW):
                grown[name] = more
            before = after
        for table in APP:
            with pytest.raises(psycopg.Error):
                app.execute(f'insert into "{table}" default values'.encode())
            tried()
    assert not grown


def test_what_a_statement_sorts_on_the_disk_has_an_end(django_db_setup: None) -> None:
    with raw("hk_app") as app:
        assert app.execute("show temp_file_limit").fetchone() == ("1GB",)
        for statement in ("set temp_file_limit = -1", "alter role hk_app set temp_file_limit = -1"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement.encode())
            app.rollback()
            tried()


def put(name: bytes, data: str, seconds: int, is_new: bool, at: int, shown: bytes) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select browser_session_put(%s, %s, %s, %s, %s, %s)", [name, data, seconds, is_new, at, shown])
        (kept,) = cursor.fetchone()
        return bool(kept)


@pytest.mark.django_db
def test_a_proof_of_one_session_is_none_of_another() -> None:
    name, data = secrets.token_bytes(32), "00ff"
    at, shown = prove(doors.house(), "browser_session_put", name, data, 60, "new")
    for wrong in (
        (secrets.token_bytes(32), data, 60, True, at, shown),
        (name, "00fe", 60, True, at, shown),
        (name, data, 61, True, at, shown),
        (name, data, 60, False, at, shown),
        (name, data, 60, True, at + 1, shown),
        (name, data, 60, True, at, b"\0" * 32),
    ):
        with pytest.raises(DatabaseError, match="proof refused"):
            put(*wrong)
        tried()
    assert put(name, data, 60, True, at, shown)
    assert not put(name, data, 60, True, at, shown), "and it is good for one row"


@pytest.mark.django_db
def test_a_proof_of_one_count_is_none_of_another() -> None:
    ring, key, moments = doors.house(), secrets.token_bytes(32), ["1764182000.123456", "1.5"]
    at, shown = prove(ring, "attempt_write", key, moments, 1000)
    flag_at, flag = prove(ring, "attempt_flag", key, 1000)
    wrong: list[tuple[str, list[Any]]] = [
        ("attempt_write", [secrets.token_bytes(32), moments, 1000, at, shown]),
        ("attempt_write", [key, [*moments, "2.5"], 1000, at, shown]),
        ("attempt_write", [key, moments, 10**12, at, shown]),
        ("attempt_flag", [secrets.token_bytes(32), 1000, flag_at, flag]),
        ("attempt_flag", [key, 10**12, flag_at, flag]),
        ("attempt_flag", [key, 1000, at, shown]),
    ]
    for definer, values in wrong:
        places = ", ".join(["%s"] * len(values))
        with pytest.raises(DatabaseError, match="proof refused"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"select {definer}({places})", values)
        tried()


@pytest.mark.django_db
def test_our_own_counts_carry_one() -> None:
    """Else each process counts alone, and nobody sees it. The table answers, and keeps each digit."""
    doors.house()
    key, moments = secrets.token_bytes(32), [1764182000.1234567, 3.0, 1e-7, 1e22]
    assert counters.table.write("attempt_write", key, [repr(moment) for moment in moments], 60_000) == ([],)
    assert counters.table.ask("attempt_read", key, columns="is_there at") == (True, moments)
    flag = secrets.token_bytes(32)
    assert counters.table.write("attempt_flag", flag, 60_000) == (True,)
    for written in (key, flag):  # committed past this process's memory: no later test may find them
        assert counters.table.ask("attempt_forget", written, columns="attempt_forget") == (True,)


@pytest.fixture
def zarina() -> doors.Person:
    doors.house()
    return doors.person(doors.body("umed"), "Zarina", function="social_worker", language="tg")


def longest() -> int:
    with god(), connection.cursor() as cursor:
        cursor.execute("select max(length(session_data)) from django_session where %s", [True])
        (found,) = cursor.fetchone()
        return int(found)


@pytest.mark.django_db
def test_what_nobody_reads_makes_no_session_too_long(zarina: doors.Person) -> None:
    """A sentence waits in the session for the next page. Pressed again and again without one, they are many."""
    client = doors.client_for(zarina)
    for _ in range(40):
        assert client.post("/account/seal/").status_code == 302
        tried()
    assert longest() <= LONGEST
    assert client.get("/account/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("sign", ["a", "%D1%8F", '"', "я", "\x01"])
def test_a_long_address_to_go_on_to_is_none(zarina: doors.Person, sign: str) -> None:
    """It would wait in the session from the passphrase to the code."""
    for length in (900, 1001, 30_000):
        client = doors.stranger()
        typed = {"login": zarina.email, "password": zarina.passphrase, "next": "/" + (sign * length)[:length]}
        assert client.post("/account/sign-in/", typed).status_code == 302
        assert longest() <= LONGEST
        tried()
    assert client.post("/account/second-step/", {"code": totp.code(zarina.totp_secret)}).url == "/"  # type: ignore[attr-defined]
