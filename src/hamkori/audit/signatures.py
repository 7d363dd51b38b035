"""Checkpoints beside the chain: each in its turn and in time, and signed by the key that the one before it named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from nacl.signing import VerifyKey

from hamkori.audit import signing
from hamkori.audit.faults import Fault
from hamkori.audit.models import LedgerCheckpoint, LedgerSeal
from hamkori.audit.standing import LATE
from hamkori.audit.vouched import text_of
from hamkori.audit.witness import GivenUp


class Signatures:
    """Goes along the chain, batch by batch. Without a key it counts and measures, and believes no restore."""

    def __init__(self, checkpoints: Iterable[LedgerCheckpoint], key: VerifyKey | None) -> None:
        self._of_batch = {checkpoint.seal_id: checkpoint for checkpoint in checkpoints}
        # From before checkpoints were counted: there a gap was no fault.
        self._uncounted_until = max((n for n, known in self._of_batch.items() if known.number is None), default=0)
        self.key = key
        """The one that the next signature is to carry."""
        self._number = self._before = 0
        self._unsigned_since: datetime | None = None
        self.gaps: list[tuple[GivenUp, datetime]] = []
        """What was given up after a restore, and when that was signed."""

    def pass_by(self, seal: LedgerSeal) -> Iterator[Fault]:
        """What is wrong with the signature of this batch, or with there being none for so long."""
        if self._unsigned_since is None:
            self._unsigned_since = seal.at
        checkpoint = self._of_batch.get(seal.id)
        if checkpoint:
            yield from self._faults_of(checkpoint, bytes(seal.chain))
        if seal.id > self._uncounted_until:
            yield from self.late(seal.at, seal.id)
        if checkpoint:
            self._before, self._unsigned_since = seal.id, None

    def late(self, now: datetime, batch: int) -> Iterator[Fault]:
        """Whether what was sealed has waited too long for a signature."""
        if self._unsigned_since is not None and now - self._unsigned_since > LATE:
            yield Fault("unsigned", batch)

    def _faults_of(self, checkpoint: LedgerCheckpoint, chain: bytes) -> Iterator[Fault]:
        if checkpoint.number is not None or self._number:
            if (checkpoint.number, checkpoint.before) != (self._number + 1, self._before):
                yield Fault("checkpoint", self._number + 1)
            self._number += 1
        if self.key is None:
            return
        if not signing.holds(self.key, text_of(checkpoint, chain), bytes(checkpoint.signature)):
            yield Fault("signature", checkpoint.seal_id)
        if checkpoint.signs_next is not None:
            self.key = VerifyKey(bytes(checkpoint.signs_next))
        if checkpoint.lost_batch is not None and checkpoint.lost_chain is not None:
            lost = bytes(checkpoint.lost_chain)
            gap = GivenUp(checkpoint.lost_batch, lost, checkpoint.restored_batch or 0)
            self.gaps.append((gap, checkpoint.at))
