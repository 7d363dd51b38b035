"""A plain read that is held open while the walls are built: `migrate` waits, and everybody queues behind it.

Red on c288705: `begin; select count(*) from vault_session` by hk_app, held, and `migrate` stood at an `alter table`
without end; meanwhile no other read of that table was answered.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psycopg
import pytest

from hamkori.site.database import migrate
from tests.attacks.counted import tried
from tests.database import address, raw
from tests.site import ready
from tests.site.waiting import until

pytestmark = [pytest.mark.bulk, pytest.mark.django_db(transaction=True)]
LONGEST = migrate.TRIES * (migrate.LOCK_SECONDS + migrate.PAUSE_SECONDS) + 40


class Running:
    """`migrate` as the operator runs it, on this process's database: a process of its own (tests/site/ready.py)."""

    def __init__(self) -> None:
        known = os.environ | {
            "HAMKORI_OWNER_URL": address("hk_migrate"),
            "HAMKORI_PROCESS": "owner",
            "HAMKORI_ASSUME_ROLE": "hk_owner",
            "PYTHONPATH": "src",
        }
        pool = ThreadPoolExecutor(1)
        self._done = pool.submit(ready.run, ["migrate"], known)
        pool.shutdown(wait=False)

    @property
    def over(self) -> bool:
        return self._done.done()

    def ends(self, seconds: float) -> tuple[int, str]:
        """Its code, and what it says of what went wrong."""
        done = self._done.result(seconds)
        return done.returncode, done.stderr


@pytest.fixture
def held() -> Iterator[psycopg.Connection]:
    """The read, in a transaction that does not end."""
    with raw("hk_app") as opened:
        opened.execute("select count(*) from vault_session")
        yield opened


def longest_read(running: Running, seconds: float) -> float:
    """Read as another page would until `migrate` has ended; the longest wait."""
    longest, until = 0.0, time.monotonic() + seconds
    with psycopg.connect(address("hk_app"), autocommit=True) as page:
        page.execute("set statement_timeout = '15s'")
        while not running.over and time.monotonic() < until:
            begun = time.monotonic()
            page.execute("select count(*) from vault_session")
            longest = max(longest, time.monotonic() - begun)
            time.sleep(0.05)
    return longest


def test_a_held_read_makes_migrate_give_up_and_nobody_wait_for_long(held: psycopg.Connection) -> None:
    running = Running()
    try:
        waited = longest_read(running, LONGEST)
        assert running.over, "it stands without end"
        code, said = running.ends(0)
        assert code == 1
        assert said.count("\n") == 1, said
        assert "held by somebody else" in said
        assert waited < migrate.LOCK_SECONDS + 5
        print(f"longest read {waited:.1f} s")
    finally:
        held.rollback()
        running.ends(120)
    code, said = Running().ends(120)
    assert code == 0, said
    tried()


WAITS = "select count(*) from pg_locks where not granted and pid = any (%s)"
OWNERS = "select array_agg(pid) from pg_stat_activity where usename = 'hk_migrate' and datname = current_database()"


def test_one_that_asks_for_what_migrate_holds_only_delays_it() -> None:
    """A deadlock: PostgreSQL ends one of both. Red on d339dde: `migrate` ended with the name of a wall."""
    with raw("postgres") as held, psycopg.connect(address("postgres"), autocommit=True) as looks:
        held.execute("select count(*) from referral")
        running = Running()
        until(lambda: looks.execute(WAITS, [(looks.execute(OWNERS).fetchone() or [None])[0] or []]).fetchone() != (0,))
        with suppress(psycopg.errors.DeadlockDetected):
            held.execute("select count(*) from access_session")
        held.rollback()
    code, said = running.ends(180)
    assert code == 0, said
    tried()


def test_a_read_that_ends_in_time_only_delays_it(held: psycopg.Connection) -> None:
    running = Running()
    longest_read(running, 12)
    assert not running.over, "it waits"
    held.rollback()
    code, said = running.ends(120)
    assert code == 0, said
    tried()
