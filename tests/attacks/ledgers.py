"""What attacks on the ledger share: a deed that is undone afterwards, and what has to have come of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hamkori.audit import standing
from hamkori.audit.models import LedgerCheckpoint, LedgerSeal
from hamkori.audit.signing import SigningRefused
from hamkori.audit.witness import WitnessRefused
from tests.audit import kept
from tests.audit.working import Worker, intruding, put_back, taken
from tests.database import god, raw

BATCHES = 4


def practised(folder: Path) -> Worker:
    """A worker that has sealed and signed four batches, the last one three minutes ago."""
    return kept.put(_practise, folder)


def _practise(folder: Path) -> Worker:
    made = Worker(folder)
    made.days(BATCHES)
    made.wait(minutes=3)
    return made


@contextmanager
def attacked(worker: Worker, *statements: str) -> Iterator[None]:
    """What somebody did who no right stops, and afterwards the ledger and the worker's folder as they were."""
    kept = {path: (path.read_bytes(), path.stat().st_mode) for path in worker.witness.signing_key.parent.iterdir()}
    with intruding() as intruder:
        rows = taken(intruder)
        for statement in statements:
            intruder.execute(statement)
    try:
        yield
    finally:
        with intruding() as intruder:
            put_back(intruder, rows)
        for path, (content, mode) in kept.items():
            path.unlink(missing_ok=True)
            path.write_bytes(content)
            path.chmod(mode)


def is_refused(worker: Worker) -> None:
    """The honest worker neither seals nor signs on top of this, and says so to whoever asks for its state."""
    with god():
        before = LedgerSeal.objects.count(), LedgerCheckpoint.objects.count()
    worker.write()
    with pytest.raises((WitnessRefused, SigningRefused)):
        worker.work()
    with god():
        assert (LedgerSeal.objects.count(), LedgerCheckpoint.objects.count()) == before


def is_seen_by_status(worker: Worker) -> None:
    with raw("hk_clock") as clock:
        assert standing.faults(clock, worker.witness) != []


def cut(after: int, *, rows: bool) -> list[str]:
    """The end gone, with its signatures, and with its rows or without."""
    start = f"coalesce((select next_tx from ledger_seal where id = {after}), 0)"
    return [
        *([f"delete from ledger where tx >= {start}"] if rows else []),
        f"delete from ledger_checkpoint where seal_id > {after}",
        f"delete from ledger_seal where id > {after}",
    ]
