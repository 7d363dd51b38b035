"""Real workers on the tests' database, to be killed at their work."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from hamkori.audit import founding
from hamkori.audit.witness import Witness
from tests import database
from tests.database import address, god
from tests.site.ready import Begun
from tests.site.waiting import until

LEDGER_ROW = "select ledger_system('referral.lapse', 'done', '', '', '', null, null, '', null, null, '', null, null)"


class Workers:
    """Those that were begun, all ended at the end."""

    def __init__(self, log: Path) -> None:
        self._begun: list[Begun] = []
        self._log = log
        # A head is of one database: the next test has another.
        self._key = log.parent / "sign" / "signing-key"
        with god():
            founding.ensure(Witness(self._key))

    def environment(self) -> dict[str, str]:
        """Of each of them."""
        return os.environ | {
            "HAMKORI_CLOCK_URL": address("hk_clock"),
            "HAMKORI_ASSUME_ROLE": "hk_clock",
            "HAMKORI_SIGNING_KEY": str(self._key),
            "PYTHONPATH": "src",
        }

    def begin(self) -> Begun:
        """One more, as `./hamkori worker` begins it."""
        worker = Begun(["worker"], self.environment(), self._log)
        self._begun.append(worker)
        return worker

    def end(self) -> None:
        """None is left, the stopped ones neither."""
        for worker in self._begun:
            worker.kill()
            worker.wait(30)
        while _asks:
            _asks.pop().close()

    def said(self) -> str:
        """What they said, all together."""
        return self._log.read_text()


_asks: list[psycopg.Connection] = []
"""The connection that asks, while it stands: the same is asked until it is so, and a new one costs more than that."""


def ask(question: str, *values: object) -> object:
    """One answer, as a superuser."""
    while True:
        new = not _asks
        if new:
            _asks.append(psycopg.connect(address("postgres"), autocommit=True))
        try:
            row = _asks[0].execute(question, values).fetchone()  # type: ignore[call-overload]
        except psycopg.OperationalError:
            _asks.pop().close()
            if new:
                raise  # else it was of the test before, whose database is gone
        else:
            return row and row[0]


@contextmanager
def nobody_reads(table: str) -> Iterator[None]:
    """While this lasts, whoever reads that table waits: a job that does so is caught at its work."""
    with psycopg.connect(address("postgres")) as opened:
        opened.execute(f"lock table {table} in access exclusive mode")  # type: ignore[call-overload]
        yield
        opened.rollback()


def in_hand(task: str) -> int:
    """The number of the job that a worker has begun and not ended; waits until there is one."""
    found: list[object] = []

    def begun() -> bool:
        found[:] = [ask("select id from procrastinate_jobs where status = 'doing' and task_name like %s", f"%.{task}")]
        return found[0] is not None

    until(begun, 40)
    assert isinstance(found[0], int)
    return found[0]


def is_left(job: int) -> bool:
    """Whether the queue still believes that somebody does this job."""
    return ask("select 1 from procrastinate_jobs where status = 'doing' and id = %s", job) is not None


def unsealed() -> object:
    """How many rows of the ledger are in no batch."""
    return ask(
        "select count(*) from ledger l where l.tx >="
        " coalesce((select max(s.next_tx) from ledger_seal s where s.cluster = l.cluster), 0)"
    )


def write_a_row() -> None:
    """One act in the ledger, to be sealed."""
    with database.worker(autocommit=True) as opened:
        opened.execute(LEDGER_ROW)


def kill(worker: Begun, number: signal.Signals = signal.SIGKILL) -> None:
    """The signal and, if it ends it, its end."""
    worker.send_signal(number)
    if number == signal.SIGKILL:
        worker.wait(30)
