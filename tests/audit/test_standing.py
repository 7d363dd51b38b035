"""A sealer that stands still is seen, whoever makes it stand and whatever he writes to hide it."""

import psycopg
import pytest

from hamkori.audit import standing
from tests.audit.working import Worker, superuser
from tests.database import raw

pytestmark = pytest.mark.django_db(transaction=True)


def faults(worker: Worker) -> list[str]:
    with raw("hk_clock") as clock:
        return standing.faults(clock, worker.witness)


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
    assert said.startswith("the sealer stands still since ")
    told = worker.report()
    assert told.fault is None
    assert not told.is_whole
    assert told.lines()[-2].startswith("The sealer stands still since ")


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
    assert faults(worker) == ["the sealer refuses: the database does not hold the batch that was sealed last"]
    superuser("delete from ledger_checkpoint where seal_id = 2", "delete from ledger_seal where id = 2")
    assert "the sealer refuses: the database does not hold the batch that was sealed last" in faults(worker)


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
