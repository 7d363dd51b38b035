"""Alarms that the ledger lacks: its room was filled by others, or the page died between the file and the row.

Red on 5ac3d75: after 130 unproved alarms of the pages' login the ledger had no row of a changed proof, and never got
one; the line of a page that was killed before its row stayed in the file alone.
"""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from procrastinate.contrib.django import app as queue

from hamkori.action import mismatch
from hamkori.jobs import tasks
from hamkori.vault import server
from hamkori.vault.bytes import Untrusted
from hamkori.vault.marks import Alarms
from tests import doors
from tests.attacks import planting
from tests.attacks.counted import tried
from tests.database import address, as_role, god, raw

pytestmark = [pytest.mark.alarms, pytest.mark.usefixtures("own_marks")]
own_marks = planting.own_marks
Row = tuple[Any, ...]

ACT = "case.edit"
LATER = timedelta(minutes=5)
LATE = "the oldest for"


def rows(**of: object) -> list[Row]:
    """Kind, id, reason and scope of the ledger's alarms."""
    asked = " and ".join(["action_code = 'tag.mismatch'", *(f"{name} = %s" for name in of)])
    with transaction.atomic(), god(), connection.cursor() as cursor:
        columns = "object_kind_code, object_id, reason_code, scope_code"
        cursor.execute(f"select {columns} from ledger where {asked} order by id", list(of.values()))
        return cursor.fetchall()


def at_another_time(monkeypatch: pytest.MonkeyPatch, later: timedelta = LATER) -> None:
    """What looks at the file does so after its grace."""
    read = Alarms.read

    def earlier(self: Alarms, start: int = 0) -> Any:
        found, end = read(self, start)
        return [one._replace(at=one.at - later) for one in found], end

    monkeypatch.setattr(Alarms, "read", earlier)


@pytest.fixture(autouse=True)
def _just_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker has read nothing yet."""
    if hasattr(tasks, "copier"):
        monkeypatch.setattr(tasks, "copier", type(tasks.copier)())


def worker_turns() -> None:
    """Whatever the worker does every ten seconds, mail aside, as its own login."""
    turns = {one.task.name.rpartition(".")[2]: one.task for one in queue.periodic_registry.periodic_tasks.values()}
    for name in set(turns) - {"post", "seal", "sweep"}:
        with transaction.atomic(), as_role("hk_clock"):
            turns[name](0)


@pytest.fixture
def anew(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """A worker that has just been started makes its turn; how many it has copied."""
    from hamkori.people.late_alarms import Copier

    def turn() -> int:
        with transaction.atomic(), as_role("hk_clock"):
            return Copier().turn(datetime.now(UTC) + LATER)

    return turn


@pytest.mark.django_db(transaction=True)
def test_whoever_fills_the_room_keeps_no_alarm_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The breaker's own: 130 unproved alarms, then what proofs are compared with is changed."""
    doors.house()
    with raw("hk_app") as app:
        (definer,) = app.execute("select proargtypes::regtype[]::text[] from pg_proc where proname = 'ledger_alarm'")
        casts = ", ".join(f"%s::{of}" for of in definer[0])
        for number in range(130):
            values = (f"x{'yz'[number % 2]}", uuid4(), ACT, *[None] * (len(definer[0]) - 3))
            app.execute(f"select ledger_alarm({casts})".encode(), values)
            app.commit()
    assert len(rows(scope_code="unproved")) == 60
    with transaction.atomic(), god(), connection.cursor() as cursor:
        cursor.execute("update session_proof set no = no + 50")
    with transaction.atomic():
        mismatch(None, Untrusted("proof", "session_proof"), ACT)
    assert rows(object_kind_code="proof") == [], "its room is full"
    assert "proof session_proof" in server.alarms().path.read_text()
    if hasattr(Alarms, "read"):
        at_another_time(monkeypatch)
    worker_turns()
    assert rows(object_kind_code="proof") == [("proof", None, "", "from_file")]
    worker_turns()
    assert len(rows(object_kind_code="proof")) == 1
    tried(130)


@pytest.mark.django_db
def test_a_page_that_dies_between_file_and_row_leaves_both(anew: Callable[[], int]) -> None:
    doors.house()
    dead, alive, kept = uuid4(), uuid4(), uuid4()
    server.alarm(Untrusted("post", dead))  # and the page was killed
    mismatch(None, Untrusted("team", alive), ACT)
    server.trust().alarms.raise_for("epoch", f"{kept.hex}.contact")  # left out of a list
    assert anew() == 2
    assert rows() == [
        ("team", alive, ACT, ""),
        ("post", dead, "", "from_file"),
        ("epoch", kept, "", "from_file"),
    ]
    assert [anew(), anew()] == [0, 0]
    tried(2)


@pytest.mark.django_db
def test_a_page_has_its_minute_and_what_alarms_again_is_no_line_of_its_own(
    monkeypatch: pytest.MonkeyPatch, anew: Callable[[], int]
) -> None:
    from hamkori.people.late_alarms import Copier

    doors.house()
    monkeypatch.setattr("hamkori.vault.marks.AGAIN", 60.0)
    server.alarm(Untrusted("post", UUID(int=1)))
    copier = Copier()
    with as_role("hk_clock"):
        assert copier.turn() == 0
    mismatch(None, Untrusted("post", UUID(int=1)), ACT)
    with as_role("hk_clock"):
        assert copier.turn(datetime.now(UTC) + LATER) == 0, "its row names the line that was there"
    mismatch(None, Untrusted("post", UUID(int=1)), "page.view")
    assert anew() == 0
    assert [row[2] for row in rows()] == [ACT, "page.view"], "a second act is a second row, as ever"


@pytest.mark.django_db
def test_twenty_in_a_turn_and_no_kind_keeps_another_back() -> None:
    from hamkori.people.late_alarms import IN_ONE_TURN, Copier

    doors.house()
    alarms = server.alarms()
    for number in range(50):
        alarms.raise_for("team", UUID(int=number))
    alarms.raise_for("proof", "session_proof")
    copier, copied = Copier(), []
    with as_role("hk_clock"):
        copied.append(copier.turn(datetime.now(UTC) + LATER))
        assert [row[0] for row in rows()].count("proof") == 1, "the last of the file, and the first of its kind"
        copied += [copier.turn(datetime.now(UTC) + LATER) for _ in range(3)]
    assert copied == [IN_ONE_TURN, IN_ONE_TURN, 11, 0]
    assert len(set(rows())) == 51
    tried(50)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_copy_each_line_once() -> None:
    from hamkori.people.late_alarms import Copier

    doors.house()
    for number in range(15):
        server.alarms().raise_for("team", UUID(int=number))
    begin, copied = threading.Barrier(3), []

    def work() -> None:
        begin.wait()
        try:
            with transaction.atomic(), as_role("hk_clock"):
                copied.append(Copier().turn(datetime.now(UTC) + LATER))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(copied) == 15
    assert len(rows()) == len(set(rows())) == 15
    tried(3)


KILLED = """
import os, signal, sys
import django
django.setup()
from datetime import UTC, datetime, timedelta
from django.db import connection
from hamkori.audit import ledger
from hamkori.people.late_alarms import Copier
write = ledger.alarm_from_file
def dies(*said):
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
    return write(*said)
ledger.alarm_from_file = dies
for row in map(int, sys.argv[1:]):
    assert connection.connection is None, "what is forked has read nothing yet"
    child = os.fork()
    if child == 0:
        left = [row]
        try:
            Copier().turn(datetime.now(UTC) + timedelta(minutes=5))
        finally:
            os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.bulk
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_anywhere_is_gone_on_with(anew: Callable[[], int]) -> None:
    """The real login in processes of their own, each killed before its nth row."""
    doors.house()
    for number in range(12):
        server.alarms().raise_for("team", UUID(int=number))
    known = {k: v for k, v in os.environ.items() if not k.startswith(("HAMKORI_", "PYTEST_", "COV_"))}
    known |= {
        "PYTHONPATH": "src",
        "HAMKORI_MODE": "test",
        "HAMKORI_PROCESS": "worker",
        "HAMKORI_SECRET_KEY": "of a test, and long enough to be one",
        "HAMKORI_DATA": str(settings.HAMKORI_DATA),
        "HAMKORI_MARKS": str(settings.HAMKORI_MARKS),
        "HAMKORI_CLOCK_URL": address("hk_clock"),
        "HAMKORI_ASSUME_ROLE": "hk_clock",
        "HAMKORI_WORKER_SECRET": str(settings.HAMKORI_WORKER_SECRET),
    }
    died = subprocess.run(
        [sys.executable, "-c", KILLED, "0", "3", "5"], env=known, capture_output=True, text=True, check=True
    )
    assert [int(code) for code in died.stdout.split()] == [-signal.SIGKILL] * 3, died.stderr
    tried(3)
    assert len(rows()) == 8
    assert [anew(), anew()] == [4, 0]
    assert len(rows()) == len(set(rows())) == 12


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["hk_app", "hk_backup"])
def test_no_other_login_writes_such_a_row(role: str) -> None:
    with raw(role) as other, pytest.raises(psycopg.errors.InsufficientPrivilege):
        other.execute("select ledger_alarm_line(%s, 'team', null)", [uuid4()])
    tried()


@pytest.mark.django_db
@pytest.mark.parametrize("said", [(None, "team"), (uuid4(), None), (uuid4(), "Zarina"), (uuid4(), "x" * 21)])
def test_the_door_takes_codes_alone(said: tuple[object, ...]) -> None:
    with raw("hk_clock") as clock, pytest.raises(psycopg.errors.InvalidParameterValue):
        clock.execute("select ledger_alarm_line(%s, %s, null)", said)
    tried()


@pytest.mark.django_db
def test_lines_of_before_are_left_and_lines_that_are_none_hide_nothing(anew: Callable[[], int]) -> None:
    doors.house()
    server.alarm(Untrusted("post", UUID(int=1)))
    with server.alarms().path.open("a", encoding="latin-1") as file:
        file.write("2026-11-26T14:00:00+00:00 team " + "0" * 32 + "\n\0\xff\nno alarm\n")
    server.alarm(Untrusted("invite", "no-hex-and-no-id"))
    with server.alarms().path.open("a") as file:
        file.write("2026-11-26T14:00:00+00:00 key half")
    assert anew() == 2
    assert [row[:2] for row in rows()] == [("post", UUID(int=1)), ("invite", None)]


@pytest.mark.django_db
def test_another_file_in_its_place_is_read_from_its_beginning() -> None:
    from hamkori.people.late_alarms import Copier

    doors.house()
    copier, alarms = Copier(), server.alarms()
    with as_role("hk_clock"):
        for kind in ("post", "org", "team"):
            alarms.raise_for(kind, UUID(int=1))
        assert copier.turn(datetime.now(UTC) + LATER) == 3
        alarms.path.unlink()
        assert copier.turn(datetime.now(UTC) + LATER) == 0
        alarms.raise_for("key", UUID(int=1))
        assert copier.turn(datetime.now(UTC) + LATER) == 1


@pytest.mark.django_db
def test_a_file_that_can_not_be_read_is_said_once(
    caplog: pytest.LogCaptureFixture, anew: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from hamkori.people.late_alarms import Copier

    doors.house()
    server.alarms().path.mkdir(parents=True)  # what root can not open either
    copier = Copier()
    with as_role("hk_clock"):
        assert [copier.turn(), copier.turn()] == [0, 0]
    assert [one.message for one in caplog.records if one.name == "hamkori.people"] == [
        "the file of alarms can not be read (IsADirectoryError): what the ledger lacks waits"
    ]


def test_the_workers_group_reads_the_alarms_and_nothing_else_there(tmp_path: Path) -> None:
    """Whatever the unit's UMask: the folder lets the group in only where somebody has given it that."""
    before = os.umask(0o077)
    try:
        server.alarms().raise_for("team", UUID(int=1))
        server.marks().raise_to("team", UUID(int=1), 1)
    finally:
        os.umask(before)
    folder = Path(settings.HAMKORI_MARKS)
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()}
    assert modes == {"alarms": 0o640, "marks": 0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.django_db(transaction=True)
def test_status_says_when_lines_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    from hamkori.site.health.alarm_signs import late
    from hamkori.site.health.pulse import Here

    doors.house()
    with raw("hk_clock") as clock:
        here = Here(connection=clock, marks=settings.HAMKORI_MARKS)
        assert list(late(here)) == [], "there is no file"
        server.alarm(Untrusted("post", UUID(int=1)))
        assert [sign.well for sign in late(here)] == [True], "it is not late yet"
        at_another_time(monkeypatch)
        (sign,) = late(here)
        assert sign.well is False
        assert sign.text.startswith("1 of the file are not in it, the oldest for 5 min")
        worker_turns()
        clock.rollback()
        assert [sign.well for sign in late(here)] == [True]
        assert list(late(Here(connection=clock, marks=None))) == []
    tried()
