"""Signatures: one a minute, counted, each naming the one before; and what a new key makes of them."""

import pytest
from nacl.signing import SigningKey

from hamkori.audit import merkle, sealer
from hamkori.audit.faults import Fault
from hamkori.audit.models import LedgerCheckpoint, LedgerSeal
from hamkori.audit.witness import WitnessRefused
from tests.audit.working import Worker, superuser
from tests.database import as_role, god, raw

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_chain_is_signed_once_a_minute_and_only_when_it_grew(worker: Worker) -> None:
    assert not worker.sign(), "nothing to sign"
    worker.write()
    worker.seal()
    assert worker.sign()
    assert not worker.sign()
    worker.wait(minutes=2)
    assert not worker.sign(), "nothing new"
    worker.write()
    worker.seal()
    assert worker.sign()
    worker.write()
    worker.seal()
    assert not worker.sign(), "the minute is not over"
    told = worker.report()
    assert (told.signatures, told.fault) == (2, None)
    with god():
        first, second = LedgerCheckpoint.objects.order_by("seal_id")
    assert (first.number, first.before, second.number, second.before) == (1, 0, 2, 1)


def test_a_signature_of_another_key_or_time_is_named(worker: Worker) -> None:
    worker.days(1)
    assert worker.report(key=SigningKey.generate().verify_key).fault == Fault("signature", 1)
    superuser("update ledger_checkpoint set at = at + interval '1 second'")
    assert worker.report().fault == Fault("signature", 1)
    assert worker.report(key=None).fault is None, "without a key signatures are only counted"


@pytest.mark.parametrize(
    "deed",
    [
        "number = number + 1",
        "before = before + 1",
        "chain_no = 7",
        "signs_next = sha256('x')",
        "lost_batch = 9, lost_chain = sha256('x')",
        "restored_batch = 1",
        "number = null",
    ],
)
def test_every_column_of_a_checkpoint_is_signed(worker: Worker, deed: str) -> None:
    worker.days(2)
    superuser(f"update ledger_checkpoint set {deed} where seal_id = 2")
    fault = worker.report().fault
    assert fault in (Fault("checkpoint", 2), Fault("signature", 2))


@pytest.mark.parametrize(("gone", "fault"), [(1, Fault("checkpoint", 1)), (2, Fault("checkpoint", 2))])
def test_a_checkpoint_that_was_removed_is_missed(worker: Worker, gone: int, fault: Fault) -> None:
    worker.days(3)
    superuser(f"delete from ledger_checkpoint where number = {gone}")
    assert worker.report().fault == fault
    assert worker.report(key=None).fault == fault, "a gap is seen without any key"


def test_the_last_checkpoint_is_missed_by_the_worker_and_after_two_minutes_by_everybody(worker: Worker) -> None:
    worker.days(2)
    worker.write()
    worker.seal()
    superuser("delete from ledger_checkpoint where number = 2")
    assert worker.outside().fault is None
    worker.wait(minutes=3)
    assert worker.outside().fault == Fault("unsigned", 3)
    with pytest.raises(WitnessRefused, match="signature that was made last"):
        worker.sign()


def test_two_minutes_of_batches_under_one_signature_are_a_fault(worker: Worker) -> None:
    """What a cut leaves when a later signature stands where several were."""
    for _ in range(4):
        worker.write()
        worker.seal()
        worker.wait(seconds=50)
    worker.sign()
    assert worker.report().fault == Fault("unsigned", 4)


def test_a_worker_that_stood_signs_what_was_left_before_it_seals_more(worker: Worker) -> None:
    worker.days(1)
    worker.write()
    worker.seal()
    worker.wait(hours=5)
    worker.write()
    assert worker.work() == 1
    worker.wait(minutes=1)
    worker.work()
    assert worker.report().fault is None
    with god():
        assert list(LedgerCheckpoint.objects.order_by("number").values_list("seal_id", flat=True)) == [1, 2, 3]


def test_a_false_checkpoint_after_the_last_is_not_gone_on_from(worker: Worker) -> None:
    worker.days(1)
    worker.write()
    worker.seal()
    superuser(
        "insert into ledger_checkpoint (seal_id, signature, at, number, before, chain_no)"
        " values (2, decode(repeat('00', 64), 'hex'), now(), 2, 1, 1)"
    )
    worker.write()
    worker.seal()
    with pytest.raises(WitnessRefused, match="signature that this worker did not make"):
        worker.sign()
    assert worker.report().fault == Fault("signature", 2)


def test_a_death_between_a_signature_and_the_file_is_made_good(worker: Worker) -> None:
    worker.days(1)
    before = worker.witness.head()
    worker.days(1)
    worker.witness.keep(before)
    worker.days(1)
    assert worker.witness.head().checkpoint == 3
    assert worker.report().is_whole


# --- a ledger from before batches had MACs ------------------------------------------------------------------------


@pytest.fixture
def older(worker: Worker) -> Worker:
    """The ledger as older source has left it: two batches an hour apart, one signed, no MAC, no file but the key."""
    worker.days(1)
    worker.wait(hours=1)
    worker.write()
    worker.seal()
    with god():
        seal = LedgerSeal.objects.get(pk=1)
        at = LedgerCheckpoint.objects.get().at
    text = merkle.uncounted_text(1, bytes(seal.chain), at)
    signature = worker.witness.signer().sign(text).signature.hex()
    superuser(
        "update ledger_seal set mac = null",
        f"update ledger_checkpoint set number = null, before = null, chain_no = null, signs_next = null,"
        f" signature = '\\x{signature}'",
    )
    for name in ("chain", "head"):
        worker.witness.signing_key.with_name(name).unlink()
    return worker.reborn()


def test_an_older_ledger_is_gone_on_with(older: Worker) -> None:
    assert older.work() == 0, "the batch that was left unsigned is signed first"
    older.days(1)
    assert older.report().is_whole
    with god():
        assert [seal.mac is None for seal in LedgerSeal.objects.order_by("id")] == [True, True, False]
        numbers = LedgerCheckpoint.objects.order_by("seal_id").values_list("number", "before")
        assert list(numbers) == [(None, None), (1, 1), (2, 2)]
    superuser("update ledger_seal set mac = null where id = 3")
    assert older.report().fault == Fault("mac", 3)


def test_an_uncounted_checkpoint_after_a_counted_one_is_no_checkpoint(older: Worker) -> None:
    older.work()
    older.days(1)
    superuser("update ledger_checkpoint set number = null, before = null where seal_id = 3")
    assert older.report(key=None).fault == Fault("checkpoint", 2)


# --- a new key of the chain ---------------------------------------------------------------------------------------


def renew(worker: Worker) -> None:
    with as_role("hk_clock"):
        sealer.renew_chain_key(worker.witness)


def test_a_new_key_of_the_chain_begins_with_a_checkpoint_that_names_it(worker: Worker) -> None:
    worker.days(2)
    renew(worker)
    worker.write()
    worker.seal()
    assert worker.sign(), "at once, not after a minute"
    with god():
        assert list(LedgerCheckpoint.objects.order_by("number").values_list("chain_no", flat=True)) == [1, 1, 2]
        macs = [bytes(seal.mac or b"")[:2] for seal in LedgerSeal.objects.order_by("id")]
    assert macs == [b"\x00\x01", b"\x00\x01", b"\x00\x02"]
    assert worker.report().is_whole


def test_a_turn_that_was_killed_before_a_batch_is_gone_on_with(worker: Worker) -> None:
    worker.days(1)
    renew(worker)
    renew(worker)
    assert worker.witness.keys().number == 2, "the first was never used"
    worker.work()
    renew(worker)
    assert worker.witness.keys().number == 3
    worker.work()
    assert worker.report().is_whole


def test_no_key_is_renewed_under_the_hands_of_a_sealer(worker: Worker) -> None:
    with raw("hk_clock") as other:
        other.execute("select id from sealer for update")
        with pytest.raises(WitnessRefused, match="another sealer"):
            renew(worker)
    assert worker.witness.keys().number == 1
