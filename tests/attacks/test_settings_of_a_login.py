"""Whoever holds a login's password gives that login settings of its own, which bite each new connection for ever.

On commit 2d21747 these were red: `alter role hk_app set` with `transaction_timeout = '2ms'`, another `search_path` or a
library that is nowhere, each alone, took the pages away, and `status` called it well. Here it is given in this
process's own database, which binds nobody else.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as configured
from psycopg import sql

from hamkori.canon import canon
from hamkori.site.database import logins, roles
from hamkori.site.launch import status
from tests.attacks.counted import tried
from tests.attacks.served import Pages
from tests.database import CLONE, address, make_roles_anew
from tests.site.beating import beat, with_room_on_the_disk

pytestmark = pytest.mark.django_db(transaction=True)

BITES = {
    "default_transaction_read_only": "on",
    "default_transaction_isolation": "serializable",
    "default_transaction_deferrable": "on",
    "row_security": "off",
    "search_path": "pg_catalog",
    "synchronous_commit": "off",
    "transaction_timeout": "2ms",
    "statement_timeout": "1ms",
    "lock_timeout": "1ms",
    "idle_session_timeout": "1ms",
    "idle_in_transaction_session_timeout": "1ms",
    "local_preload_libraries": "nowhere",
    "exit_on_error": "on",
    "transform_null_equals": "on",
    "DateStyle": "German",
    "IntervalStyle": "iso_8601",
    "standard_conforming_strings": "off",
    "client_encoding": "LATIN1",
    "bytea_output": "escape",
    "array_nulls": "off",
    "extra_float_digits": "-15",
    "gin_fuzzy_search_limit": "1",
    "jit": "on",
    "debug_parallel_query": "on",
    "max_parallel_workers_per_gather": "8",
    "log_parameter_max_length_on_error": "-1",
}


def give(login: str, **settings: str) -> None:
    """Each to itself, as this login may; all in one connection, for no other gets in afterwards."""
    with psycopg.connect(address(login), autocommit=True) as opened:
        for name, value in settings.items():
            statement = "alter role {} in database {} set {} to {}"
            names = sql.Identifier(login), sql.Identifier(CLONE), sql.Identifier(name.lower()), sql.Literal(value)
            opened.execute(sql.SQL(statement).format(*names))


@pytest.fixture(autouse=True)
def _healed() -> Iterator[None]:
    yield
    with psycopg.connect(address("postgres"), autocommit=True) as superuser:
        for login in ("hk_app", "hk_clock", "hk_migrate", "hk_backup"):
            statement = sql.SQL("alter role {} in database {} reset all")
            superuser.execute(statement.format(sql.Identifier(login), sql.Identifier(CLONE)))


def test_all_that_bites_is_given_otherwise_by_our_connections() -> None:
    assert BITES.keys() | {"TimeZone"} == logins.WINS.keys()


@pytest.mark.parametrize("login", ["hk_app", "hk_clock", "hk_migrate"])
def test_what_a_login_has_set_for_itself_reaches_no_connection_of_ours(login: str) -> None:
    with logins.connect(address(login)) as opened:
        before = dict(opened.execute("select name, setting from pg_settings").fetchall())
    give(login, **BITES)
    with pytest.raises(psycopg.OperationalError):  # as it was; now only for others
        psycopg.connect(address(login)).close()
    with logins.connect(address(login)) as opened:
        opened.execute("select pg_sleep(0.02)")
        opened.execute("reset all")  # as the pool does
        after = dict(opened.execute("select name, setting from pg_settings").fetchall())
    assert {name: after[name] for name in before} == before
    tried(len(BITES))


@pytest.mark.bulk
@pytest.mark.parametrize("pool", ["0", "2"])
def test_the_pages_go_on(pool: str, tmp_path: Path) -> None:
    give("hk_app", **BITES)
    pages = Pages(tmp_path, HAMKORI_POOL=pool, HAMKORI_KEYRING=str(configured.HAMKORI_KEYRING))
    try:
        for path in ("/", "/account/sign-in/", "/health/live") * 2:
            assert pages.status(path) in (200, 302), path
            tried()
    finally:
        pages.end()


def test_the_pages_and_the_jobs_are_all_given_them() -> None:
    given = configured.DATABASES["default"]["OPTIONS"]["options"]
    for name in logins.WINS:
        assert f"-c {name}=" in given


def said(capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = status.main(argparse.Namespace())
    return code, capsys.readouterr().out


def test_status_says_it_and_harden_takes_it_away(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAMKORI_DATA", str(tmp_path))
    monkeypatch.delenv("HAMKORI_KEYRING")
    monkeypatch.setenv("HAMKORI_CLOCK_URL", address("hk_clock"))
    with_room_on_the_disk(monkeypatch)
    beat()
    assert said(capsys)[0] == 0
    give("hk_backup", statement_timeout="1ms")
    give("hk_clock", **BITES)
    give("hk_app", row_security="off", transaction_timeout="2ms")
    code, text = said(capsys)
    assert code == 1
    assert (
        "Logins: hk_app has row_security, transaction_timeout set for itself;"
        f' as superuser: alter role "hk_app" in database "{CLONE}" reset all\n'
    ) in text
    assert "hk_backup has statement_timeout set" in text
    assert "Logins: hk_clock has DateStyle," in text
    assert "does not answer" not in text
    roles.harden(address("postgres"), tests=True)
    code, text = said(capsys)
    assert (code, "Logins: none has settings of its own\n" in text) == (0, True)
    tried(3)


A_LITERAL = re.compile(r"\b(e?)'((?:[^']|'')*)'|(e?)'((?:[^']|'')*)'", re.IGNORECASE)


def test_no_function_has_a_literal_that_a_setting_reads_otherwise() -> None:
    """Whoever slips a statement into a page sets it for that connection, and a check `\\.` lets every letter pass."""
    functions = (
        "select p.oid::regprocedure::text, p.prosrc from pg_proc p join pg_language l on l.oid = p.prolang"
        " where p.pronamespace = 'public'::regnamespace and l.lanname in ('sql', 'plpgsql') and p.prosqlbody is null"
    )
    with psycopg.connect(address("hk_app")) as opened:
        rows = opened.execute(functions).fetchall()
    assert len(rows) > 150
    bad = set()
    for name, source in rows:
        for found in A_LITERAL.finditer(re.sub("--.*", "", source)):
            if "\\" in found[0] and not (found[1] or found[3]):
                bad.add(name)
        tried()
    assert not bad


@pytest.mark.parametrize("value", ["on", "off"])
def test_what_is_proved_reads_alike_however_literals_are_read(value: str) -> None:
    """Red on 3f5130e: a login that gave itself `off` kept the pages from beginning: no proof was reckoned."""
    with logins.connect(address("hk_migrate")) as opened:
        opened.execute("set role hk_owner")
        opened.execute(sql.SQL("set standard_conforming_strings = {}").format(sql.Literal(value)))
        said = opened.execute("select hk_canon('kind', 'a', null, 'ӯ')").fetchone()
        assert said == (canon("kind", "a", None, "ӯ"),)
        folded = opened.execute("select tj_fold('Хуҷанд – ɑ̀ássŭ')").fetchone()
    with logins.connect(address("hk_app")) as opened:
        assert opened.execute("select tj_fold('Хуҷанд – ɑ̀ássŭ')").fetchone() == folded
    tried(2)


def test_a_login_that_changed_its_password_gets_ours_again_on_our_own_server() -> None:
    """Asked by the verifier: a password that is really changed would bind every run beside this one."""
    stored = "select rolpassword from pg_authid where rolname = 'hk_backup'"
    with psycopg.connect(address("postgres"), autocommit=True) as superuser:
        before = superuser.execute(stored).fetchone()
        assert make_roles_anew() == []
        assert superuser.execute(stored).fetchone() != before
    psycopg.connect(address("hk_backup")).close()
    tried()
