"""A plain read that is held open while the walls are built: `migrate` waits, and everybody queues behind it.

Red on c288705: `begin; select count(*) from vault_session` by hk_app, held, and `migrate` stood at an `alter table`
without end; meanwhile no other read of that table was answered.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest

from hamkori.site.database import migrate
from tests.attacks.counted import tried
from tests.database import address, raw
from tests.site.waiting import until

pytestmark = [pytest.mark.bulk, pytest.mark.django_db(transaction=True)]
LONGEST = migrate.TRIES * (migrate.LOCK_SECONDS + migrate.PAUSE_SECONDS) + 40


def begin() -> subprocess.Popen[str]:
    """`migrate` as the operator runs it, on this process's database."""
    known = os.environ | {
        "HAMKORI_OWNER_URL": address("hk_migrate"),
        "HAMKORI_PROCESS": "owner",
        "HAMKORI_ASSUME_ROLE": "hk_owner",
        "PYTHONPATH": "src",
    }
    words = [sys.executable, "-m", "hamkori.site.launch", "migrate"]
    return subprocess.Popen(words, env=known, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def held() -> Iterator[psycopg.Connection]:
    """The read, in a transaction that does not end."""
    with raw("hk_app") as opened:
        opened.execute("select count(*) from vault_session")
        yield opened


def longest_read(running: subprocess.Popen[str], seconds: float) -> float:
    """Read as another page would until `migrate` has ended; the longest wait."""
    longest, until = 0.0, time.monotonic() + seconds
    with psycopg.connect(address("hk_app"), autocommit=True) as page:
        page.execute("set statement_timeout = '15s'")
        while running.poll() is None and time.monotonic() < until:
            begun = time.monotonic()
            page.execute("select count(*) from vault_session")
            longest = max(longest, time.monotonic() - begun)
            time.sleep(0.05)
    return longest


def test_a_held_read_makes_migrate_give_up_and_nobody_wait_for_long(held: psycopg.Connection) -> None:
    running = begin()
    try:
        waited = longest_read(running, LONGEST)
        assert running.poll() is not None, "it stands without end"
        said = running.communicate()[1]
        assert running.returncode == 1
        assert said.count("\n") == 1, said
        assert "held by somebody else" in said
        assert waited < migrate.LOCK_SECONDS + 5
        print(f"longest read {waited:.1f} s")
    finally:
        running.kill()
        running.communicate()
    held.rollback()
    again = begin()
    said = again.communicate(timeout=120)[1]
    assert again.returncode == 0, said
    tried()


WAITS = "select count(*) from pg_locks where not granted and pid = any (%s)"
OWNERS = "select array_agg(pid) from pg_stat_activity where usename = 'hk_migrate' and datname = current_database()"


def test_one_that_asks_for_what_migrate_holds_only_delays_it() -> None:
    """A deadlock: PostgreSQL ends one of both. Red on d339dde: `migrate` ended with the name of a wall."""
    with raw("postgres") as held, psycopg.connect(address("postgres"), autocommit=True) as looks:
        held.execute("select count(*) from referral")
        running = begin()
        until(lambda: looks.execute(WAITS, [(looks.execute(OWNERS).fetchone() or [None])[0] or []]).fetchone() != (0,))
        with suppress(psycopg.errors.DeadlockDetected):
            held.execute("select count(*) from access_session")
        held.rollback()
    said = running.communicate(timeout=180)[1]
    assert running.returncode == 0, said
    tried()


def test_a_read_that_ends_in_time_only_delays_it(held: psycopg.Connection) -> None:
    running = begin()
    longest_read(running, 12)
    assert running.poll() is None, "it waits"
    held.rollback()
    said = running.communicate(timeout=120)[1]
    assert running.returncode == 0, said
    tried()
