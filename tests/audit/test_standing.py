"""A sealer that stands still is seen, whoever makes it stand and whatever he writes to hide it."""

import re
from pathlib import Path

import psycopg
import pytest

from hamkori.audit import mending, standing
from hamkori.audit.restoring import find
from hamkori.audit.witness import WitnessRefused
from tests.audit.foreign import mend
from tests.audit.working import Worker, superuser
from tests.database import god, raw

pytestmark = pytest.mark.django_db(transaction=True)

WALL = Path("src/hamkori/audit/walls/10_ledger.sql").read_text()
MADE_AGAIN = re.findall(r"^insert into sealer .*$", WALL, re.MULTILINE)
"""What `migrate` does about it, since walls are run each time."""


def faults(worker: Worker) -> list[str]:
    with raw("hk_clock") as clock:
        return standing.faults(clock, worker.witness)


def look(worker: Worker) -> None:
    with god():
        mending.assure(worker.witness)


def test_a_sealer_that_works_is_well(worker: Worker) -> None:
    assert faults(worker) == [], "nothing is written and nothing waits"
    worker.days(2)
    assert faults(worker) == []
    assert worker.report().is_whole


@pytest.mark.parametrize("beat", ["- interval '10 minutes'", "+ interval '10 minutes'"])
def test_a_beat_that_is_old_or_of_the_future_is_seen(worker: Worker, beat: str) -> None:
    worker.days(1)
    superuser(f"update sealer set beat = clock_timestamp() {beat}")
    (said,) = faults(worker)
    assert said.startswith("the sealer has not worked since ")
    told = worker.report()
    assert told.fault is None
    assert not told.is_whole
    assert told.lines()[-2].startswith("The sealer has not worked since ")


def test_rows_that_wait_are_seen_though_the_beat_is_new(worker: Worker) -> None:
    worker.write(2)
    worker.wait(hours=3)
    superuser("update sealer set beat = clock_timestamp()")
    (said,) = faults(worker)
    assert said == "2 rows wait for the sealer since 3 h"
    assert not worker.report().is_whole


def test_one_row_that_waits_is_one(worker: Worker) -> None:
    worker.write()
    worker.wait(minutes=7)
    assert faults(worker) == ["1 row waits for the sealer since 7 min"]


def test_batches_without_a_signature_are_seen(worker: Worker) -> None:
    worker.write()
    worker.seal()
    worker.wait(minutes=5)
    (said,) = faults(worker)
    assert said.startswith("what was sealed is not signed since ")


def test_a_head_that_the_database_lacks_is_seen(worker: Worker) -> None:
    worker.days(2)
    superuser("update ledger_seal set chain = sha256('x') where id = 2")
    (said,) = faults(worker)
    assert said.startswith(
        "the sealer refuses: the database does not hold the batch that was sealed last; if you put a"
    )
    superuser("delete from ledger_checkpoint where seal_id = 2", "delete from ledger_seal where id = 2")
    assert said in faults(worker)


def test_a_head_that_is_not_there_is_seen_where_the_worker_is(worker: Worker) -> None:
    worker.days(1)
    worker.witness.signing_key.with_name("head").unlink()
    (said,) = faults(worker)
    assert said == "the sealer refuses: the file head is not beside the signing key"
    worker.witness.signing_key.with_name("chain").unlink()
    assert faults(worker) == [], "on another machine the database's word is all there is"


def test_files_of_another_user_are_not_taken_for_a_fault(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read everything, so the refusal is played."""

    def closed(self: object) -> object:
        raise PermissionError

    monkeypatch.setattr("hamkori.audit.witness.Witness.head", closed)
    assert faults(worker) == []


def test_pages_may_ask_how_the_sealer_stands_and_no_more(worker: Worker) -> None:
    worker.write()
    with raw("hk_app") as pages:
        assert standing.ask(pages).waiting == 1
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            pages.execute("select beat from sealer")


def test_a_row_of_the_sealer_that_is_gone_is_seen_by_all_and_mended_by_migrate(worker: Worker) -> None:
    """Red on 344b014: nothing was sealed, and nobody said why."""
    worker.days(1)
    superuser("delete from sealer")
    said = "the row by which the sealer works is missing from the database; ./hamkori migrate makes it again"
    assert faults(worker) == [f"the sealer refuses: {said}"]
    with raw("hk_app") as pages:
        assert standing.ask(pages).faults() == [f"the sealer refuses: {said}"]
    for deed in (worker.work, worker.sign, lambda: mend(worker), lambda: look(worker)):
        with pytest.raises(WitnessRefused, match=re.escape(said)):
            deed()
    told = worker.report()
    assert told.fault is None
    assert f"The sealer refuses: {said}." in told.lines()
    superuser(*MADE_AGAIN)
    worker.days(1)
    assert faults(worker) == []


def test_what_the_owner_changed_of_the_walls_is_said_and_the_sealer_sees_all_or_stops(worker: Worker) -> None:
    worker.days(1)
    worker.write()
    superuser(
        "alter policy ledger_for_the_sealer on ledger using (id < 0)",
        "alter table ledger disable trigger ledger_rows_stay",
        "alter function ledger_write set search_path = public",
    )
    try:
        for deed in (worker.work, lambda: find(worker.witness)):
            with pytest.raises(
                WitnessRefused, match="the policy ledger_for_the_sealer on ledger is not of this source"
            ):
                deed()
        said = worker.report().standing
    finally:
        superuser(
            "alter policy ledger_for_the_sealer on ledger using (true)",
            "alter table ledger enable trigger ledger_rows_stay",
            "alter function ledger_write set search_path = ''",
        )
    assert said == [
        "the policy ledger_for_the_sealer on ledger is not of this source",
        "the trigger ledger_rows_stay on ledger is not of this source",
        "functions of the ledger are not those of this source: ledger_write",
    ]
    assert worker.work() == 1
    assert worker.report().is_whole
