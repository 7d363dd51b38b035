"""Counting tries: what lies in the table, what this process knows by itself, and what happens between the two."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.cache import cache

from hamkori.web.sessions import counters
from hamkori.web.sessions.counters import Memory, memory, table
from tests import doors
from tests.database import raw

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house() -> None:
    """A house, and no row of a count that another test has written past this process's own memory."""
    doors.house()
    with raw("hk_test") as connection:
        connection.execute("set role hk_owner")
        connection.execute("delete from attempt")
        connection.commit()


@contextmanager
def another_process() -> Iterator[None]:
    """As a process that has counted nothing yet."""
    kept, memory._kept = memory._kept, {}
    yield
    memory._kept |= kept


def rows() -> list[tuple[bytes, list[float] | None]]:
    with raw("hk_test") as connection:
        connection.execute("set role hk_owner")
        return connection.execute("select key, at from attempt").fetchall()


def test_moments_come_back_newest_first() -> None:
    cache.set("tries", [2.0, 1.0], 60)
    assert cache.get("tries") == [2.0, 1.0]
    assert cache.get("others", []) == []
    cache.delete("tries")
    assert cache.get("tries") is None
    assert not cache.delete("tries")


def test_a_flag_is_raised_once() -> None:
    assert cache.add("used", True, 60)
    assert not cache.add("used", True, 60)
    assert cache.get("used") is True
    cache.delete("used")
    assert cache.add("used", True, 60)


def test_no_name_of_a_counter_lies_in_the_table() -> None:
    cache.set("zarina@example.org", [1.0], 60)
    ((key, at),) = rows()
    assert (len(key), at) == (32, [1.0])


def test_what_another_process_has_counted_counts_here() -> None:
    cache.set("tries", [2.0, 1.0], 60)
    cache.add("used", True, 60)
    with another_process():
        assert cache.get("tries") == [2.0, 1.0]
        assert not cache.add("used", True, 60)


def test_what_another_process_takes_back_is_not_counted_here() -> None:
    kept = Memory()
    kept.write(b"k", [3.0, 1.0], before=[1.0], seconds=60)
    assert kept.read(b"k") == [3.0], "the other's moment is the other's to take back"
    kept.write(b"k", [4.0, 3.0], before=[3.0], seconds=60)
    assert kept.read(b"k") == [4.0, 3.0]
    kept.write(b"k", [4.0], before=[4.0, 3.0], seconds=60)
    assert kept.read(b"k") == [4.0], "its own it may take back"


def test_what_is_over_goes_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    with raw("hk_test") as connection:
        connection.execute("set role hk_owner")
        connection.execute(
            "insert into attempt select int4send(n), '{1}', now() - interval '1 s' from generate_series(1, 30) n"
        )
        connection.execute("insert into attempt values ('live', '{1}', now() + interval '1 h')")
        connection.commit()
    for number in range(3):
        cache.set(f"tries-{number}", [1.0], 60)
    assert len(rows()) == 4
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 100)
    cache.set("tries-3", [1.0], 60)
    assert len(memory._kept) == 1, "this process forgets what is over as well"


def test_a_server_that_was_started_anew_is_asked_again() -> None:
    cache.set("tries", [1.0], 60)
    table.open().connection.close()  # for the wrapper it is open, as after a server that went away
    with another_process():
        assert cache.get("tries") == [1.0]


def test_while_the_table_does_not_answer_this_process_counts_alone_and_then_with_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    cache.set("tries", [1.0], 60)
    with raw("hk_test") as connection:
        connection.execute("set role hk_owner")
        connection.execute("lock table attempt in access exclusive mode")
        cache.set("tries", [2.0, 1.0], 60)
        assert cache.get("tries") == [2.0, 1.0]
        assert cache.add("used", True, 60)
        assert not cache.add("used", True, 60)
        assert cache.delete("used")
    assert [record.levelname for record in caplog.records] == ["ERROR"], "said once"
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 11)
    cache.set("tries", [3.0, 2.0, 1.0], 60)
    assert [at for _, at in rows()] == [[3.0, 2.0, 1.0]]


def test_a_question_that_hangs_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "WAIT_SECONDS", 0.01)
    with table._lock:
        cache.set("tries", [1.0], 60)
        monkeypatch.setattr(counters, "WAIT_SECONDS", 1000)
        assert cache.get("tries") == [1.0], "nobody waits a second time"
    assert rows() == []


@pytest.mark.parametrize("timeout", [None, 0, -1])
def test_every_counter_ends(timeout: int | None) -> None:
    with pytest.raises(TypeError):
        cache.set("tries", [1.0], timeout)
