"""The worker: does jobs as they come, past deaths, outages and hangs, until it is asked to end.

A worker that is killed leaves its job `doing` and the job's lock taken: no later tick or seal would begin. So each
worker says every two seconds that it lives, and every worker gives back what was left by those who have fallen silent.
The same is left by a connection that breaks while a job is fetched or its end is written: the worker lives, and does no
such job. So each also gives back what the queue believes of itself and it is not doing.
A job is not done again for that: each is periodic, and its next turn does the work. An outage of the database is waited
out inside the process; a job that hangs ends the process, and whoever keeps it running starts it again.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Set
from contextlib import suppress
from typing import Any

import psycopg
import psycopg_pool
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job, Status
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.worker import Worker

from hamkori import definer
from hamkori.access.context import WORKER_REFUSED
from hamkori.audit.signing import SigningRefused
from hamkori.audit.witness import WitnessRefused

log = logging.getLogger("hamkori.jobs")

HEARTBEAT = 2.0  # seconds between two signs of life
SILENT = 10.0  # seconds without one, after which others take a worker for dead
HUNG = 120.0  # seconds that a job may take
AGAIN = 0.5  # seconds between two looks whether the database is back
LONGEST_PAUSE = 2.0
POLLED = 0.5  # seconds between two looks for new jobs
SAID_AGAIN = 60.0  # seconds after which a job that goes on refusing says so once more
STEADY = 30.0  # seconds of work after which an old fault is forgotten
HANGING = 70  # the code with which a process ends that hangs
UNKNOWN = "the database does not know this worker's secret; see docs/operating.md"
NO_DATABASE = (ConnectorException, psycopg.OperationalError, psycopg_pool.PoolTimeout)


class Movement:
    """When this process last began or ended anything; seen from the thread that watches for a hang."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def moved(self) -> None:
        """Something went on just now."""
        self._last = time.monotonic()

    def stands_for(self) -> float:
        """Seconds since."""
        return time.monotonic() - self._last


def run() -> None:
    """Work until TERM or INT."""
    # Its errors repeat what the database said of a row; ours name the job, the kind of fault and the place.
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    movement = Movement()
    threading.Thread(target=_end_when_hanging, args=(movement,), daemon=True).start()
    asyncio.run(_forever(movement))


async def _forever(movement: Movement) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, what: log.error("the worker: %s", type(what.get("exception")).__name__))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    pause = AGAIN
    while not stop.is_set():
        began = time.monotonic()
        await _until_the_database_answers(stop, movement)
        if stop.is_set():
            break
        try:
            broken = await _work(stop, movement)
        except NO_DATABASE as error:
            broken = error
        if not stop.is_set():
            pause = AGAIN if time.monotonic() - began > STEADY else min(LONGEST_PAUSE, 2 * pause)
            if refusal := refused(broken):
                refusals.refuses(*refusal)
            else:
                log.warning("the worker lost its database; it looks for it again in %.1f s", pause)
            await _wait(stop, pause)


async def _work(stop: asyncio.Event, movement: Movement) -> Exception | None:
    """Jobs, until asked to end or until something breaks; what broke."""
    # One connection fetches and one gives back. None listens: every login may say a word on the queue's channel, and
    # one that is no job would end the listening, and with it the work.
    # It does not look long for a lost database: that is done outside, twice a second.
    connector = PsycopgConnector(
        kwargs=connector_params() | {"connect_timeout": 5}, min_size=1, max_size=4, timeout=5, reconnect_timeout=1
    )
    with app.replace_connector(connector):
        try:
            await app.open_async()
            await give_back()
            around = _Around(movement)
            beside = [asyncio.create_task(stop.wait()), asyncio.create_task(_give_back_again(around))]
            working = asyncio.create_task(
                app.run_worker_async(
                    install_signal_handlers=False,
                    delete_jobs="always",
                    listen_notify=False,
                    fetch_job_polling_interval=POLLED,
                    update_heartbeat_interval=HEARTBEAT,
                    stalled_worker_timeout=SILENT,
                    task_middleware=[around],
                )
            )
            await asyncio.wait([working, *beside], return_when=asyncio.FIRST_COMPLETED)
            for task in (working, *beside):
                task.cancel()
            ended = await asyncio.gather(working, *beside, return_exceptions=True)
            broken = [error for error in ended if isinstance(error, Exception)]
            return next(filter(refused, broken), next(iter(broken), None))
        finally:
            with suppress(*NO_DATABASE):
                await connector.close_async()


async def give_back() -> int:
    """Free the locks of jobs whose workers have fallen silent; how many. Another worker may do the same at once."""
    left = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT))
    for job in left:
        await _free(job)
    if left:
        log.warning("%d jobs of a worker that died were put back into the queue", len(left))
    await app.job_manager.prune_stalled_workers(SILENT)
    return len(left)


async def give_back_own(worker: int, doing: Set[int], seen: Set[int]) -> set[int]:
    """Free the locks of jobs that the queue believes to be with this worker, and that it is not doing.

    `doing`: what it does. `seen`: what was such a job at the last look; only those go, because between fetching and
    doing, and between doing and saying so, there is a moment. Returns what is to be looked at again.
    """
    held = await app.job_manager.list_jobs_async(status=Status.DOING.value, worker_id=worker)
    left = [job for job in held if job.id not in doing]
    for job in left:
        if job.id in seen:
            await _free(job)
            log.warning("a job that had ended unheard was put back into the queue")
    return {job.id for job in left if job.id is not None} - seen


async def _free(job: Job) -> None:
    with suppress(ConnectorException):  # another worker was faster
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)


async def _give_back_again(around: _Around) -> None:
    seen: set[int] = set()
    while True:
        await asyncio.sleep(HEARTBEAT)
        await give_back()
        if around.worker is not None:
            seen = await give_back_own(around.worker, around.doing, seen)


async def _until_the_database_answers(stop: asyncio.Event, movement: Movement) -> None:
    silent = False
    while not stop.is_set():
        movement.moved()
        with suppress(psycopg.OperationalError):
            opened = await psycopg.AsyncConnection.connect(**(connector_params() | {"connect_timeout": 5}))
            await opened.close()
            if silent:
                log.warning("the database answers again")
            return
        if not silent:
            log.warning("the database does not answer; the worker waits for it")
            silent = True
        await _wait(stop, AGAIN)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


class Refusals:
    """Who does nothing on purpose, and why: a line when it begins, once a minute while it goes on, and at its end.

    It is tried each second, and a log that fills up with the same hides everything else.
    """

    def __init__(self) -> None:
        self._said: dict[str, tuple[str, float]] = {}

    def refuses(self, who: str, why: str) -> None:
        """It has just refused."""
        before, at = self._said.get(who, ("", 0.0))
        if why != before or time.monotonic() - at >= SAID_AGAIN:
            self._said[who] = why, time.monotonic()
            log.error("%s does nothing: %s", who, why)

    def works(self, who: str) -> None:
        """It has just come to its end."""
        if self._said.pop(who, None):
            log.warning("%s goes on", who)


refusals = Refusals()


def refused(error: BaseException | None, job: str = "") -> tuple[str, str] | None:
    """Who refused, and why, if this error says so; None: it is a fault, or none.

    Whoever forgot this worker, or restored another's database, would look for an outage else.
    """
    if isinstance(error, WitnessRefused | SigningRefused):
        return f"the job {job}", str(error)
    while error is not None:
        if getattr(error, "sqlstate", None) == WORKER_REFUSED:
            return "the worker", UNKNOWN
        error = error.__cause__ or error.__context__
    return None


class _Around:
    """What every job has around it: a connection that works, a sign that it came to its end, one entry if it failed."""

    def __init__(self, movement: Movement) -> None:
        self._movement = movement
        self._without_space: set[str] = set()
        self.worker: int | None = None
        self.doing: set[int] = set()
        """Numbers of the jobs that run in this process, for that worker's number."""

    def __call__(self, call_next: Callable[[], Any], context: JobContext, worker: Worker) -> Any:
        name, number = context.job.task_name.rpartition(".")[2], context.job.id or 0
        self._movement.moved()
        self.worker = worker.worker_id
        self.doing.add(number)
        try:
            if connection.connection is not None and not connection.is_usable():
                connection.close()  # the database was started again since the last job
            done = call_next()
            definer.run("worker_beats", name)
            self._without_space.discard(name)
            refusals.works(f"the job {name}")
            refusals.works("the worker")
        except Exception as error:
            if refusal := refused(error, name):
                refusals.refuses(*refusal)
            elif not _has_no_space(error):
                fault = getattr(error.__cause__, "sqlstate", None) or type(error).__name__
                place = "".join(traceback.format_tb(error.__traceback__))
                log.error("the job %s failed: %s\n%s", name, fault, place)
            elif name not in self._without_space:
                self._without_space.add(name)  # said once: it is tried again each second
                log.error("the job %s fails: no space is left on the disk", name)
            raise
        finally:
            self.doing.discard(number)
            self._movement.moved()
        return done


def _has_no_space(error: BaseException | None) -> bool:
    """Whether the disk is full, here or where the database is."""
    while error is not None:
        if getattr(error, "errno", None) == errno.ENOSPC or getattr(error, "sqlstate", None) == "53100":
            return True
        error = error.__cause__ or error.__context__
    return False


def _end_when_hanging(movement: Movement) -> None:
    """A thread's work: end the process when nothing has gone on for too long. Its job is given back by the next one."""
    while movement.stands_for() < HUNG:
        time.sleep(HEARTBEAT)
    log.error("nothing has moved for %.0f s: the worker ends, to be started again", HUNG)
    os._exit(HANGING)
