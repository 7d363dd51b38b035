"""What a silent worker held, and what a living one does no more, is given back; a worker that hangs ends itself."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import psycopg
import pytest
from procrastinate.contrib.django import app
from procrastinate.psycopg_connector import PsycopgConnector

from hamkori.audit.signing import SigningRefused
from hamkori.audit.witness import WitnessRefused
from hamkori.jobs import worker
from tests import database
from tests.database import address, worker_options

T = TypeVar("T")

pytestmark = pytest.mark.django_db(transaction=True)


def doing(lock: str, *, silent_for: float) -> int:
    """A job that a worker has in hand who gave its last sign of life so many seconds ago."""
    with psycopg.connect(address("postgres"), autocommit=True) as superuser:
        row = superuser.execute(
            "with w as (insert into procrastinate_workers (last_heartbeat)"
            " values (now() - %s * interval '1 second') returning id)"
            " insert into procrastinate_jobs (queue_name, task_name, lock, queueing_lock, status, worker_id)"
            " select 'default', 'hamkori.jobs.tasks.' || %s, %s, %s, 'doing', w.id from w returning id",
            [silent_for, lock, lock, lock],
        ).fetchone()
    assert row is not None
    return int(row[0])


def left() -> list[int]:
    with database.worker() as clock:
        return [number for (number,) in clock.execute("select id from procrastinate_jobs order by id").fetchall()]


def asked(question: Callable[[], Coroutine[Any, Any, T]]) -> T:
    async def all_of_it() -> T:
        connector = PsycopgConnector(conninfo=address("hk_clock"), kwargs={"options": worker_options()}, min_size=1)
        with app.replace_connector(connector):
            async with app.open_async():
                return await question()

    return asyncio.run(all_of_it())


def give_back() -> int:
    return asked(worker.give_back)


def test_only_what_the_silent_held_is_given_back() -> None:
    dead = doing("seal", silent_for=worker.SILENT + 1)
    living = doing("clock", silent_for=worker.SILENT - 5)
    assert left() == [dead, living]
    assert give_back() == 1
    assert left() == [living]
    assert give_back() == 0


def test_what_one_does_not_do_is_given_back_at_the_second_look() -> None:
    unheard, in_hand, of_another = (doing(lock, silent_for=0) for lock in ("seal", "clock", "post"))
    with psycopg.connect(address("postgres"), autocommit=True) as owner:
        own = owner.execute("select worker_id from procrastinate_jobs where id = %s", [unheard]).fetchone()
        assert own is not None
        owner.execute("update procrastinate_jobs set worker_id = %s where id = %s", [own[0], in_hand])
    seen = asked(lambda: worker.give_back_own(own[0], {in_hand}, set()))
    assert seen == {unheard}, "its end may be on the way"
    assert left() == [unheard, in_hand, of_another]
    assert asked(lambda: worker.give_back_own(own[0], {in_hand}, seen)) == set()
    assert left() == [in_hand, of_another]


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


def test_a_job_that_goes_on_refusing_says_so_once_a_minute(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    refusals = worker.Refusals()
    for _ in range(125):
        refusals.refuses("the job seal", "the file head cannot be read")
        now[0] += 1
    lines = [one.getMessage() for one in caplog.records]
    assert lines == ["the job seal does nothing: the file head cannot be read"] * 3
    refusals.refuses("the job seal", "something else")
    refusals.works("the job seal")
    refusals.works("the job seal")
    lines = [one.getMessage() for one in caplog.records][3:]
    assert lines == ["the job seal does nothing: something else", "the job seal goes on"]


def test_a_refusal_is_told_from_a_fault() -> None:
    assert worker.refused(WitnessRefused("head_format"), "seal") == ("the job seal", "the file head cannot be read")
    unkept = "others may read the signing key; its mode must be 0400"
    assert worker.refused(SigningRefused("mode"), "seal") == ("the job seal", unkept)
    assert worker.refused(ValueError(), "seal") is None
    assert worker.refused(None) is None
    with psycopg.connect(address("hk_clock")) as clock, pytest.raises(psycopg.Error) as caught:
        clock.execute("select worker_here()")
    fault = RuntimeError()
    fault.__cause__ = caught.value
    assert worker.refused(fault, "tick") == ("the worker", worker.UNKNOWN)
