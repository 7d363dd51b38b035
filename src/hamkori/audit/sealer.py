"""The sealer: each second the ledger's committed rows become a batch of the chain, each minute the chain is signed.

Rows are taken by transaction, never by number: a slow transaction commits a lower number after a fast one's higher.
All transactions below the oldest one still running are over, so a window [first_tx, next_tx) below it is complete for
ever. Numbers of transactions count within one cluster; after a restore elsewhere the windows begin again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connections, transaction
from nacl.signing import SigningKey

from hamkori.audit import merkle
from hamkori.audit.models import Ledger, LedgerCheckpoint, LedgerSeal

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

BATCH = 2000
"""Rows of one batch; a transaction is never cut in two."""

CHECKPOINT_EVERY = timedelta(seconds=60)

_ONE_SEALER = 0x686B_7365_616C  # "hkseal": the advisory lock


def leaf_of(row: Ledger) -> bytes:
    """The hash of a stored row."""
    return merkle.leaf(getattr(row, name) for name in FIELDS)


def seal_once(using: str = "default") -> int:
    """Seals what is complete and returns how many rows. 0 also while another sealer is at work."""
    sealed = 0
    while number := _seal_batch(using):
        sealed += number
    return sealed


def _seal_batch(using: str) -> int:
    """One batch in one transaction. Rows of a former cluster (before a restore) come first: they are all complete."""
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute("select pg_try_advisory_xact_lock(%s)", [_ONE_SEALER])
            if not cursor.fetchone()[0]:
                return 0
            # In a statement of its own: only what follows may see the rows below this horizon.
            cursor.execute(
                "select hk_now(), c.system_identifier, pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
                " from pg_control_system() c"
            )
            at, cluster, horizon = cursor.fetchone()
        if not LedgerSeal.objects.using(using).filter(cluster=cluster).exists():
            former = Ledger.objects.using(using).exclude(cluster=cluster).values_list("cluster", flat=True).distinct()
            for number in former:
                if sealed := _seal_window(using, number, None, at):
                    return sealed
        return _seal_window(using, cluster, horizon, at)


def next_tx_of(cluster: int, using: str = "default") -> int:
    """The first transaction of this cluster that is in no batch yet."""
    newest = LedgerSeal.objects.using(using).filter(cluster=cluster).order_by("-id").first()
    return 0 if newest is None else newest.next_tx


def _seal_window(using: str, cluster: int, horizon: int | None, at: datetime) -> int:
    first_tx = next_tx_of(cluster, using)
    waiting = Ledger.objects.using(using).filter(cluster=cluster, tx__gte=first_tx)
    if horizon is not None:
        waiting = waiting.filter(tx__lt=horizon)
    rows = list(waiting.order_by("tx", "id")[: BATCH + 1])
    if not rows:
        return 0
    if len(rows) > BATCH:
        last_tx = rows[BATCH - 1].tx
        rows = [row for row in rows if row.tx < last_tx] + list(waiting.filter(tx=last_tx).order_by("id"))
    before = LedgerSeal.objects.using(using).order_by("-id").first()
    next_tx = rows[-1].tx + 1
    entries = [(row.id, leaf_of(row)) for row in rows]
    root = merkle.root([hashed for _, hashed in entries])
    value = merkle.chain(bytes(before.chain) if before else merkle.START, root, len(rows), cluster, next_tx, at)
    LedgerSeal.objects.using(using).create(
        id=before.id + 1 if before else 1,
        cluster=cluster,
        first_tx=first_tx,
        next_tx=next_tx,
        count=len(rows),
        leaves=merkle.pack(entries),
        root=root,
        chain=value,
        at=at,
    )
    return len(rows)


def checkpoint_if_due(key: SigningKey, using: str = "default") -> bool:
    """Signs the chain's newest value if something was sealed since and a minute has passed; True if it signed."""
    with transaction.atomic(using=using):
        newest = LedgerSeal.objects.using(using).order_by("-id").first()
        last = LedgerCheckpoint.objects.using(using).order_by("-seal_id").first()
        with connections[using].cursor() as cursor:
            cursor.execute("select hk_now()")
            (at,) = cursor.fetchone()
        if newest is None or (last is not None and (last.seal_id == newest.id or at - last.at < CHECKPOINT_EVERY)):
            return False
        text = merkle.checkpoint_text(newest.id, bytes(newest.chain), at)
        LedgerCheckpoint.objects.using(using).create(seal=newest, signature=key.sign(text).signature, at=at)
        return True
