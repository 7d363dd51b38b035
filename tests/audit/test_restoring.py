"""After a backup was put back: an older end of the chain is gone on from when told, and what was given up is read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hamkori.audit import restoring, sealer, signing, standing
from hamkori.audit.faults import Fault
from hamkori.audit.models import Ledger, LedgerCheckpoint
from hamkori.audit.witness import GivenUp, Head, Witness, WitnessRefused
from tests.audit.working import Worker, reckon_anew, superuser
from tests.database import as_role, god, raw

pytestmark = pytest.mark.django_db(transaction=True)


def put_back(batch: int) -> None:
    """A backup from when this batch was the newest."""
    superuser(
        f"delete from ledger_checkpoint where seal_id > {batch}",
        f"delete from ledger_seal where id > {batch}",
        f"delete from ledger where tx >= coalesce((select next_tx from ledger_seal where id = {batch}), 0)",
    )


def find(worker: Worker) -> restoring.Cut:
    with as_role("hk_clock"):
        return restoring.find(worker.witness)


def go_on(worker: Worker) -> Head:
    """As `audit-mend --restored --apply`."""
    with as_role("hk_clock"):
        return restoring.begin(worker.witness, restoring.find(worker.witness), None)


def is_refused(worker: Worker, reason: str) -> str:
    """Told to go on, it changes nothing and says why."""
    before = worker.witness.head()
    with pytest.raises(WitnessRefused) as caught:
        go_on(worker)
    assert caught.value.reason == reason
    assert worker.witness.head() == before
    return str(caught.value)


def test_it_goes_on_only_when_told_and_its_first_signature_names_both_ends(worker: Worker) -> None:
    worker.days(4)
    kept = worker.witness.head()
    put_back(2)
    with pytest.raises(WitnessRefused, match=r"\./hamkori audit-mend --restored"):
        worker.work()
    cut = find(worker)
    assert (cut.known, cut.found.batch, cut.found.checkpoint, cut.batches) == (kept, 2, 2, 2)
    assert cut.found_at is not None
    assert worker.witness.head() == kept, "looking changes nothing"
    assert go_on(worker).batch == 2
    assert worker.work() == 2, "the restore itself is written down, and its alarm"
    with god():
        first = LedgerCheckpoint.objects.order_by("-number")[0]
        assert (first.number, first.seal_id) == (3, 3)
        assert (first.lost_batch, bytes(first.lost_chain or b""), first.restored_batch) == (4, kept.chain, 2)
        told = Ledger.objects.get(action_code="ledger.restore")
        assert (told.role_code, told.reason_code, told.count) == ("system", "backup", 2)
        assert Ledger.objects.get(action_code="tag.mismatch").object_kind_code == "ledger"
    assert worker.witness.head().given_up is None, "said once"
    worker.days(1)
    told_outside = worker.outside([kept])
    assert (told_outside.fault, told_outside.found, told_outside.given_up) == (None, 0, 1)
    assert any("1 kept head is of batches that were lost" in line for line in told_outside.lines())
    assert any(line.startswith("2 batches after batch 2 were given up at ") for line in worker.report().lines())
    assert not worker.report(key=None).gaps, "without a key no restore is believed"


DATED_BACK = (
    "insert into ledger (id, cluster, tx, at, action_code, decision_code, role_code, scope_code, object_kind_code,"
    " section_code, reason_code) select nextval('ledger_number'), cluster, pg_current_xact_id()::text::bigint,"
    " hk_now() - interval '1 hour', 'case.view', 'done', '', '', '', '', '' from ledger order by id limit 1"
)


def test_a_backup_with_a_row_that_was_sealed_with_a_false_time_is_gone_on_from(worker: Worker) -> None:
    """Who owns the tables dates one back: that is named for good, and stops no restore. Red on 3f58cb0."""
    worker.days(2)
    superuser(DATED_BACK)
    worker.wait(minutes=3)
    assert worker.work() == 1
    with god():
        row = Ledger.objects.get(action_code="case.view")
    assert worker.report().fault == Fault("time", row.id)
    worker.days(1)
    put_back(worker.witness.head().batch - 1)
    cut = find(worker)
    assert (cut.batches, cut.dated) == (1, (row.id,))
    superuser("update ledger_seal set mac = null where id = 3")
    assert "Batch 3 was not made" in is_refused(worker, "not_cut")


def test_a_head_that_no_restore_accounts_for_stays_a_fault(worker: Worker) -> None:
    worker.days(4)
    kept = worker.witness.head()
    put_back(2)
    go_on(worker)
    worker.work()
    worker.days(1)
    for head in (Head(batch=4, chain=bytes(32)), Head(batch=2, chain=bytes(32)), Head(batch=7, chain=kept.chain)):
        assert worker.outside([head]).fault == Fault("head", head.batch)
    between = worker.outside([Head(batch=3, chain=bytes(32))])
    assert (between.fault, between.unknown) == (Fault("head", 3), 1), "nobody knows of which chain it is"
    assert not between.is_whole
    assert any("nobody knows of which chain it is" in line for line in between.lines())


def test_a_second_restore_before_any_signature_says_both_heads_one_after_the_other(worker: Worker) -> None:
    worker.days(3)
    kept = [worker.witness.head()]
    put_back(2)
    go_on(worker)
    worker.seal()
    kept.append(worker.witness.head())
    put_back(1)
    given_up = go_on(worker).given_up
    assert given_up == worker.witness.head().given_up == GivenUp(3, kept[0].chain, 1)
    assert worker.witness.head().waiting == (GivenUp(3, kept[1].chain, 1),)
    worker.work()
    with god():
        assert LedgerCheckpoint.objects.order_by("-number")[0].lost_batch == 3
    assert [worker.outside([one]).given_up for one in kept] == [1, 0]
    worker.days(1)
    assert [worker.outside([one]).given_up for one in kept] == [1, 1]
    assert len(worker.witness.head().said) == 2


def test_a_restore_that_is_told_twice_with_nothing_sealed_between_says_it_once(worker: Worker) -> None:
    worker.days(3)
    kept = worker.witness.head()
    put_back(2)
    go_on(worker)
    superuser("delete from ledger_checkpoint where number = 2")
    go_on(worker)
    told = worker.witness.head()
    assert (told.given_up, told.waiting) == (GivenUp(3, kept.chain, 2), ())
    worker.work()
    worker.days(1)
    assert worker.report().is_whole
    assert worker.outside([kept]).given_up == 1


def test_an_empty_backup_begins_at_nothing(worker: Worker) -> None:
    worker.days(1)
    put_back(0)
    assert find(worker).found_at is None
    assert go_on(worker).batch == 0
    assert worker.work() == 2
    assert worker.report().fault is None


def test_a_backup_that_lacks_only_the_last_signature_is_one_too(worker: Worker) -> None:
    """Taken within the minute between a batch and its signature, and nothing was sealed after it."""
    worker.days(3)
    superuser("delete from ledger_checkpoint where number = 3")
    with pytest.raises(WitnessRefused, match=r"signature that was made last; .*--restored"):
        worker.work()
    with raw("hk_clock") as clock:
        assert any("signature that was made last" in said for said in standing.faults(clock, worker.witness))
    assert find(worker).batches == 0
    go_on(worker)
    worker.work()
    worker.days(1)
    report = worker.report()
    assert report.is_whole
    assert any(line.startswith("A signature after batch 3 was given up at ") for line in report.lines())


def test_it_is_refused_where_nothing_is_missing(worker: Worker) -> None:
    is_refused(worker, "not_restored")
    worker.days(3)
    is_refused(worker, "not_restored")


FORGED = (
    "insert into ledger_seal (id, cluster, first_tx, next_tx, count, leaves, root, chain, mac, at)"
    " select 3, cluster, next_tx, next_tx + 1, 1, leaves, root, sha256('mine'), mac, at from ledger_seal where id = 2"
)
CHANGED = {
    "a row": ["update ledger set reason_code = 'other' where id = (select min(id) from ledger)"],
    "a row that is gone": ["delete from ledger where id = (select min(id) from ledger)"],
    "a batch that lost its MAC": ["update ledger_seal set mac = null where id = 2"],
    "a signature": ["update ledger_checkpoint set signature = sha512('x') where number = 1"],
    "a batch in the middle": [
        "delete from ledger_checkpoint where seal_id = 1",
        "delete from ledger_seal where id = 1",
    ],
    "a batch that bears no time": ["update ledger_seal set at = 'infinity' where id = 2"],
    "one more batch": [FORGED],
    "a batch below the first": [FORGED.replace("select 3,", "select 0,")],
}


@pytest.mark.parametrize("kind", CHANGED)
def test_a_chain_that_is_changed_and_not_only_older_is_never_gone_on_with(worker: Worker, kind: str) -> None:
    worker.days(4)
    put_back(2)
    superuser(*CHANGED[kind])
    assert "not only an older end" in is_refused(worker, "not_cut")


def test_a_chain_that_was_reckoned_anew_is_not_gone_on_with(worker: Worker) -> None:
    worker.days(4)
    put_back(2)
    superuser("update ledger set reason_code = 'other' where id = (select min(id) from ledger)", *reckon_anew())
    is_refused(worker, "not_cut")


def test_another_batch_in_the_place_of_the_last_is_no_older_end(worker: Worker) -> None:
    worker.days(3)
    superuser("update ledger_seal set chain = sha256('x') where id = 3")
    is_refused(worker, "not_cut")


def test_one_who_writes_the_database_alone_makes_it_go_on_with_nothing(worker: Worker) -> None:
    """What the command does is done in the worker's folder; its rows of the ledger move no sealer."""
    worker.days(3)
    put_back(2)
    superuser(
        "insert into ledger select max(id) + 1, cluster, max(tx) + 1, now(), 'ledger.restore', 'done', null, null,"
        " null, null, 'system', '', 'ledger', null, null, '', null, null, '', null, 1 from ledger group by cluster"
    )
    with pytest.raises(WitnessRefused, match="batch that was sealed last"):
        worker.work()


def test_it_waits_for_no_sealer_and_not_beside_a_worker(worker: Worker) -> None:
    worker.days(3)
    put_back(2)
    with raw("hk_clock") as other:
        other.execute("select id from sealer for update")
        is_refused(worker, "busy")
    with worker.witness.in_use(), worker.witness.in_use():
        is_refused(worker, "at_work")
    cut = find(worker)
    put_back(1)
    with as_role("hk_clock"), pytest.raises(WitnessRefused, match="another sealer"):
        restoring.begin(worker.witness, cut, None)
    go_on(worker)


@contextmanager
def former_key(worker: Worker) -> Iterator[None]:
    """Its signing key is turned meanwhile; at the end it has the former one again."""
    path = worker.witness.signing_key
    former = path.read_bytes()
    with as_role("hk_clock"):
        sealer.renew_signing_key(worker.witness)
    worker.work()
    worker.days(2)
    yield
    path.unlink()
    path.write_bytes(former)
    path.chmod(signing.MODE)


def test_a_backup_from_before_a_turn_of_the_signing_key_needs_the_key_of_its_time(worker: Worker) -> None:
    worker.days(2)
    with former_key(worker):
        put_back(2)
        assert "put signing-key of its time back" in is_refused(worker, "signer_turned")
    go_on(worker)
    worker.work()
    worker.days(1)
    assert worker.report().is_whole


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(WitnessRefused, match="head is not beside"), Witness(tmp_path / "no" / "key").in_use(alone=True):
        pass


def test_without_the_public_key_signatures_are_counted_only(worker: Worker) -> None:
    worker.days(3)
    put_back(2)
    signing.public_path(worker.witness.signing_key).unlink()
    assert go_on(worker).batch == 2
