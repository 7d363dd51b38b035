"""A disk that is full: it is said, in one line and with the right reason; nothing that was acknowledged is lost, and
work goes on once there is room.
"""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import psycopg
import pytest
from django.test import Client
from psycopg import sql

from hamkori.site.database import worker_secret, writing
from hamkori.site.database.cluster import Cluster, server_user
from hamkori.site.demo.kept import BUILT
from tests.attacks.counted import tried
from tests.attacks.demos import Demo, put_one_that_has_run
from tests.attacks.small_disks import fill, small_disk
from tests.attacks.working import LEDGER_ROW
from tests.database import CLONE, raw
from tests.site.beating import beat, with_room_on_the_disk
from tests.site.elsewhere import hamkori
from tests.site.waiting import until

SELDOM = 0.25
"""Seconds between two looks at pages and signs of the demo: such a look takes some itself."""


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_of_the_database_is_seen_by_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table lies on a small disk of its own. Red on 4f17315: nothing was written, and all was called well."""
    with_room_on_the_disk(monkeypatch)
    beat()
    monkeypatch.setattr(writing, "AGAIN", 0.0)
    here = Path("/var/tmp") / f"{CLONE}_disk"
    with small_disk(here, 2) as disk, on(disk):
        assert b"Database" not in Client().get("/health/ready").content
        filler = fill(disk)
        for _ in range(3):
            answer = Client().get("/health/ready")
            assert answer.status_code == 503
            assert b"Database: no space is left on its disk; nothing that is pressed can be written; make room\n" in (
                answer.content
            )
            tried()
        filler.unlink()
        assert b"Database" not in Client().get("/health/ready").content
    here.rmdir()


@contextmanager
def on(disk: Path) -> Iterator[None]:
    """The table of tries lies on this disk meanwhile."""
    space, user = sql.Identifier(f"{CLONE}_space"), server_user()
    home = disk / "space"
    home.mkdir()
    os.chown(home, user.uid, user.gid)
    with raw("postgres") as superuser:
        superuser.autocommit = True
        superuser.execute(sql.SQL("create tablespace {} location {}").format(space, sql.Literal(str(home))))
        superuser.execute(sql.SQL("alter table write_try set tablespace {}").format(space))
    try:
        yield
    finally:
        with raw("postgres") as superuser:
            superuser.autocommit = True
            superuser.execute("alter table write_try set tablespace pg_default")
            superuser.execute("checkpoint")
            superuser.execute(sql.SQL("drop tablespace {}").format(space))


class Work:
    """Acts that the database has acknowledged, by the number of their row in the ledger, while they go on."""

    def __init__(self, demo: Demo) -> None:
        self.numbers: list[int] = []
        self.refused = 0
        self._address = demo.address("hk_clock")
        self._secret = demo.data / "sign" / "worker-secret"
        self._over = Event()
        self._thread = Thread(target=self._go_on)

    def __enter__(self) -> Work:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(60)

    def _go_on(self) -> None:
        while not self._over.is_set():
            try:
                known = f"-c {worker_secret.SETTING}={worker_secret.read(self._secret)}"
                with psycopg.connect(self._address, autocommit=True, connect_timeout=3, options=known) as clock:
                    while not self._over.is_set():
                        row = clock.execute(LEDGER_ROW.encode()).fetchone()
                        assert row is not None
                        self.numbers.append(row[0])
                        time.sleep(0.02)
            except psycopg.Error:
                self.refused += 1
                time.sleep(0.2)


def ready(demo: Demo) -> tuple[int, str]:
    try:
        with urlopen(f"http://127.0.0.1:{demo.port}/health/ready", timeout=30) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as refused:
        return refused.code, refused.read().decode()
    except (URLError, OSError):
        return 0, ""


def status(demo: Demo) -> tuple[int, str]:
    """`./hamkori status`."""
    done = hamkori("status", HAMKORI_DATA=str(demo.data))
    return done.returncode, done.stdout + done.stderr


@contextmanager
def begun_on(disk: Path) -> Iterator[Demo]:
    """A demo without people in this folder; nothing of it runs afterwards."""
    disk.chmod(0o711)
    (disk / BUILT).touch()
    made = Demo(disk)
    try:
        yield made
    finally:
        if made.launcher is not None and made.launcher.poll() is None:
            made.end()
        for pid in made.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        Cluster(disk).stop()


@pytest.fixture
def place() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="hk-disk-", dir="/var/tmp"))
    yield folder
    folder.rmdir()


@pytest.mark.bulk
@pytest.mark.long
def test_a_running_demo_goes_on_once_there_is_room(place: Path) -> None:
    with small_disk(place, 320) as disk, begun_on(disk) as demo:
        put_one_that_has_run(disk)
        demo.run()
        until(lambda: len(demo.processes("web")) == 2 and demo.age("tick") < 15 and demo.age("seal") < 5, 60, SELDOM)
        with Work(demo) as work:
            until(lambda: len(work.numbers) > 200)
            assert "no space" not in status(demo)[1]
            filler = fill(disk)
            until(lambda: "no space is left" in ready(demo)[1], 60, SELDOM)
            code, said = status(demo)
            assert code == 1
            assert "no space is left" in said
            full_until = time.monotonic() + 20
            while time.monotonic() < full_until:
                fill(disk)  # also what is freed meanwhile
                time.sleep(1)
            assert demo.launcher is not None
            assert demo.launcher.poll() is None
            filler.unlink()
            done = len(work.numbers)
            until(lambda: len(work.numbers) > done + 200, 60)
            until(lambda: ready(demo)[0] == 200, 60, SELDOM)
            until(lambda: demo.age("tick") < 15 and demo.age("seal") < 5, 60, SELDOM)
            tried(work.refused)
        with psycopg.connect(Cluster(demo.data).superuser_url("hamkori")) as superuser:
            kept = {number for (number,) in superuser.execute("select id from ledger").fetchall()}
        assert set(work.numbers) <= kept, "what was acknowledged is there"
        ended = demo.end()
        assert "Traceback" not in ended, ended
        assert "File " not in ended, "what fails for want of room is one line"
        told = [line for line in ended.splitlines() if "The database server died" in line]
        assert len(set(told)) == len(told), "the same reason is said once"
        assert demo.left() == []
        assert Cluster(demo.data).running() is None


@pytest.mark.bulk
@pytest.mark.long
def test_a_start_on_a_full_disk_is_refused_in_one_line(place: Path) -> None:
    with small_disk(place, 320) as disk, begun_on(disk) as demo:
        put_one_that_has_run(disk)
        demo.run()
        until(lambda: demo.age("seal") < 5, 60, SELDOM)
        demo.end()
        filler = fill(disk)
        said = demo.refused()
        assert [line for line in said if "o space" in line and "left" in line], said
        tried()
        filler.unlink()
        demo.run()
        assert demo.answers()
        demo.end()
        assert demo.left() == []


@pytest.mark.bulk
@pytest.mark.long
def test_a_first_start_where_there_is_no_room_is_refused_in_one_line(place: Path) -> None:
    for size in (1, 30, 42, 46):
        with small_disk(place, size) as disk, begun_on(disk) as demo:
            said = demo.refused()
            assert [line for line in said if "o space" in line and "left on" in line], said
            assert len(said) <= 6, "what is said is a line for each step"
            tried()
