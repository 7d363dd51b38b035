"""The key that signs is turned: the last signature of the old one names the new one, whatever is killed in between."""

from __future__ import annotations

import pytest
from nacl.signing import SigningKey, VerifyKey

from hamkori.audit import sealer, signing, vouched
from hamkori.audit.faults import Fault
from hamkori.audit.models import LedgerCheckpoint
from hamkori.audit.witness import Witness, WitnessRefused
from tests.audit.working import Worker, superuser
from tests.database import as_role, god, raw

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(Exception):
    """The process dies here."""


def renew(worker: Worker) -> None:
    with as_role("hk_clock"):
        sealer.renew_signing_key(worker.witness)


def turned(worker: Worker) -> None:
    renew(worker)
    worker.work()


def founding(worker: Worker) -> VerifyKey:
    """What somebody outside has kept from the beginning."""
    return signing.load_public(signing.public_path(worker.witness.signing_key))


def whole(worker: Worker) -> bool:
    return worker.report(key=founding(worker)).is_whole


def test_the_last_signature_of_the_old_key_names_the_new_one(worker: Worker) -> None:
    worker.days(2)
    first = worker.witness.signer()
    renew(worker)
    worker.work()
    second = worker.witness.signer()
    assert second.encode() != first.encode()
    assert worker.witness.next_signer() is None
    worker.days(2)
    with god():
        named = [bytes(one) for one in LedgerCheckpoint.objects.order_by("number").values_list("signs_next", flat=True)]
    old, new = first.verify_key.encode(), second.verify_key.encode()
    assert named == [old, old, new, new, new]
    assert founding(worker).encode() == old, "who verifies goes on from the first"
    assert whole(worker)
    lines = signing.public_path(worker.witness.signing_key).read_text().split()
    assert lines == [signing.public_text(first), signing.public_text(second)]
    assert worker.report(key=second.verify_key).fault == Fault("signature", 1)


def test_a_turn_is_under_way_until_a_checkpoint_names_the_new_key(worker: Worker) -> None:
    with as_role("hk_clock"):
        assert not sealer.is_named(worker.witness), "nothing is signed yet"
    worker.days(1)
    with as_role("hk_clock"):
        assert sealer.is_named(worker.witness)
    renew(worker)
    with as_role("hk_clock"):
        assert not sealer.is_named(worker.witness)
    worker.work()
    with as_role("hk_clock"):
        assert sealer.is_named(worker.witness)


def test_a_signature_of_the_old_key_after_it_was_turned_is_named(worker: Worker) -> None:
    """Whoever has stolen it signs nothing any more."""
    worker.days(1)
    stolen = worker.witness.signer()
    renew(worker)
    worker.work()
    worker.days(1)
    with god():
        last = LedgerCheckpoint.objects.latest("number")
        chain = bytes(sealer.LedgerSeal.objects.get(pk=last.seal_id).chain)
    forged = stolen.sign(vouched.text_of(last, chain)).signature
    superuser(f"update ledger_checkpoint set signature = '\\x{forged.hex()}' where number = {last.number}")
    assert worker.report(key=founding(worker)).fault == Fault("signature", last.seal_id)


@pytest.mark.parametrize("killed_at", ["make_next_signer", "keep", "take_next_signer", "add_public"])
def test_a_turn_that_is_killed_is_gone_on_with(worker: Worker, killed_at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    worker.days(1)
    old = worker.witness.signer().verify_key.encode()

    calls, keep = [], Witness.keep

    def killed(*args: object) -> None:
        calls.append(args)
        if killed_at != "keep" or len(calls) == 2:  # once before the signature, once when it is committed
            raise Killed
        keep(*args)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        place = signing if killed_at == "add_public" else Witness
        patch.setattr(place, killed_at, killed)
        with pytest.raises(Killed):
            turned(worker)
    for _ in range(2):
        turned(worker)
    worker.wait(seconds=70)
    worker.sign()
    worker.days(1)
    assert worker.witness.signer().verify_key.encode() != old
    assert whole(worker)


def test_a_next_key_that_was_half_written_is_made_again(worker: Worker) -> None:
    worker.days(1)
    half = worker.witness.signing_key.with_name("signing-key.next")
    half.write_text(SigningKey.generate().encode().hex()[:20])
    half.chmod(0o400)
    assert worker.witness.next_signer() is None
    renew(worker)
    worker.work()
    assert whole(worker)
    assert not half.exists()


def test_no_key_is_turned_under_the_hands_of_a_sealer(worker: Worker) -> None:
    with raw("hk_clock") as other:
        other.execute("select id from sealer for update")
        with pytest.raises(WitnessRefused, match="another sealer"):
            renew(worker)
    assert worker.witness.next_signer() is None
