"""Whether this process works is asked by machines: plain words, no database names, no cache."""

from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.test import Client

from hamkori.vault.server import make_marks
from tests.database import raw
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
    answer = Client().get("/health/ready")
    assert answer.status_code == 503
    assert answer.content.decode().splitlines() == [
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

    from hamkori.site import health

    class Gone:
        def cursor(self):
            raise OperationalError("connection to server on socket /var/lib/hamkori failed")

    monkeypatch.setattr(health, "connection", Gone())
    answer = Client().get("/health/ready")
    assert answer.status_code == 503
    assert b"/var/lib" not in answer.content
    assert connection.is_usable()
