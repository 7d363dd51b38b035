"""The bytes of the ledger's chain: leaf, node, chain, and what a checkpoint signs. Pure; the formulas never change.

leaf  = SHA-256(00 + fields), each field with its length before it
node  = SHA-256(01 + left + right); a node without a partner goes up as it is
chain = SHA-256(02 + chain before + root + count + cluster + end of the window + time)

A checkpoint signs `canon("checkpoint", ...)`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from hamkori.canon import Single, canon, measured, micros

START = bytes(32)
"""What stands before the first batch."""

ENTRY_BYTES = 40
"""One row in `leaves`: its number in 8 bytes, its leaf in 32."""


def leaf(fields: Iterable[Single]) -> bytes:
    """The hash of one row. Nothing and the empty text differ; so do ("ab", "c") and ("a", "bc")."""
    return hashlib.sha256(b"\x00" + b"".join(map(measured, fields))).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The hash over all leaves in order; at least one."""
    level = list(leaves)
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\x01" + level[n] + level[n + 1]).digest() for n in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def chain(before: bytes, root: bytes, count: int, cluster: int, next_tx: int, at: datetime) -> bytes:
    """The chain's value after a batch."""
    numbers = b"".join(number.to_bytes(8, signed=True) for number in (count, cluster, next_tx, micros(at)))
    return hashlib.sha256(b"\x02" + before + root + numbers).digest()


def checkpoint_text(
    number: int,
    before: int,
    batch: int,
    value: bytes,
    at: datetime,
    chain_no: int,
    signs_next: bytes,
    given_up: Sequence[int | bytes | None],
) -> bytes:
    """What is signed: the checkpoint's number and the batch of the one before it; its own batch with the chain's value;
    when; the chain key in use and the key that signs the next one; after a restore the head given up and the batch that
    was gone on from.
    """
    return canon("checkpoint", number, before, batch, value, at, chain_no, signs_next, *given_up)


def uncounted_text(batch: int, value: bytes, at: datetime) -> bytes:
    """What was signed before checkpoints had numbers."""
    return f"hk1|checkpoint|{batch}|{value.hex()}|{micros(at)}".encode()


def pack(entries: Iterable[tuple[int, bytes]]) -> bytes:
    """Numbers and leaves as stored."""
    return b"".join(number.to_bytes(8) + hashed for number, hashed in entries)


def unpack(stored: bytes) -> list[tuple[int, bytes]]:
    """Numbers and leaves again. A length that does not fit gives a broken last leaf, which then matches nothing."""
    cut = (stored[n : n + ENTRY_BYTES] for n in range(0, len(stored), ENTRY_BYTES))
    return [(int.from_bytes(entry[:8]), entry[8:]) for entry in cut]
