"""Whether this process works is asked by machines: plain words, no database names, no cache."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import Client

from hamkori.site.database import writing
from hamkori.site.health import pulse
from hamkori.site.health import views as health
from hamkori.vault.server import make_marks
from tests.database import address, raw
from tests.site.beating import beat, with_room_on_the_disk


@pytest.mark.django_db(transaction=True)
def test_ready_asks_the_database_and_live_does_not(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    settings.HAMKORI_MARKS = tmp_path / "marks"  # where no test before has raised an alarm
    make_marks()
    with_room_on_the_disk(monkeypatch)
    beat()
    assert Client().get("/health/ready").content == b"ready\n"
    assert Client().get("/health/live").content == b"live\n"
    assert Client().post("/health/live").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_what_is_not_well_is_a_sentence_each(settings, monkeypatch: pytest.MonkeyPatch):
    with_room_on_the_disk(monkeypatch)
    beat(tick=70, post=700)
    settings.HAMKORI_KEYRING = Path(settings.HAMKORI_DATA) / "gone"
    settings.TIME_ZONE = "Asia/Tashkent"
    answer = Client().get("/health/ready")
    assert answer.status_code == 503
    said = re.sub(r"7\d s ago", "70 s ago", answer.content.decode())  # also on a machine that is busy
    assert said.splitlines() == [
        "Time zone: the pages reckon in Asia/Tashkent, the database in Asia/Dushanbe; ./hamkori migrate writes it",
        "Clock: last ticked 70 s ago, at most 60 s is well; look into the worker's log",
        "Mail: last was looked through 11 min ago, at most 10 min is well; look into the worker's log",
        "Keyring: it can not be used: there is none",
    ]


@pytest.mark.django_db
def test_the_pages_read_no_more_of_the_clock_than_how_old_it_is():
    with raw("hk_app") as pages, pytest.raises(psycopg.errors.InsufficientPrivilege):
        pages.execute("select failures from clock_failure")
    with raw("hk_app") as pages, pytest.raises(psycopg.errors.InsufficientPrivilege):
        pages.execute("select worker_beats('tick')")


@pytest.mark.django_db
def test_without_its_database_it_is_alive_and_not_ready(monkeypatch: pytest.MonkeyPatch):
    from django.db import OperationalError

    class Gone:
        def cursor(self):
            raise OperationalError("connection to server on socket /var/lib/hamkori failed")

    monkeypatch.setattr(health, "connection", Gone())
    answer = Client().get("/health/ready")
    assert answer.status_code == 503
    assert b"/var/lib/hamkori failed" not in answer.content
    assert connection.is_usable()
    monkeypatch.setattr(pulse, "DISK_ENOUGH", 2**63)
    monkeypatch.setattr(pulse, "DISK_LIMIT", 101)
    said = Client().get("/health/ready").content.decode().splitlines()
    assert said[0] == "the database does not answer"
    assert said[1].startswith("Disk: "), "often that is why"


@pytest.fixture
def pooled(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., DatabaseWrapper]]:
    """The pages' way to a database, by a pool as they have it (tests have none), with other settings."""
    made: list[DatabaseWrapper] = []

    def make(**other: Any) -> DatabaseWrapper:
        options = connection.settings_dict["OPTIONS"] | {"pool": settings.HAMKORI_POOLED | {"max_size": 1}}
        del options["assume_role"]
        login = {"USER": "hk_app", "PASSWORD": urlsplit(address("hk_app")).password, "OPTIONS": options}
        opened = DatabaseWrapper(connection.settings_dict | login | other, alias="of this test")
        made.append(opened)
        monkeypatch.setattr(health, "connection", opened)
        return opened

    yield make
    for opened in made:
        opened.close()
        opened.close_pool()


def asked() -> tuple[int, str, float]:
    began = time.monotonic()
    answer = Client().get("/health/ready")
    return answer.status_code, answer.content.decode(), time.monotonic() - began


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"HOST": "127.0.0.1", "PORT": "1"}, "the database does not answer"),
        ({"PASSWORD": "guessed"}, "the database refused the login"),
        ({"NAME": "hk_nowhere"}, "there is no such database"),
    ],
)
def test_a_database_that_is_away_is_said_soon_and_by_its_reason(
    pooled: Callable[..., DatabaseWrapper], other: dict[str, str], sentence: str
):
    """Red before: after the ten seconds that a page waits, and always that it does not answer."""
    pooled(**other)
    status, said, seconds = asked()
    assert (status, said.splitlines()[0]) == (503, sentence)
    assert seconds < 6, "two, on a machine that is busy"


@pytest.mark.django_db
def test_pages_that_are_busy_are_waited_for_as_a_page_waits(pooled: Callable[..., DatabaseWrapper]):
    opened = pooled()
    opened.pool.open()
    taken = opened.pool.getconn()
    later = threading.Timer(health.PATIENCE + 1, opened.pool.putconn, [taken])
    later.start()
    _status, said, seconds = asked()
    later.join()
    assert seconds > health.PATIENCE
    assert "the database" not in said


def rows() -> int:
    with raw("postgres") as superuser:
        found = superuser.execute("select count(*) from write_try").fetchone()
    assert found is not None
    return int(found[0])


@pytest.mark.django_db(transaction=True)
def test_who_asks_often_has_it_written_once_in_ten_seconds(monkeypatch: pytest.MonkeyPatch):
    with_room_on_the_disk(monkeypatch)
    beat()
    before = rows()
    for _ in range(12):
        Client().get("/health/ready")
    assert rows() == before + 1, "and it is committed"
    monkeypatch.setattr(writing, "AGAIN", 0.0)
    Client().get("/health/ready")
    assert rows() == before + 2


@pytest.mark.django_db(transaction=True)
def test_each_try_needs_a_page_of_its_own_and_the_table_stays_small():
    size = "select pg_relation_size('write_try')"
    with raw("hk_app") as pages:
        pages.autocommit = True
        with raw("postgres") as superuser:
            # A try that another test has undone leaves a page with room, which the first one here would take.
            superuser.execute("truncate write_try")
            superuser.commit()
            before = superuser.execute(size).fetchone()[0]
            for number in range(1, 4):
                pages.execute("select write_tried()")
                assert superuser.execute(size).fetchone()[0] == before + number * 8192
                superuser.commit()
            for _ in range(150):
                pages.execute("select write_tried()")
            assert superuser.execute(size).fetchone()[0] <= 1_100_000
    with raw("hk_app") as pages, pytest.raises(psycopg.errors.InsufficientPrivilege):
        pages.execute("select * from write_try")


@pytest.mark.django_db(transaction=True)
def test_a_database_that_only_reads_or_stands_still_is_not_ready(monkeypatch: pytest.MonkeyPatch):
    with_room_on_the_disk(monkeypatch)
    beat()
    monkeypatch.setattr(writing, "LONGEST", "300ms")
    with raw("postgres") as superuser:
        superuser.execute("lock table write_try in access exclusive mode")
        answer = Client().get("/health/ready")
    assert (answer.status_code, answer.content.decode()) == (503, "Database: writing a row takes longer than 3s\n")
    writing.tries.forget()
    with connection.cursor() as cursor:
        cursor.execute("set default_transaction_read_only = on")
    answer = Client().get("/health/ready")
    assert answer.status_code == 503
    assert answer.content.startswith(b"Database: it can only be read; nothing that is pressed can be written\n")
    with connection.cursor() as cursor:
        cursor.execute("set default_transaction_read_only = off")
    writing.tries.forget()
    assert b"Database" not in Client().get("/health/ready").content
