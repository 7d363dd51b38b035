"""Proofs: how a definer of the database knows that the web process asks, and asks for exactly this.

A proof is an HMAC over one canonical encoding of the act, its moment and every column that it writes. Its key is made
from the keyring's proof key and a random salt of this database, so that what the database compares with is no value of
the keyring: who reads it can prove things to this database until the next `migrate`, and to no other.
See docs/design/keys-and-walls.md#proofs.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, DatabaseError, transaction

from hamkori import definer
from hamkori.canon import canon
from hamkori.vault import bytes as raw
from hamkori.vault.bytes import Sealed, Untrusted
from hamkori.vault.keyring import Keyring

Said = str | bytes | int | UUID | Sequence[str] | None
Prove = Callable[..., tuple[int, bytes]]
"""Called with the act's kind and what it writes: the moment in microseconds since 1970, and the proof."""

REFUSED = "HK412"
"""The SQLSTATE of a definer that does not believe a proof. 42501, a missing grant, is a fault of ours and stays one."""

CHANGED = ("proof", "session_proof")
"""What the database compares proofs with is not what this server wrote there. It is one row, and has no id."""

PERSON = b"hk.db.v1"
SALT_BYTES = 16
BLOCK_BYTES = 64


def prover(keyring: Keyring) -> Prove:
    """What definers are asked with, by whoever holds this keyring."""
    return partial(prove, keyring)


def prove(keyring: Keyring, kind: str, *written: Said, over: definer.Where = DEFAULT_DB_ALIAS) -> tuple[int, bytes]:
    """The present moment and the proof, for the definer of this act. It is good for a minute. `over`: on a connection
    that is not the page's.

    Untrusted: what the database says that proofs are compared with is nothing of this keyring's.
    """
    row = definer.row("proof_now", columns="no salt", using=over)
    if row is None:
        raise Untrusted(*CHANGED)
    number, salt = row
    at = time.time_ns() // 1000
    try:
        return at, proof(key_for(keyring, number, bytes(salt)), at, kind, *written)
    except Sealed:
        raise Untrusted(*CHANGED) from None


def is_refused(error: DatabaseError) -> bool:
    """Whether a definer did not believe a proof of ours: to be told as Untrusted(*CHANGED). False: something else."""
    return getattr(error.__cause__, "sqlstate", None) == REFUSED


@contextmanager
def as_meant() -> Iterator[None]:
    """A savepoint for who asks a definer outside an act: its refusals go up as ours, and nothing that it wrote stays.

    NotVisible, NotAllowed, NotNow as the function meant it. Untrusted: it did not believe a proof that this process has
    made.
    """
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        if is_refused(error):
            raise Untrusted(*CHANGED) from None
        if (refusal := definer.refusal_in(error)) is not None:
            raise refusal from None
        raise


def key_for(keyring: Keyring, number: int, salt: bytes) -> bytes:
    """The key of one database. A version that the keyring does not hold, no salt of ours: Sealed."""
    if len(salt) != SALT_BYTES:
        raise Sealed
    return raw.h(b"", key=keyring.proof_key(number), salt=salt, person=PERSON)


def halves(key: bytes) -> tuple[bytes, bytes]:
    """What the database compares with: the two blocks that HMAC-SHA-256 makes of its key, inner and outer."""
    block = key.ljust(BLOCK_BYTES, b"\0")
    return bytes(one ^ 0x36 for one in block), bytes(one ^ 0x5C for one in block)


def proof(key: bytes, at: int, kind: str, *written: Said) -> bytes:
    """HMAC-SHA-256, as `proved` computes it from the two halves."""
    return hmac.digest(key, canon(kind, str(at), *(_said(one) for one in written)), "sha256")


def _said(one: Said) -> str | None:
    """As the database says it: its encoding knows texts and nulls only."""
    match one:
        case None | str():
            return one
        case bytes():
            return one.hex()
        case int() | UUID():
            return str(one)
        case _:
            return canon("list", *one).hex()
