"""Heads that were kept outside, after a backup was put back: of the new chain they prove as much as of any other.

Red on 3f58cb0: every kept head whose number lay among the batches that were given up was taken for one of these,
whatever its value, also one that was kept after the restore; and a second, older backup made the worker forget what the
first one had given up.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from hamkori.audit import restoring
from hamkori.audit.faults import Fault
from hamkori.audit.models import LedgerCheckpoint, LedgerSeal
from hamkori.audit.witness import Head
from tests.attacks.counted import tried
from tests.audit.working import Worker, superuser
from tests.database import as_role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker(db: None, tmp_path: Path) -> Worker:
    return Worker(tmp_path)


def put_back(batch: int) -> None:
    superuser(
        f"delete from ledger_checkpoint where seal_id > {batch}",
        f"delete from ledger_seal where id > {batch}",
        f"delete from ledger where tx >= coalesce((select next_tx from ledger_seal where id = {batch}), 0)",
    )


def go_on(worker: Worker) -> Head:
    with as_role("hk_clock"):
        return restoring.begin(worker.witness, restoring.find(worker.witness), None)


def test_a_head_of_after_the_restore_shows_that_the_ledger_was_written_anew(worker: Worker) -> None:
    """Whoever holds the worker's files writes anew what an auditor has had a head of: it is called lost by a backup."""
    worker.days(8)
    put_back(2)
    go_on(worker)
    worker.work()
    worker.days(2)
    mailed = worker.witness.head()
    assert mailed.batch == 5
    assert worker.outside([mailed]).found == 1, "an auditor was mailed it, and it holds"
    put_back(3)  # the thief of the files, and of the database: the rows of batch 4 and 5 never were
    with as_role("hk_clock"):
        last = LedgerSeal.objects.get(id=3)
        number = LedgerCheckpoint.objects.order_by("-number").values_list("number", flat=True)[0]
    worker.witness.keep(Head(batch=3, chain=bytes(last.chain), checkpoint=number or 0))
    worker.days(4)
    said = worker.outside([mailed])
    assert said.fault == Fault("head", mailed.batch), said.lines()
    tried()


def test_an_older_backup_after_a_first_restore_keeps_what_the_first_gave_up(worker: Worker) -> None:
    """Two backups in a row, each gone on from by the command: a head of the first chain is of lost batches."""
    worker.days(8)
    kept = worker.witness.head()
    put_back(4)
    go_on(worker)
    worker.work()
    worker.days(1)
    assert worker.outside([kept]).given_up == 1
    put_back(3)
    go_on(worker)
    worker.work()
    worker.days(1)
    said = worker.outside([kept])
    assert (said.fault, said.given_up) == (None, 1), said.lines()
    tried()
