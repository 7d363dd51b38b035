"""What is foreign in the chain's tables is taken out, and nothing that the worker's files vouch for."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from hamkori.audit import mending
from hamkori.audit.faults import Fault
from hamkori.audit.witness import WitnessRefused
from tests.audit.foreign import FOREIGN, mend, practised, seal, signature, stands, tables
from tests.audit.working import Worker, superuser
from tests.database import god, raw

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker(db: None, tmp_path: Path) -> Worker:
    return practised(tmp_path)


@pytest.mark.parametrize("kind", ["a batch without a MAC", "without a number", "at the end of time, signed", "both"])
def test_the_rows_are_kept_in_the_workers_folder_and_it_goes_on(worker: Worker, kind: str) -> None:
    for statement in FOREIGN[kind]:
        superuser(statement)
    assert "./hamkori audit-mend shows it" in stands(worker)
    assert worker.report().fault is not None
    taken_out = mend(worker)
    assert taken_out[0].words.startswith(f"{taken_out[0].table} {taken_out[0].number}: {{")
    assert all(one.row in worker.witness.foreign.read_text() for one in taken_out)
    assert worker.witness.foreign_kept() == len(taken_out) == len(FOREIGN[kind])
    assert worker.work() == 3
    assert worker.report(foreign=len(taken_out)).is_whole


def test_a_signature_that_takes_the_next_number_at_an_older_batch(worker: Worker) -> None:
    """The sealer met it as a number that is there already, each second anew."""
    worker.sign()
    worker.wait(seconds=10)
    worker.write()
    worker.seal()  # 5, which is not signed before 6 is sealed
    worker.write()
    worker.seal()
    worker.wait(minutes=1)
    worker.sign()
    superuser(signature(5, "6"))
    assert "a signature that this worker did not make" in stands(worker)
    assert [(one.table, one.number) for one in mend(worker)] == [("ledger_checkpoint", 5)]
    assert worker.work() > 0
    assert worker.report().is_whole


def test_nothing_of_the_worker_is_ever_called_foreign(worker: Worker) -> None:
    """It was killed between the batch and its file, and between the signature and its file, and goes on by itself."""
    old = worker.witness.head()
    worker.wait(minutes=3)
    worker.write()
    worker.work()
    worker.witness.keep(old)
    before = tables()
    with god():
        assert mending.find(worker.witness) == []
    superuser(seal(9))
    assert [one.number for one in mend(worker)] == [9]
    assert {name: rows for name, rows in tables().items() if name != "ledger"} == (
        {name: rows for name, rows in before.items() if name != "ledger"}
    )
    assert worker.work() == 2
    assert worker.report().is_whole


UNTOUCHED = {
    "a batch before the head lost its MAC": ["update ledger_seal set mac = null where id = 2"],
    "a signature before the last is another": ["update ledger_checkpoint set signature = sha512('x') where number = 2"],
}


@pytest.mark.parametrize("kind", UNTOUCHED)
def test_what_stands_before_the_head_is_never_touched(worker: Worker, kind: str) -> None:
    superuser(*UNTOUCHED[kind])
    before = tables()
    with god():
        assert mending.find(worker.witness) == []
    assert mend(worker) == []
    assert tables() == before
    superuser(seal())
    assert [one.number for one in mend(worker)] == [5]
    assert {name: rows for name, rows in tables().items() if name != "ledger"} == (
        {name: rows for name, rows in before.items() if name != "ledger"}
    )
    assert worker.report().fault is not None, "and whoever verifies is told of it"


NOT_WHOLE = {
    "the last batch is gone": ["delete from ledger_seal where id = 4"],
    "the last batch is another": ["update ledger_seal set chain = sha256('x') where id = 4"],
    "the last signature is gone": ["delete from ledger_checkpoint where number = 3"],
    "the last signature stands on a foreign batch": ["update ledger_checkpoint set seal_id = 5 where number = 3"],
}


@pytest.mark.parametrize("kind", NOT_WHOLE)
def test_where_more_is_wrong_nothing_is_taken_out(worker: Worker, kind: str) -> None:
    superuser(seal())
    superuser(*NOT_WHOLE[kind])
    before = tables()
    with pytest.raises(WitnessRefused, match="does not hold"):
        mend(worker)
    assert tables() == before
    assert worker.witness.foreign_kept() == 0
    with pytest.raises(WitnessRefused):
        worker.work()


def test_it_waits_for_nobody_and_leaves_the_triggers(worker: Worker) -> None:
    superuser(seal())
    with raw("hk_clock") as other:
        other.execute("select id from sealer for update")
        with pytest.raises(WitnessRefused, match="another sealer"):
            mend(worker)
    mend(worker)
    question = "select count(*) from pg_trigger where tgname like '%%_stay' and tgenabled <> 'O'"
    with god(), connection.cursor() as cursor:
        cursor.execute(question)
        assert cursor.fetchone() == (0,)


def test_a_file_that_lacks_what_was_taken_out_is_named(worker: Worker) -> None:
    superuser(seal())
    mend(worker)
    worker.work()
    worker.witness.foreign.unlink()
    report = worker.report(foreign=worker.witness.foreign_kept())
    assert report.lines()[-1] == "The file foreign lacks some of the 1 rows that were taken out."
    assert not report.is_whole


def test_a_batch_below_the_first_number_is_named_and_taken_out(worker: Worker) -> None:
    superuser(seal(0))
    assert worker.report().fault == Fault("mac", 0)
    assert [(one.table, one.number) for one in mend(worker)] == [("ledger_seal", 0)]
    assert worker.report(foreign=1).fault is None


TOLD = "1 foreign row was taken out of the chain; the file "


def test_who_verifies_is_told_of_it_once_and_nothing_else_that_is_not_so(worker: Worker) -> None:
    """Red before: the file was said to have the rows that it lacks, or that nobody had looked for; and that nothing was
    removed, right below what was.
    """
    superuser(seal())
    mend(worker)
    worker.work()
    (told,) = (line for line in worker.report(foreign=1).lines() if "taken out" in line)
    assert told == f"{TOLD}foreign beside the signing key has it."
    assert worker.report(foreign=1).lines()[-1] == "Beside that nothing was changed, removed or added."
    (told,) = (line for line in worker.report(foreign=None).lines() if "taken out" in line)
    assert told == f"{TOLD}that must contain it was not looked at."
    told, fault = (line for line in worker.report(foreign=0).lines() if "taken out" in line)
    assert told == f"{TOLD}foreign beside the signing key has 0."
    assert fault == "The file foreign lacks some of the 1 rows that were taken out."
