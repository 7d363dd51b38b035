"""Verifying the ledger: every row against its leaf, every batch against the chain, every checkpoint against its key.

The first thing that is wrong is named. What cannot be found here: a whole end of the ledger cut off together with its
batches and signatures; only a copy of the head outside the server is a witness of that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connections
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from nacl.signing import VerifyKey

from hamkori.audit import merkle, signing
from hamkori.audit.models import Ledger, LedgerCheckpoint, LedgerSeal
from hamkori.audit.sealer import leaf_of, next_tx_of

SEALED_WITHIN = timedelta(seconds=60)
"""A row older than this before the newest batch should have been in one: transactions last 30 seconds at most."""


@dataclass(frozen=True)
class Fault:
    """What is wrong first. `what`: changed, missing, added, no_batch (row); leaves, chain, window, batch_missing,
    signature (batch). `number` is that of the row or of the batch.
    """

    what: str
    number: int

    @property
    def text(self) -> str:
        return {
            "changed": _("Row %(number)d was changed."),
            "missing": _("Row %(number)d is missing."),
            "added": _("Row %(number)d was added later."),
            "no_batch": _("Row %(number)d is in no batch."),
            "leaves": _("The hashes of batch %(number)d were changed."),
            "chain": _("Batch %(number)d does not follow from the one before."),
            "window": _("Batch %(number)d leaves transactions out."),
            "batch_missing": _("Batch %(number)d is missing."),
            "signature": _("The signature of batch %(number)d is not right."),
        }[self.what] % {"number": self.number}


@dataclass(frozen=True)
class Report:
    """What was looked at, the chain's newest value, and the first fault if there is one."""

    rows: int
    batches: int
    signatures: int
    waiting: int
    head: str
    signed_by_known_key: bool
    fault: Fault | None

    def lines(self) -> list[str]:
        """As the command line prints it, one sentence each."""
        said = [
            ngettext("%(n)d row in batches.", "%(n)d rows in batches.", self.rows) % {"n": self.rows},
            ngettext("%(n)d batch.", "%(n)d batches.", self.batches) % {"n": self.batches},
            ngettext("%(n)d signature.", "%(n)d signatures.", self.signatures) % {"n": self.signatures},
            ngettext("%(n)d row waits for the sealer.", "%(n)d rows wait for the sealer.", self.waiting)
            % {"n": self.waiting},
        ]
        if not self.signed_by_known_key:
            said.append(_("Signatures were not checked: the public key is not here."))
        if self.head:
            said.append(_("Newest value of the chain: %(head)s") % {"head": self.head})
        said.append(self.fault.text if self.fault else _("Nothing was changed, removed or added."))
        return said


def verify(key: VerifyKey | None, using: str = "default") -> Report:
    """Reads the whole ledger once. Without a key signatures are counted, not checked."""
    seals = LedgerSeal.objects.using(using).order_by("id")
    fault = next(_faults_of_batches(seals.iterator(), using), None)
    fault = fault or next(_faults_of_signatures(key, using), None)
    waiting, stray = _waiting(using)
    newest = seals.last()
    return Report(
        rows=sum(seals.values_list("count", flat=True)),
        batches=seals.count(),
        signatures=LedgerCheckpoint.objects.using(using).count(),
        waiting=waiting,
        head=bytes(newest.chain).hex() if newest else "",
        signed_by_known_key=key is not None,
        fault=fault or stray,
    )


def _faults_of_batches(seals: Iterator[LedgerSeal], using: str) -> Iterator[Fault]:
    before, last_id = merkle.START, 0
    ends: dict[int, int] = {}
    for seal in seals:
        if seal.id != last_id + 1:
            yield Fault("batch_missing", last_id + 1)
        if seal.first_tx != ends.get(seal.cluster, 0):
            yield Fault("window", seal.id)
        entries = merkle.unpack(bytes(seal.leaves))
        if not entries or merkle.root([hashed for _, hashed in entries]) != bytes(seal.root):
            yield Fault("leaves", seal.id)
        if merkle.chain(before, bytes(seal.root), seal.count, seal.cluster, seal.next_tx, seal.at) != bytes(seal.chain):
            yield Fault("chain", seal.id)
        window = Ledger.objects.using(using).filter(cluster=seal.cluster, tx__gte=seal.first_tx, tx__lt=seal.next_tx)
        yield from _faults_of_rows(entries, list(window.order_by("tx", "id")))
        before, last_id, ends[seal.cluster] = bytes(seal.chain), seal.id, seal.next_tx


def _faults_of_rows(entries: Sequence[tuple[int, bytes]], rows: Sequence[Ledger]) -> Iterator[Fault]:
    here = {row.id: row for row in rows}
    sealed = {number for number, _ in entries}
    for number, hashed in entries:
        if number not in here:
            yield Fault("missing", number)
        elif leaf_of(here[number]) != hashed:
            yield Fault("changed", number)
    for row in rows:
        if row.id not in sealed:
            yield Fault("added", row.id)


def _faults_of_signatures(key: VerifyKey | None, using: str) -> Iterator[Fault]:
    if key is None:
        return
    for checkpoint in LedgerCheckpoint.objects.using(using).select_related("seal").order_by("seal_id"):
        text = merkle.checkpoint_text(checkpoint.seal_id, bytes(checkpoint.seal.chain), checkpoint.at)
        if not signing.holds(key, text, bytes(checkpoint.signature)):
            yield Fault("signature", checkpoint.seal_id)


def _waiting(using: str) -> tuple[int, Fault | None]:
    """How many rows the sealer has not reached yet, and the first one that it never will."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "select c.system_identifier, pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
            " from pg_control_system() c"
        )
        cluster, horizon = cursor.fetchone()
    newest = LedgerSeal.objects.using(using).order_by("-id").first()
    waiting, stray = 0, None
    for found in Ledger.objects.using(using).values_list("cluster", flat=True).distinct():
        for row in Ledger.objects.using(using).filter(cluster=found, tx__gte=next_tx_of(found, using)).order_by("id"):
            waiting += 1
            passed = newest is not None and (
                (row.at < newest.at - SEALED_WITHIN) if found == cluster else newest.cluster == cluster
            )
            if stray is None and (passed or (found == cluster and row.tx >= horizon)):
                stray = Fault("no_batch", row.id)
    return waiting, stray
