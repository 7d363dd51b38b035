"""What the worker's files vouch for in the two tables of the chain, and what in them is foreign.

Whoever writes the database can add a batch without the worker's MAC, or a signature that it did not make. Only rows
after its kept head are ever called so: what was there before is a matter for whoever verifies.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg
from nacl.signing import SigningKey

from hamkori.audit import merkle, signing
from hamkori.audit.witness import ChainKeys, Head, Witness

if TYPE_CHECKING:
    from hamkori.audit.models import LedgerCheckpoint

READABLE = (datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))
"""Nothing of another time is ours: a database knows times that no calendar has, and reading one is an error."""

# Ours are numbered from one: what lies below is nobody's, and hides nothing that comes after it.
BATCHES = "select id, chain, mac from ledger_seal where id > %s or id < 1 order by id"
# Numbered past the last one that the worker remembers; or without a number of the worker's, and put after it. (Some are
# from before signatures were counted.) A time that no calendar has can not be read, and was never signed.
SIGNATURES = """
select k.seal_id, k.number, k.before, k.chain_no, k.signs_next, k.lost_batch, k.lost_chain, k.restored_batch,
       case when k.at between '0001-01-02' and '9999-12-30' then k.at end, k.signature, s.chain
  from ledger_checkpoint k join ledger_seal s on s.id = k.seal_id
 where k.number > %(kept)s
    or (coalesce(k.number, 0) < 1 and k.seal_id > case when %(kept)s = 0 then 0 else
        (select o.seal_id from ledger_checkpoint o where o.number = %(kept)s) end)
 order by k.seal_id
"""


class _Row(NamedTuple):
    """What a signature covers beside the chain's value, as `LedgerCheckpoint` has it: for who asks without Django."""

    seal_id: int
    number: int | None
    before: int | None
    chain_no: int | None
    signs_next: bytes | None
    lost_batch: int | None
    lost_chain: bytes | None
    restored_batch: int | None
    at: datetime


def text_of(checkpoint: LedgerCheckpoint | _Row, chain: bytes) -> bytes:
    """What it signs over this value of the chain."""
    if checkpoint.number is None:
        return merkle.uncounted_text(checkpoint.seal_id, chain, checkpoint.at)
    lost = None if checkpoint.lost_chain is None else bytes(checkpoint.lost_chain)
    return merkle.checkpoint_text(
        checkpoint.number,
        checkpoint.before or 0,
        checkpoint.seal_id,
        chain,
        checkpoint.at,
        checkpoint.chain_no or 0,
        bytes(checkpoint.signs_next or b""),
        (checkpoint.lost_batch, lost, checkpoint.restored_batch),
    )


def foreign_batches(connection: psycopg.Connection, head: Head, keys: ChainKeys) -> list[int]:
    """Batches after the kept head without the worker's MAC."""
    found = connection.execute(BATCHES, [head.batch]).fetchall()
    return [batch for batch, chain, mac in found if batch < 1 or not keys.holds(batch, bytes(chain), mac)]


def foreign_signatures(connection: psycopg.Connection, head: Head, signer: SigningKey) -> list[int]:
    """The batches of signatures after the kept one that the worker did not make."""
    found = connection.execute(SIGNATURES, {"kept": head.checkpoint}).fetchall()
    return [row[0] for row in found if not _is_signed(row, signer)]


def reason(connection: psycopg.Connection, witness: Witness, head: Head) -> str | None:
    """Why the sealer refuses for what is foreign, a key of SENTENCES; None: nothing is. Errors as reading the files."""
    if foreign_batches(connection, head, witness.keys()):
        return "batch_foreign"
    return "checkpoint_foreign" if foreign_signatures(connection, head, witness.signer()) else None


def _is_signed(row: Sequence[Any], signer: SigningKey) -> bool:
    *said, at, signature, chain = row
    if at is None:
        return False
    return signing.holds(signer.verify_key, text_of(_Row._make([*said, at]), bytes(chain)), bytes(signature))
