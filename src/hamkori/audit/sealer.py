"""The sealer: each second the ledger's committed rows become a batch of the chain, each minute the chain is signed.

Rows are taken by transaction, never by number: a slow transaction commits a lower number after a fast one's higher.
All transactions below the oldest one still running are over, so a window [first_tx, next_tx) below it is complete for
ever. Numbers of transactions count within one cluster; after a restore elsewhere the windows begin again.
See docs/design/engine.md#sealing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import connections, transaction
from nacl.signing import SigningKey

from hamkori import definer
from hamkori.audit import ledger, merkle, vouched, walls_as_made
from hamkori.audit.models import Ledger, LedgerCheckpoint, LedgerSeal
from hamkori.audit.witness import Head, Witness, WitnessRefused

FIELDS = (
    "id",
    "cluster",
    "tx",
    "at",
    "action_code",
    "decision_code",
    "user_id",
    "membership_id",
    "organisation_id",
    "session_id",
    "role_code",
    "scope_code",
    "object_kind_code",
    "object_id",
    "case_id",
    "section_code",
    "seal_no",
    "consent_id",
    "reason_code",
    "operation_id",
    "count",
)
"""What a leaf covers, in this order: every column."""

LONGEST = 10.0
"""Seconds after which a turn makes no further batch."""

BATCH = 2000
"""Rows of one batch; a transaction is never cut in two."""

CHECKPOINT_EVERY = timedelta(seconds=60)

_THE_ONE = 1  # the row of `sealer`


def leaf_of(row: Ledger) -> bytes:
    """The hash of a stored row."""
    return merkle.leaf(getattr(row, name) for name in FIELDS)


def world_now(using: str) -> datetime:
    """The time of the world, as rows and batches bear it."""
    at = definer.value("hk_now", using=using)
    assert isinstance(at, datetime)
    return at


def work(witness: Witness, using: str = "default") -> int:
    """What the worker does each second: seals what is complete, signs what is due, and returns how many rows it sealed.

    0 also while another sealer is at work. What was left unsigned is signed before more is sealed, so that a stop of
    any length leaves no two minutes of sealed rows under one signature. Where rows come faster than batches are made,
    the next second goes on: the worker's other jobs wait. WitnessRefused, SigningRefused: nothing done.
    """
    sealed, began = 0, time.monotonic()
    checkpoint_if_due(witness, using)
    while number := seal_batch(witness, using):
        sealed += number
        checkpoint_if_due(witness, using)
        if time.monotonic() - began > LONGEST:
            break
    return sealed


@contextmanager
def alone(using: str = "default") -> Iterator[bool]:
    """A transaction in which no other sealer works, or False. The lock is a row that only the clock's login reaches.

    WitnessRefused: row_missing, walls_changed.
    """
    with transaction.atomic(using=using):
        claimed = claim(using)
        if claimed:
            definer.write("update sealer set beat = clock_timestamp() where id = %s", _THE_ONE, using=using)
        yield claimed


def claim(using: str = "default") -> bool:
    """Take the sealer's row until the transaction ends; False: another sealer has it.

    WitnessRefused: row_missing; walls_changed, first of all: rows that are hidden from it would seem to be lost.
    """
    if hidden := walls_as_made.hidden(connections[using].connection):
        raise WitnessRefused("walls_changed", "; ".join(hidden))
    if definer.read("select id from sealer where id = %s for update skip locked", _THE_ONE, using=using):
        return True
    if not definer.read("select 1 from sealer where id = %s", _THE_ONE, using=using):
        raise WitnessRefused("row_missing")
    return False


def newest_assured(witness: Witness, head: Head, using: str = "default") -> Head:
    """The newest batch there is, once the worker's last head was found before it; Head() while there is none.

    What came after that head carries the worker's MAC: it died between the batch and the file, or a second one works.
    WitnessRefused: head_lost, batch_foreign.
    """
    keys = witness.keys()
    seals = LedgerSeal.objects.using(using).filter(id__gte=head.batch).order_by("id").values_list("id", "chain", "mac")
    newest = Head()
    for batch, chain, mac in seals:
        if batch == head.batch:
            if bytes(chain) != head.chain:
                break
        elif batch != max(newest.batch, head.batch) + 1 or not keys.holds(batch, bytes(chain), mac):
            raise WitnessRefused("head_lost" if newest.batch < head.batch else "batch_foreign")
        newest = Head(batch=batch, chain=bytes(chain))
    if newest.batch < head.batch:
        raise WitnessRefused("head_lost")
    return newest


def seal_batch(witness: Witness, using: str = "default") -> int:
    """One batch in one transaction. Rows of a former cluster (before a restore) come first: they are all complete."""
    with alone(using) as claimed:
        if not claimed:
            return 0
        newest = newest_assured(witness, witness.head(), using)
        # In a statement of its own: only what follows may see the rows below this horizon.
        ((at, cluster, horizon),) = definer.read(
            "select hk_now(), c.system_identifier, pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
            " from pg_control_system() c",
            using=using,
        )
        if not LedgerSeal.objects.using(using).filter(cluster=cluster).exists():
            former = Ledger.objects.using(using).exclude(cluster=cluster).values_list("cluster", flat=True).distinct()
            for number in former:
                if sealed := _seal_window(witness, newest, number, None, at, using):
                    return sealed
        return _seal_window(witness, newest, cluster, horizon, at, using)


def next_tx_of(cluster: int, using: str = "default") -> int:
    """The first transaction of this cluster that is in no batch yet."""
    ends = LedgerSeal.objects.using(using).filter(cluster=cluster).order_by("-id").values_list("next_tx", flat=True)
    return ends.first() or 0


def _seal_window(witness: Witness, before: Head, cluster: int, horizon: int | None, at: datetime, using: str) -> int:
    first_tx = next_tx_of(cluster, using)
    # What bears a time that no calendar has is passed by, and named by whoever verifies: no act of ours wrote it.
    waiting = Ledger.objects.using(using).filter(cluster=cluster, tx__gte=first_tx, at__range=vouched.READABLE)
    if horizon is not None:
        waiting = waiting.filter(tx__lt=horizon)
    rows = list(waiting.order_by("tx", "id")[: BATCH + 1])
    if not rows:
        return 0
    if len(rows) > BATCH:
        last_tx = rows[BATCH - 1].tx
        rows = [row for row in rows if row.tx < last_tx] + list(waiting.filter(tx=last_tx).order_by("id"))
    next_tx = rows[-1].tx + 1
    entries = [(row.id, leaf_of(row)) for row in rows]
    root = merkle.root([hashed for _, hashed in entries])
    value = merkle.chain(before.chain, root, len(rows), cluster, next_tx, at)
    head = replace(witness.head(), batch=before.batch + 1, chain=value)
    LedgerSeal.objects.using(using).create(
        id=head.batch,
        cluster=cluster,
        first_tx=first_tx,
        next_tx=next_tx,
        count=len(rows),
        leaves=merkle.pack(entries),
        root=root,
        chain=value,
        mac=witness.keys().mac(head.batch, value),
        at=at,
    )
    # Not before it is committed: the file would ask for a batch that a crash took back.
    transaction.on_commit(lambda: witness.keep(replace(witness.head(), batch=head.batch, chain=head.chain)), using)
    return len(rows)


def checkpoint_if_due(witness: Witness, using: str = "default") -> bool:
    """Signs the chain's newest value if something was sealed since and a minute has passed; True if it signed.

    At once after a restore and after a new key, of the chain or to sign with: the checkpoint names it.
    """
    with alone(using) as claimed:
        if not claimed:
            return False
        head, signer, chain_no = witness.head(), witness.signer(), witness.keys().number
        newest = newest_assured(witness, head, using)
        last = last_assured(signer, head, using)
        following = witness.next_signer()
        if last and following and bytes(last.signs_next or b"") == following.verify_key.encode():
            head = _told(head, last)  # it was named, and a process killed before it was taken
            witness.keep(head)
            witness.take_next_signer()
            signer, following = following, None
        number, before = ((last.number or 0), last.seal_id) if last else (0, 0)
        if newest.batch == before:
            return False
        at = world_now(using)
        at_once = head.given_up or last is None or last.chain_no != chain_no or following is not None
        if last is not None and not at_once and abs(at - last.at) < CHECKPOINT_EVERY:
            return False
        head = replace(head, batch=newest.batch, chain=newest.chain)
        # First what the worker remembers, then its signature: it signs no chain that it would not miss.
        witness.keep(head)
        made = LedgerCheckpoint(
            seal_id=head.batch,
            at=at,
            number=number + 1,
            before=before,
            chain_no=chain_no,
            signs_next=(following or signer).verify_key.encode(),
        )
        if head.given_up:
            made.lost_batch, made.lost_chain = head.given_up.batch, head.given_up.chain
            made.restored_batch = head.given_up.restored
        made.signature = signer.sign(vouched.text_of(made, head.chain)).signature
        made.save(using=using, force_insert=True)
        transaction.on_commit(lambda: witness.keep(replace(head.signed(), checkpoint=number + 1)), using)
        if following is not None:
            transaction.on_commit(witness.take_next_signer, using)
        return True


def _told(head: Head, last: LedgerCheckpoint) -> Head:
    """The head once this checkpoint is there, whatever was killed before the file said so."""
    if (last.number or 0) <= head.checkpoint:
        return head
    return replace(head if last.lost_batch is None else head.signed(), checkpoint=last.number or 0)


def last_assured(signer: SigningKey, head: Head, using: str = "default") -> LedgerCheckpoint | None:
    """The last checkpoint, once the one that the worker remembers is there; one after it carries its signature.

    WitnessRefused: checkpoint_lost, checkpoint_foreign.
    """
    checkpoints = LedgerCheckpoint.objects.using(using)
    if vouched.foreign_signatures(connections[using].connection, head, signer):
        raise WitnessRefused("checkpoint_foreign")
    last = checkpoints.order_by("-seal_id").first()
    if ((last.number or 0) if last else 0) < head.checkpoint:
        raise WitnessRefused("checkpoint_lost")
    return last


def renew_chain_key(witness: Witness, using: str = "default") -> int:
    """A new key for the MACs from the next batch on, whose number is returned; the next checkpoint names it.

    A turn that was killed is gone on with: a key under which nothing is sealed yet is not followed by another.
    WitnessRefused: busy (another sealer works), and whatever keeps it from sealing.
    """
    with alone(using) as claimed:
        if not claimed:
            raise WitnessRefused("busy")
        newest, keys = newest_assured(witness, witness.head(), using), witness.keys()
        if keys.keys[-1].first <= newest.batch:
            witness.renew_chain(newest.batch + 1)
        ledger.append(ledger.LedgerRow(action="key.begin", kind="chain", count=witness.keys().number), system=True)
        return witness.keys().number


def renew_signing_key(witness: Witness, using: str = "default") -> None:
    """A new key to sign with after the next checkpoint, which names it and is made at once.

    A turn that was killed is gone on with. WitnessRefused: busy (another sealer works).
    """
    with alone(using) as claimed:
        if not claimed:
            raise WitnessRefused("busy")
        witness.make_next_signer()
        ledger.append(ledger.LedgerRow(action="key.begin", kind="signing"), system=True)


def is_named(witness: Witness, using: str = "default") -> bool:
    """Whether the last checkpoint names the keys in use, so that no turn is under way."""
    last = LedgerCheckpoint.objects.using(using).order_by("-seal_id").first()
    return last is not None and last.chain_no == witness.keys().number and witness.next_signer() is None
