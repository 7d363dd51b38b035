"""A worker that dies at its work takes the clock or the sealer with it: the job stays `doing`, its lock stays taken.

Nothing ticked or sealed any more, also after every process was started again, and `status` said that all was well.
These tests were red on commit ff6e3b1.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.counted import tried
from tests.attacks.working import (
    Workers,
    in_hand,
    is_left,
    kill,
    nobody_reads,
    unsealed,
    write_a_row,
)
from tests.site.waiting import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.bulk]

ALIVE_AGAIN = 30  # seconds after any kill
READS = {"seal": "ledger_seal", "tick": "referral_clock", "post": "notice"}
"""A table that each job reads first."""


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
