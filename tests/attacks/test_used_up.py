"""What the pages' login, or anybody's browser, can use up: the room of the ledger's alarms, waiting keys, the log.

Red on dab71af: sixty calls of `ledger_alarm` and no real alarm stood in the ledger for an hour; `vault_pending_put`
took any number of rows of any size, without anybody at the door; a Host of 6 kB was 25 kB of log.
"""

from __future__ import annotations

import logging
import socket
import sys
import time
from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.db import connection, transaction
from django.utils.module_loading import import_string

from hamkori.action import mismatch
from hamkori.audit.models import Ledger
from hamkori.people.sign_in import knock
from hamkori.vault.bytes import Untrusted
from hamkori.vault.models import VaultSession
from hamkori.vault.proof import prove
from tests import doors
from tests.attacks.counted import tried
from tests.attacks.served import Pages
from tests.database import god, raw
from tests.web.test_sign_in import first_step, second_step

KINDS = ("team", "post", "org", "key", "consent", "permit", "proof", "session", "x")
ACT = "case.edit"


@pytest.fixture
def app(django_db_setup: None) -> Iterator[psycopg.Connection]:
    """The real login of the pages, without a session."""
    with raw("hk_app") as opened:
        yield opened


def alarms(**of: object) -> list[Ledger]:
    with transaction.atomic(), god():
        return list(Ledger.objects.filter(action_code="tag.mismatch", **of).order_by("id"))


def taken(app: psycopg.Connection, *values: object) -> bool:
    """Whether a row was written for this call of the definer, as whoever holds the login makes it."""
    row = app.execute(f"select ledger_alarm({', '.join(['%s'] * len(values))})".encode(), values).fetchone()
    app.commit()
    return row is not None and row[0] > 0


@pytest.mark.alarms
@pytest.mark.django_db(transaction=True)
def test_alarms_of_the_login_use_up_no_room_of_ours(app: psycopg.Connection) -> None:
    written = sum(
        taken(app, KINDS[number % len(KINDS)], uuid4(), ACT, uuid4(), *shown)
        for number in range(100)
        for shown in ((None, None), (time.time_ns() // 1000, b"\0" * 32))
    )
    assert written == 60
    tried(200)
    for kind in KINDS[:3]:
        thing = uuid4()
        with transaction.atomic():
            doors.house()
            mismatch(None, Untrusted(kind, thing), ACT)
        (row,) = alarms(object_id=thing)
        assert (row.object_kind_code, row.reason_code, row.scope_code) == (kind, ACT, "")
    assert {row.scope_code for row in alarms()[:60]} == {"unproved"}, "and whoever reads them sees which are whose"


@pytest.mark.alarms
@pytest.mark.django_db(transaction=True)
def test_a_proof_of_one_alarm_is_none_of_another(app: psycopg.Connection) -> None:
    with transaction.atomic():
        line = uuid4()
        at, shown = prove(doors.house(), "ledger_alarm", "team", None, ACT, line)
    for values in (
        ("post", None, ACT, line, at, shown),
        ("team", uuid4(), ACT, line, at, shown),
        ("team", None, "case.close", line, at, shown),
        ("team", None, ACT, uuid4(), at, shown),
        ("team", None, ACT, None, at, shown),
        ("team", None, ACT, line, at + 1, shown),
    ):
        assert taken(app, *values)
        assert alarms()[-1].scope_code == "unproved"
        tried()
    assert taken(app, "team", None, ACT, line, at, shown)
    assert alarms()[-1].scope_code == ""


@pytest.mark.alarms
@pytest.mark.django_db
def test_each_kind_has_room_of_its_own_and_each_act_its_first() -> None:
    doors.house()
    for number in range(65):
        mismatch(None, Untrusted("team", UUID(int=number)), ACT)
    assert len(alarms(object_kind_code="team")) == 60
    mismatch(None, Untrusted("team", UUID(int=99)), "page.view")
    mismatch(None, Untrusted("post", UUID(int=99)), ACT)
    assert len(alarms(object_kind_code="team", reason_code="page.view")) == 1, "the first of another act"
    assert len(alarms(object_kind_code="post")) == 1
    tried(65)


@pytest.mark.alarms
@pytest.mark.django_db
def test_an_alarm_that_nobody_can_prove_any_more_is_kept_all_the_same() -> None:
    """What proofs are compared with is the owner's row: changed, the alarm about it comes without one."""
    doors.house()
    with god(), connection.cursor() as cursor:
        cursor.execute("update session_proof set no = no + 50")
    mismatch(None, Untrusted("proof", "session_proof"), ACT)
    (row,) = alarms()
    assert (row.object_kind_code, row.scope_code) == ("proof", "unproved")
    tried()


PUT = "select vault_pending_put(%s, %s, 1)"


@pytest.mark.parametrize("knocked", ["", "x|1|y", "{user}|1|" + "0" * 64])
def test_without_the_keyring_no_key_waits(app: psycopg.Connection, knocked: str) -> None:
    app.execute("select set_config('hk.knock', %s, true)", [knocked.format(user=uuid4())])
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(PUT, [uuid4(), b"x"])
    tried()


def waiting() -> list[UUID]:
    with god():
        rows = VaultSession.objects.filter(level_code="pending")
        return list(rows.order_by("at").values_list("session_id", flat=True))


@pytest.mark.django_db
def test_five_keys_wait_for_one_person_and_the_newest_counts(zarina: doors.Person) -> None:
    """Whoever has her passphrase begins a thousand sign-ins: the rows of five lie there, and others' are their own."""
    dilshod = doors.person(zarina.organisation_id, "Dilshod")
    his = doors.stranger()
    assert first_step(his, dilshod).status_code == 302
    (kept,) = waiting()
    for _ in range(20):
        assert first_step(doors.stranger(), zarina).status_code == 302
        tried()
    hers = doors.stranger()
    assert first_step(hers, zarina).status_code == 302
    assert len(waiting()) == 6
    assert kept in waiting()
    for client, who in ((hers, zarina), (his, dilshod)):
        assert second_step(client, who.recovery_codes[0]).status_code == 302
        assert client.get("/account/").wsgi_request.actor.keys is not None
    knock(doors.house(), zarina.email)
    for box in (b"", b"x" * 513, None):
        with pytest.raises(Exception, match="not a waiting key"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(PUT, [uuid4(), box])
        tried()


@pytest.mark.django_db(transaction=True)
def test_a_waiting_key_that_another_transaction_holds_keeps_nobody_out(app: psycopg.Connection) -> None:
    """Rows that are over are taken away by whoever signs in next: not those that somebody holds."""
    with transaction.atomic():
        doors.house()
        zarina = doors.person(doors.body("umed"), "Zarina")
        with god(), connection.cursor() as cursor:
            cursor.execute(
                "insert into vault_session (session_id, level_code, box, key_no, at)"
                " select gen_random_uuid(), 'pending', '', 1, now() - interval '1 hour' from generate_series(1, 5)"
            )
    with raw("postgres") as other:
        other.execute("select * from vault_session for update")
        begun = time.monotonic()
        assert first_step(doors.stranger(), zarina).status_code == 302
        assert time.monotonic() - begun < 5
        other.rollback()
    tried()


@pytest.fixture(scope="module")
def pages(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    made = Pages(tmp_path_factory.mktemp("pages"))
    yield made
    made.end()


LONG = "gulnora" * 860
HOSTS = {
    "long": LONG,
    "a name": f"{LONG}.example.org",
    "signs": "<b>gulnora</b>" * 400,
    "many dots": "gulnora." * 750,
    "short": "gulnora.example.org",
    "letters": "гулнора" * 400,
}


@pytest.mark.bulk
@pytest.mark.parametrize("host", HOSTS)
def test_a_host_that_is_none_of_ours_is_one_short_line_without_its_text(pages: Pages, host: str) -> None:
    before = len(pages.log.read_text())
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", pages.port), timeout=10) as caller:
            head = f"GET /account/sign-in/ HTTP/1.1\r\nHost: {HOSTS[host]}\r\nConnection: close\r\n\r\n"
            caller.sendall(head.encode())
            answer = b""
            while some := caller.recv(65536):
                answer += some
        assert answer.split(b" ", 2)[1] == b"400", answer[:100]
        assert HOSTS[host].encode() not in answer
        tried()
    said = pages.log.read_text()[before:]
    assert 0 < len(said) <= 5 * 200, "one short line each"
    assert "gulnora" not in said
    assert "гулнора" not in said
    assert "Traceback" not in said


@pytest.mark.bulk
def test_a_host_of_ours_with_a_long_port_says_nothing(pages: Pages) -> None:
    before = len(pages.log.read_text())
    with socket.create_connection(("127.0.0.1", pages.port), timeout=10) as caller:
        caller.sendall(f"GET /account/sign-in/ HTTP/1.1\r\nHost: localhost:{'9' * 6000}\r\n\r\n".encode())
        assert b"999999" not in caller.recv(65536)
    assert len(pages.log.read_text()) == before
    tried()


def line(name: str, message: str, *values: object) -> str:
    """What stands in the log, as the settings have it."""
    format_ = settings.LOGGING["formatters"]["line"]
    formatter = import_string(format_["class"])(format_["format"], style=format_["style"])
    try:
        raise SuspiciousFileOperation(LONG)
    except SuspiciousFileOperation:
        record = logging.LogRecord(name, logging.ERROR, "x.py", 1, message, values, sys.exc_info())
    said: str = formatter.format(record)
    return said


def test_no_line_of_the_log_is_long_and_a_refused_request_says_its_kind_alone() -> None:
    said = line("django.security.SuspiciousFileOperation", "%s was refused", LONG)
    assert said.endswith("ERROR django.security.SuspiciousFileOperation: a request was refused")
    assert "\n" not in said
    for name in ("django.request", "hamkori.web", "waitress"):
        lines = line(name, "%s was refused", LONG).split("\n")
        assert max(map(len, lines)) < 600
        assert lines[0].endswith(" letters)")
        assert "Traceback" in lines[1], "a fault of ours keeps its traceback"
        tried()
