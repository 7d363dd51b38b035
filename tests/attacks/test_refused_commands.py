"""Whatever the database answers to a command of an operator is one true line, and no line holds a password.

Red on 344b014: a traceback for a wrong password, a login or a database that is not there and a server that does not
answer, from every command but two; and those two said of a wrong password that nobody answers.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
import pytest

from hamkori.audit import signing
from hamkori.audit.witness import Head, Witness
from hamkori.site.database import outages
from hamkori.vault import keyring_file
from hamkori.vault.marks import create
from tests.attacks.counted import tried
from tests.database import CLONE, address, raw
from tests.site.elsewhere import bare, free_port, from_nothing, hamkori

pytestmark = [pytest.mark.bulk, pytest.mark.django_db]

CLOCK, OWNER, PAGES = "HAMKORI_CLOCK_URL", "HAMKORI_OWNER_URL", "HAMKORI_DATABASE_URL"
LOGIN = {CLOCK: "hk_clock", OWNER: "hk_migrate", PAGES: "hk_app"}
COMMANDS = {
    "audit-verify": CLOCK,
    "audit-head": CLOCK,
    "audit-mend": OWNER,
    "keys status": OWNER,
    "keys rotate tag": OWNER,
    "keys rotate signing": CLOCK,
    "keys rotate chain": CLOCK,
    "keys rotate-release": PAGES,
    "keys forget-worker": OWNER,
    "tags status": OWNER,
    "tags adopt": OWNER,
    f"tags vouch post {UUID(int=7)} 0000-0000-0000 --by a@example.org b@example.org": OWNER,
    "import-directory tests/data/hsds/sughd": OWNER,
    "worker": CLOCK,
    "migrate": OWNER,
}
GUESSED = "guessed-and-wrong"


def password_of(url: str) -> str:
    return str(urlsplit(url).password)


FAULTS: dict[str, tuple[Callable[[str], str], str]] = {
    "a wrong password": (
        lambda url: url.replace(password_of(url), GUESSED),
        'the login {login} was refused: password authentication failed for user "{login}"',
    ),
    "a login that is not there": (
        lambda url: url.replace(f"//{urlsplit(url).username}:", "//nobody:"),
        'the login nobody was refused: password authentication failed for user "nobody"',
    ),
    "a database that is not there": (
        lambda url: url.replace(f"/{CLONE}", "/hk_nowhere"),
        'the server has no such database: database "hk_nowhere" does not exist',
    ),
    "a server that is not there": (
        lambda url: f"postgresql://{urlsplit(url).netloc}127.0.0.1:{free_port()}/{CLONE}",
        "the database does not answer: ",
    ),
}
ALWAYS = ("a wrong password", "a server that is not there")
SOME = ("audit-verify", "keys rotate-release", "tags status", "worker", "migrate")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder with all the files of an installation: what is refused is the database alone."""
    keyring_file.create(tmp_path / "keyring", "test")
    create(tmp_path / "marks" / "marks")
    (tmp_path / "sign").mkdir(0o700)
    signing.create(tmp_path / "sign" / "signing-key")
    Witness(tmp_path / "sign" / "signing-key").begin(Head())
    return tmp_path


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(words: str, folder: Path, **variables: str) -> str:
    """The one line that the command says; it has ended with 1."""
    done = hamkori(*words.split(), HAMKORI_DATA=str(folder), HAMKORI_SECRET_KEY="of this test", **variables)
    return one_line(done, *variables.values())


def one_line(done: subprocess.CompletedProcess[str], *urls: str) -> str:
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert said.count("\n") == 1, said
    assert said.startswith("hamkori: ")
    for url in urls:
        assert password_of(url) not in said
    tried()
    return said


@pytest.mark.parametrize(
    ("words", "fault"), [(words, fault) for words in COMMANDS for fault in FAULTS if fault in ALWAYS or words in SOME]
)
def test_a_database_that_lets_nobody_in_is_one_line(words: str, fault: str, installed: Path) -> None:
    variable = COMMANDS[words]
    spoil, sentence = FAULTS[fault]
    files = contents(installed)
    said = refused(words, installed, **{variable: spoil(address(LOGIN[variable]))})
    assert contents(installed) == files, "no key was begun"
    assert said.startswith(f"hamkori: {variable}: {sentence.format(login=LOGIN[variable])}"), said


UNESCAPED = ("s3cr/et", "s3cr@et", "s3cr?et", "s3cr%et", "17/s3cr", "s3cr et")


@pytest.mark.parametrize("password", UNESCAPED)
def test_of_a_password_with_a_slip_nothing_is_repeated(password: str, installed: Path) -> None:
    for words in ("audit-verify", "worker", "status"):
        url = f"postgresql://hk_clock:{password}@127.0.0.1:{free_port()}/hamkori"
        done = hamkori(*words.split(), HAMKORI_DATA=str(installed), HAMKORI_SECRET_KEY="x", HAMKORI_CLOCK_URL=url)
        said = done.stdout + done.stderr
        assert done.returncode == 1, said
        assert "Traceback" not in said
        assert "s3cr" not in said
        assert "et@" not in said
        assert "not the address of a database" in said or "does not answer" in said, said
        tried()


def test_a_login_that_may_not_is_told_so(installed: Path) -> None:
    """The address of another login in the variable, as happens."""
    known = {"HAMKORI_DATA": str(installed), "HAMKORI_SECRET_KEY": "of this test", CLOCK: address("hk_app")}
    said = one_line(from_nothing("audit-verify", **known), address("hk_app"))
    assert "HAMKORI_CLOCK_URL: the database does not let this login do it (permission denied for " in said
    said = refused("tags status", installed, HAMKORI_OWNER_URL=address("hk_clock"))
    assert "the database does not let this login do it (permission denied to set role " in said


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("set role hk_nobody", f'{outages.NO_ROLE} (role "hk_nobody" does not exist)'),
        ("grant select on ledger to hk_nobody", f'{outages.NO_ROLE} (role "hk_nobody" does not exist)'),
        ("select 'x'::nothing", ""),
        ("select set_config('lock_timeout', 'x', true)", ""),
        (
            "begin; set transaction read only; delete from worker_known",
            "the database can only be read (cannot execute DELETE in a read-only transaction)",
        ),
    ],
)
def test_what_the_database_answers_to_a_statement(statement: str, words: str) -> None:
    with raw("postgres") as superuser, suppress(psycopg.Error):
        superuser.autocommit = True
        try:
            superuser.execute(statement.encode())
        except psycopg.Error as error:
            found = outages.of(error)
            assert (found.words if found else "") == words
            assert found is None or found.short in found.words
            raise
        assert not words
    tried()


def test_a_database_without_our_tables_is_told_so(installed: Path) -> None:
    with psycopg.connect(address("postgres"), autocommit=True) as superuser:
        superuser.execute("create database hk_bare owner hk_owner")
        superuser.execute("grant connect on database hk_bare to hk_clock, hk_migrate")
    try:
        for words, variable in (("audit-verify", CLOCK), ("keys forget-worker", OWNER)):
            url = address(LOGIN[variable]).replace(f"/{CLONE}", "/hk_bare")
            said = refused(words, installed, **{variable: url})
            assert f"{variable}: the database is not of the state of this source, ./hamkori migrate makes it so" in said
    finally:
        with psycopg.connect(address("postgres"), autocommit=True) as superuser:
            superuser.execute("drop database hk_bare with (force)")


@pytest.mark.parametrize(
    "words", ["worker", "migrate", "tags status", "audit-verify", "-m hamkori.site.serving --port 1"]
)
def test_a_misspelt_variable_is_told_so(words: str, installed: Path) -> None:
    known = {variable: address(login) for variable, login in LOGIN.items()}
    known |= {"HAMKORI_MODE": "prodution", "HAMKORI_DATA": str(installed), "HAMKORI_SECRET_KEY": "of this test"}
    if words.startswith("-m"):
        serving = [sys.executable, *words.split()]
        done = subprocess.run(serving, env=bare(**known), capture_output=True, text=True, check=False)
    else:
        done = hamkori(*words.split(), **known)
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert said.startswith("hamkori: HAMKORI_MODE is 'prodution'; it may be ")
    assert said.count("\n") == 1
    tried()


SAID = {
    'connection failed: connection to server at "h", port 1 failed: ВАЖНО:  пользователь не прошёл проверку': (
        "the login of this address was refused: пользователь не прошёл проверку"
    ),
    "connection failed: x failed: FATAL:  the database system is starting up": (
        "the database does not answer yet: the database system is starting up"
    ),
    "connection failed: x failed: fe_sendauth: no password supplied": (
        "the login of this address was refused: its address names no password"
    ),
    "consuming input failed: server closed the connection unexpectedly\n\tThis probably means": (
        "the connection to the database broke off: consuming input failed: server closed the connection unexpectedly"
    ),
    "couldn't get a connection after 2.0 sec": "the database does not answer: couldn't get a connection after 2.0 sec",
}


@pytest.mark.parametrize("said", SAID)
def test_what_a_connection_says_that_failed(said: str) -> None:
    found = outages.of(RuntimeError()) or outages.of(psycopg.OperationalError(said))
    assert found is not None
    assert found.words == SAID[said]
    tried()


def test_a_fault_of_ours_keeps_its_traceback() -> None:
    assert outages.of(psycopg.errors.UniqueViolation()) is None
    assert outages.of(psycopg.ProgrammingError("the query has 1 placeholder")) is None
    assert outages.of(ValueError()) is None
    tried()
