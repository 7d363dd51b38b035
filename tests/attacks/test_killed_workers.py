"""A worker that dies at its work takes the clock or the sealer with it: the job stays `doing`, its lock stays taken.

Nothing ticked or sealed any more, also after every process was started again, and `status` said that all was well.
These tests were red on commit ff6e3b1; the one on an end that nobody heard was red on 3464221.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.attacks.counted import tried
from tests.attacks.working import (
    Workers,
    ask,
    in_hand,
    is_left,
    kill,
    nobody_reads,
    unsealed,
    write_a_row,
)
from tests.database import address
from tests.site.waiting import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.bulk]

ALIVE_AGAIN = 30  # seconds after any kill
READS = {"seal": "ledger_seal", "tick": "referral_clock", "post": "notice"}
"""A table that each job reads first."""


WAITS_FOR = "select pid from pg_stat_activity where %s = any (pg_blocking_pids(pid))"
ENDS = f"select pg_terminate_backend(({WAITS_FOR}))"


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    made = Workers(tmp_path / "log")
    yield made
    made.end()


@pytest.mark.parametrize("task", READS)
def test_a_killed_workers_job_is_taken_up_by_the_next_one(workers: Workers, task: str) -> None:
    with nobody_reads(READS[task]):
        first = workers.begin()
        job = in_hand(task)
        kill(first)
    write_a_row()
    workers.begin()
    until(lambda: not is_left(job), ALIVE_AGAIN)
    until(lambda: unsealed() == 0, ALIVE_AGAIN)
    tried()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_another_worker_goes_on_where_one_was_killed_or_stands_still(workers: Workers, number: signal.Signals) -> None:
    with nobody_reads(READS["seal"]):
        first = workers.begin()
        job = in_hand("seal")
        workers.begin()
        kill(first, number)
    write_a_row()
    until(lambda: not is_left(job), ALIVE_AGAIN)
    until(lambda: unsealed() == 0, ALIVE_AGAIN)
    tried()


def test_an_end_that_the_queue_did_not_hear_holds_nothing(workers: Workers) -> None:
    """The connection breaks while the end of a job is written. `./hamkori chaos` met it: the sealer stood for good."""
    with psycopg.connect(address("postgres")) as opened:
        with nobody_reads(READS["seal"]):
            workers.begin()
            job = in_hand("seal")
            opened.execute("select 1 from procrastinate_jobs where id = %s for update", [job])
        until(lambda: ask(WAITS_FOR, opened.info.backend_pid) is not None, ALIVE_AGAIN)
        assert ask(ENDS, opened.info.backend_pid) is True
        opened.rollback()
    write_a_row()
    until(lambda: not is_left(job), ALIVE_AGAIN)
    until(lambda: unsealed() == 0, ALIVE_AGAIN)
    tried()
