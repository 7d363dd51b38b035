"""After a backup was put back: what the worker sealed after it is given up, and everybody who verifies reads so.

The worker's folder knows later batches than the database holds, and refuses to seal on top of an older end: nobody can
tell a backup from an end that somebody cut off. So a person says it. Who writes the database cannot: what is changed is
the worker's own file `head`. And it is said in a way that stays: the next signature, made at once, names the batch that
was given up and the one that is gone on from, under the key of those before; a head that was kept outside is still
missing, and is called so. Only an end may be gone: whatever the database does hold must be as this worker sealed it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from hamkori.audit import sealer, walls_as_made
from hamkori.audit.command import public_key
from hamkori.audit.ledger import LedgerRow, append
from hamkori.audit.models import LedgerCheckpoint, LedgerSeal
from hamkori.audit.verify import Evidence, walk
from hamkori.audit.vouched import READABLE
from hamkori.audit.witness import GivenUp, Head, Witness, WitnessRefused

RESTORED = "ledger.restore"


@dataclass(frozen=True)
class Cut:
    """What the worker's folder knows (`known`, written `known_at`) beside what the database ends with."""

    known: Head
    known_at: datetime
    found: Head
    found_at: datetime | None
    dated: tuple[int, ...] = field(default=(), compare=False)
    """Rows that bear a time at which they were not written, in batches that this worker sealed so."""

    @property
    def batches(self) -> int:
        """How many are given up; 0: only a signature is."""
        return max(0, self.known.batch - self.found.batch)


def find(witness: Witness) -> Cut:
    """What is missing, once all that is there was read and is whole.

    WitnessRefused: walls_changed (what is hidden would seem to be missing), not_restored, not_cut (with what is wrong
    first), signer_turned; as reading the files.
    """
    connection.ensure_connection()
    if hidden := walls_as_made.hidden(connection.connection):
        raise WitnessRefused("walls_changed", "; ".join(hidden))
    cut = _ends(witness)
    evidence = Evidence(public_key(None, witness.signing_key), witness.keys())
    # Not held against today: what the backup ends with may have waited for its signature. A false time that this worker
    # has sealed was there before the backup, and is no reason why nothing should ever be sealed again.
    dated: list[int] = []
    fault, signatures = walk(evidence, cut.found_at or cut.known_at, dated=dated)
    if fault is not None:
        raise WitnessRefused("not_cut", fault.text)
    if signatures.key not in (None, witness.signer().verify_key):
        raise WitnessRefused("signer_turned")
    return replace(cut, dated=tuple(dated))


def begin(witness: Witness, cut: Cut, line: UUID | None) -> Head:
    """Go on from what the database ends with. The row of the alarm bears the `line` of the file of alarms.

    WitnessRefused: at_work (a worker runs with these files); busy (a sealer is at work, or all is not as found).
    """
    with witness.in_use(alone=True), sealer.alone() as claimed:
        if not claimed or _ends(witness) != cut:
            raise WitnessRefused("busy")
        # Something to seal, so that the signature does not wait for somebody's next act.
        append(LedgerRow(action=RESTORED, kind="ledger", count=cut.batches, reason="backup"), system=True)
        append(
            LedgerRow(action="tag.mismatch", decision="failed", kind="ledger", reason=RESTORED, operation_id=line),
            system=True,
        )
        begun = _begun(cut)
        transaction.on_commit(lambda: witness.keep(begun))
    return begun


def _begun(cut: Cut) -> Head:
    """What is gone on from, with all that was ever given up: what no signature in this database says is said anew."""
    known, end = cut.known, cut.found.batch
    here = LedgerCheckpoint.objects.exclude(lost_chain=None).values_list("lost_batch", "lost_chain")
    says = {(batch, bytes(chain or b"")) for batch, chain in here}
    said = tuple(one for one in known.said if (one.batch, one.chain) in says)
    waiting = [one for one in known.said if one not in said]
    waiting += [*([known.given_up] if known.given_up else []), *known.waiting]
    if known.batch > end or not waiting:
        waiting.append(GivenUp(known.batch, known.chain, end))
    first, *after = [replace(one, restored=min(one.restored, end)) for one in waiting]
    return replace(cut.found, given_up=first, waiting=tuple(after), said=said)


def _ends(witness: Witness) -> Cut:
    """The two ends. WitnessRefused: not_restored, not_cut."""
    head = witness.head()
    # One that bears a time that can not be read is named by whoever walks along the chain.
    seals = LedgerSeal.objects.filter(at__range=READABLE).order_by("-id")
    newest = seals.values_list("id", "chain", "at").first()
    last = LedgerCheckpoint.objects.order_by("-seal_id").values_list("number", flat=True).first() or 0
    here = seals.filter(id=head.batch, chain=head.chain).exists()
    if not head.batch or (here and last >= head.checkpoint):
        raise WitnessRefused("not_restored")
    batch, chain, at = newest or (0, Head.chain, None)
    if not here and batch >= head.batch:
        raise WitnessRefused("not_cut")
    return Cut(head, witness.head_written(), Head(batch=batch, chain=bytes(chain), checkpoint=last), at)
