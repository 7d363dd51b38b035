"""Rows that somebody adds to the chain's tables who writes the database and holds none of the worker's files."""

from __future__ import annotations

from pathlib import Path

import pytest

from hamkori.audit import mending, standing
from hamkori.audit.models import LedgerCheckpoint, LedgerSeal
from hamkori.audit.witness import WitnessRefused
from tests.audit import kept
from tests.audit.working import Worker, taken
from tests.database import god, raw

SEAL = (
    "insert into ledger_seal (id, cluster, first_tx, next_tx, count, leaves, root, chain, mac, at)"
    " select {id}, cluster, next_tx, {next}, 1, leaves, root, sha256('mine'), {mac}, {at}"
    " from ledger_seal where id = 3"
)
SIGNATURE = (
    "insert into ledger_checkpoint (seal_id, signature, at, number, before, chain_no, signs_next)"
    " values ({of}, {said}, {at}, {number}, 3, 1, sha256('key'))"
)


def seal(number: int = 5, mac: str = "null", at: str = "hk_now()", end: str = "next_tx + 1") -> str:
    return SEAL.format(id=number, mac=mac, at=at, next=end)


def signature(of: int, number: str, at: str = "hk_now()", said: str = "sha512('x')") -> str:
    return SIGNATURE.format(of=of, number=number, at=at, said=said)


# Batches 1 to 3 are signed by signatures 1 to 3, batch 4 waits for its signature.
FOREIGN = {
    "a batch without a MAC": [seal()],
    "with an invented one": [seal(mac="'\\x0001' || sha256(chain)")],
    "with the MAC of another batch": [seal(mac="mac")],
    "far behind the last": [seal(9223372036854775807)],
    "two of them": [seal(5), seal(6)],
    "that ends all windows": [seal(end="9223372036854775807")],
    "at the end of time": [seal(at="'infinity'")],
    "a signature of a batch that waits for one": [signature(4, "4")],
    "with the worker's last": [signature(4, "4", said="(select signature from ledger_checkpoint where number = 3)")],
    "without a number": [signature(4, "null")],
    "with a number that is none": [signature(4, "0")],
    "with one below": [signature(4, "-1")],
    "with one far ahead": [signature(4, "9223372036854775807")],
    "at the end of time, signed": [signature(4, "4", at="'infinity'")],
    "both": [seal(), signature(5, "4")],
    "both, without a number": [seal(), signature(5, "null")],
}


def practised(folder: Path) -> Worker:
    """It has sealed four batches and signed three of them."""
    return kept.put(_practise, folder)


def _practise(folder: Path) -> Worker:
    made = Worker(folder)
    made.days(3)
    made.wait(seconds=30)
    made.write(2)
    assert made.seal() == 2
    return made


def stands(worker: Worker) -> str:
    """It neither seals nor signs; what `status` says of it."""
    with god():
        before = LedgerSeal.objects.count(), LedgerCheckpoint.objects.count()
    worker.write()
    worker.wait(minutes=3)
    with pytest.raises(WitnessRefused):
        worker.work()
    with god():
        assert (LedgerSeal.objects.count(), LedgerCheckpoint.objects.count()) == before
    with raw("hk_clock") as clock:
        return " ".join(standing.faults(clock, worker.witness))


def mend(worker: Worker) -> list[mending.Foreign]:
    with god():
        return mending.take_out(worker.witness, None)


def tables() -> dict[str, bytes]:
    with raw("postgres") as seen:
        return taken(seen)
