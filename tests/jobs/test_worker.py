"""What a silent worker held is given back, what a living one does is left to it; a worker that hangs ends itself."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import psycopg
import pytest
from procrastinate.contrib.django import app
from procrastinate.psycopg_connector import PsycopgConnector

from hamkori.jobs import worker
from tests.database import address

pytestmark = pytest.mark.django_db(transaction=True)


def doing(lock: str, *, silent_for: float) -> int:
    """A job that a worker has in hand who gave its last sign of life so many seconds ago."""
    with psycopg.connect(address("hk_clock"), autocommit=True) as clock:
        row = clock.execute(
            "with w as (insert into procrastinate_workers (last_heartbeat)"
            " values (now() - %s * interval '1 second') returning id)"
            " insert into procrastinate_jobs (queue_name, task_name, lock, queueing_lock, status, worker_id)"
            " select 'default', 'hamkori.jobs.tasks.' || %s, %s, %s, 'doing', w.id from w returning id",
            [silent_for, lock, lock, lock],
        ).fetchone()
    assert row is not None
    return int(row[0])


def left() -> list[int]:
    with psycopg.connect(address("hk_clock")) as clock:
        return [number for (number,) in clock.execute("select id from procrastinate_jobs order by id").fetchall()]


def give_back() -> int:
    async def all_of_it() -> int:
        connector = PsycopgConnector(conninfo=address("hk_clock"), min_size=1)
        with app.replace_connector(connector):
            async with app.open_async():
                return await worker.give_back()

    return asyncio.run(all_of_it())


def test_only_what_the_silent_held_is_given_back() -> None:
    dead = doing("seal", silent_for=worker.SILENT + 1)
    living = doing("clock", silent_for=worker.SILENT - 5)
    assert left() == [dead, living]
    assert give_back() == 1
    assert left() == [living]
    assert give_back() == 0


@pytest.mark.bulk
def test_a_worker_that_hangs_ends_itself_so_that_it_is_started_again() -> None:
    code = (
        "from hamkori.jobs import worker; worker.HUNG = 0.2; worker.HEARTBEAT = 0.1;"
        "worker._end_when_hanging(worker.Movement())"
    )
    known = os.environ | {"PYTHONPATH": "src", "HAMKORI_PROCESS": "worker"}
    code = f"import django; django.setup(); {code}"
    ended = subprocess.run([sys.executable, "-c", code], env=known, capture_output=True, text=True, check=False)
    assert ended.returncode == worker.HANGING
    assert "the worker ends, to be started again" in ended.stderr
