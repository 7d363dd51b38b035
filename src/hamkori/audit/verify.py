"""Verifying the ledger: every row against its leaf, every batch against chain and MAC, signatures, and kept heads.

The first thing that is wrong is named. A whole end of the ledger cut off with its batches and signatures is found by a
head: the worker's own, on its machine, and each that somebody has kept outside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connections
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from nacl.signing import VerifyKey

from hamkori import definer
from hamkori.audit import merkle, standing
from hamkori.audit.faults import Fault
from hamkori.audit.mending import MENDED
from hamkori.audit.models import Ledger, LedgerCheckpoint, LedgerSeal
from hamkori.audit.sealer import leaf_of, next_tx_of, world_now
from hamkori.audit.signatures import Signatures
from hamkori.audit.vouched import READABLE
from hamkori.audit.witness import ChainKeys, GivenUp, Head

SEALED_WITHIN = timedelta(seconds=60)
"""A row older than this before the newest batch should have been in one: transactions last 30 seconds at most."""


@dataclass(frozen=True)
class Evidence:
    """What the database is held against; whatever of it is not at hand is not checked, and the report says so."""

    key: VerifyKey | None = None
    chain: ChainKeys | None = None
    heads: Sequence[Head] = ()
    foreign: int | None = None
    """How many rows the worker's file of those that were taken out holds."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was looked at, the chain's newest value, the first fault if there is one, and how the sealer stands."""

    rows: int
    batches: int
    signatures: int
    waiting: int
    head: str
    evidence: Evidence
    found: int
    given_up: int
    unknown: int
    taken_out: int
    fault: Fault | None
    standing: Sequence[str] = ()
    gaps: Sequence[tuple[GivenUp, datetime]] = ()

    @property
    def is_whole(self) -> bool:
        """Nothing was touched, and what is written now will be proved too."""
        return self.fault is None and not self.standing

    def lines(self) -> list[str]:
        """As the command line prints it, one sentence each."""
        said = [
            ngettext("%(n)d row in batches.", "%(n)d rows in batches.", self.rows) % {"n": self.rows},
            ngettext("%(n)d batch.", "%(n)d batches.", self.batches) % {"n": self.batches},
            ngettext("%(n)d signature.", "%(n)d signatures.", self.signatures) % {"n": self.signatures},
            ngettext("%(n)d row is not in a batch yet.", "%(n)d rows are not in a batch yet.", self.waiting)
            % {"n": self.waiting},
        ]
        if self.evidence.key is None:
            said.append(_("Signatures were not checked: the public key is not here."))
        if self.evidence.chain is None:
            said.append(_("Who made the batches was not checked: the chain's key is not here."))
        said += [text % {"n": number} for number, text in self._kept() if number]
        said += [_gap(lost, at) for lost, at in self.gaps]
        if self.taken_out:
            said.append(self._taken_out())
        if self.head:
            said.append(_("Newest value of the chain: %(head)s") % {"head": self.head})
        said += [f"{sentence[:1].upper()}{sentence[1:]}." for sentence in self.standing]
        whole = (
            _("Beside that nothing was changed, removed or added.")
            if self.taken_out or self.gaps
            else _("Nothing was changed, removed or added.")
        )
        said.append(self.fault.text if self.fault else whole)
        return said

    def _kept(self) -> tuple[tuple[int, str], ...]:
        """How many of the heads that were kept outside were found, were given up, or may be of another chain."""
        found = ngettext("%(n)d kept head was found.", "%(n)d kept heads were found.", self.found)
        given_up = ngettext(
            "%(n)d kept head is of batches that were lost when a backup was put back; a signature says so.",
            "%(n)d kept heads are of batches that were lost when a backup was put back; a signature says so.",
            self.given_up,
        )
        unknown = ngettext(
            "%(n)d kept head has a number that was lost when a backup was put back: nobody knows of which chain it is.",
            "%(n)d kept heads have numbers that were lost when a backup was put back: nobody knows of which chain they"
            " are.",
            self.unknown,
        )
        return (self.found, found), (self.given_up, given_up), (self.unknown, unknown)

    def _taken_out(self) -> str:
        """What became of the rows that audit-mend took out: the file is said to have them only if it was looked at."""
        kept = self.evidence.foreign
        if kept is None:
            said = ngettext(
                "%(n)d foreign row was taken out of the chain; the file that must contain it was not looked at.",
                "%(n)d foreign rows were taken out of the chain; the file that must contain them was not looked at.",
                self.taken_out,
            )
        elif kept < self.taken_out:
            said = ngettext(
                "%(n)d foreign row was taken out of the chain; the file foreign beside the signing key has %(kept)d.",
                "%(n)d foreign rows were taken out of the chain; the file foreign beside the signing key has %(kept)d.",
                self.taken_out,
            )
        else:
            said = ngettext(
                "%(n)d foreign row was taken out of the chain; the file foreign beside the signing key has it.",
                "%(n)d foreign rows were taken out of the chain; the file foreign beside the signing key has them.",
                self.taken_out,
            )
        return said % {"n": self.taken_out, "kept": kept}


def verify(evidence: Evidence, using: str = "default") -> Report:
    """Reads the whole ledger once, and holds it against the evidence."""
    now = world_now(using)
    seals = LedgerSeal.objects.using(using).filter(at__range=READABLE, id__gte=1).order_by("id")
    fault, signatures = walk(evidence, now, using)
    kept = [_keeps(head, signatures, using) for head in evidence.heads]
    if fault is None:
        strange = [
            head.batch for head, is_kept in zip(evidence.heads, kept, strict=True) if is_kept in (None, "unknown")
        ]
        fault = Fault("head", strange[0]) if strange else None
    taken_out = _taken_out(evidence, using)
    if fault is None and evidence.foreign is not None and evidence.foreign < taken_out:
        fault = Fault("foreign", taken_out)
    waiting, stray = _waiting(using)
    newest = seals.last()
    return Report(
        rows=sum(seals.values_list("count", flat=True)),
        batches=seals.count(),
        signatures=LedgerCheckpoint.objects.using(using).count(),
        waiting=waiting,
        head=Head(batch=newest.id, chain=bytes(newest.chain)).text if newest else "",
        evidence=evidence,
        found=kept.count("found"),
        given_up=kept.count("given_up"),
        unknown=kept.count("unknown"),
        taken_out=taken_out,
        fault=fault or stray,
        standing=standing.seen(connections[using].connection),
        gaps=signatures.gaps,
    )


def _gap(lost: GivenUp, at: datetime) -> str:
    """What a signature says was given up, and when."""
    number = max(0, lost.batch - lost.restored)
    said = ngettext(
        "%(n)d batch after batch %(batch)d was given up at %(at)s UTC, when an older backup was put back.",
        "%(n)d batches after batch %(batch)d were given up at %(at)s UTC, when an older backup was put back.",
        number,
    )
    if not number:
        said = _("A signature after batch %(batch)d was given up at %(at)s UTC, when an older backup was put back.")
    return said % {"n": number, "batch": lost.restored, "at": f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"}


def walk(
    evidence: Evidence, now: datetime, using: str = "default", dated: list[int] | None = None
) -> tuple[Fault | None, Signatures]:
    """Along the chain from its first batch to what stands there last: what is wrong first, and the signatures met.

    `dated`: takes the rows with a false time that this worker sealed so, instead of a fault.
    """
    signatures = Signatures(LedgerCheckpoint.objects.using(using).filter(at__range=READABLE), evidence.key)
    seals = LedgerSeal.objects.using(using).filter(at__range=READABLE, id__gte=1).order_by("id")
    fault = next(_faults_of_batches(seals.iterator(), evidence.chain, signatures, now, using, dated), _beside(using))
    if fault is not None and fault.what == "missing" and _is_unreadable(fault.number, using):
        fault = Fault("changed", fault.number)
    return fault, signatures


def _beside(using: str) -> Fault | None:
    """The first batch, signature or row that bears a time which can not be read, or a batch below the first number."""
    below = LedgerSeal.objects.using(using).filter(id__lt=1).order_by("id").values_list("id", flat=True).first()
    if below is not None:
        return Fault("mac", below)
    for what, model in (("mac", LedgerSeal), ("signature", LedgerCheckpoint), ("time", Ledger)):
        numbers = model._default_manager.using(using).exclude(at__range=READABLE).order_by("pk")
        if (number := numbers.values_list("pk", flat=True).first()) is not None:
            return Fault(what, number)
    return None


def _is_unreadable(number: int, using: str) -> bool:
    """Whether the row is there, and bears such a time."""
    return Ledger.objects.using(using).filter(id=number).exclude(at__range=READABLE).exists()


def _taken_out(evidence: Evidence, using: str) -> int:
    """How many rows of the chain's tables were taken out: by the worker's file, or what the ledger says if it is more.

    Of the ledger's rows those count that bear the worker's word, each once. Who has not its keys takes those for true
    that have their alarm beside them: their owner can add to that number, and take nothing from it.
    """
    rows = Ledger.objects.using(using).filter(at__range=READABLE, role_code="system", object_kind_code="ledger")
    told = rows.filter(action_code=MENDED, count__gt=0)
    if evidence.chain is None:
        alarms = rows.filter(action_code="tag.mismatch", cluster=OuterRef("cluster"), tx=OuterRef("tx"))
        return max(sum(row.count or 0 for row in told.filter(Exists(alarms))), evidence.foreign or 0)
    ours = {row.object_id: row.count or 0 for row in told if evidence.chain.is_ours(row)}
    return max(sum(ours.values()), evidence.foreign or 0)


def _keeps(head: Head, signatures: Signatures, using: str) -> str | None:
    """What became of a head that was kept outside; None: the chain is not the one that it was taken from."""
    if not head.batch or LedgerSeal.objects.using(using).filter(id=head.batch, chain=head.chain).exists():
        return "found"
    if any(lost.covers(head) for lost, _at in signatures.gaps):
        return "given_up"
    return "unknown" if any(lost.spans(head) for lost, _at in signatures.gaps) else None


def _faults_of_batches(
    seals: Iterator[LedgerSeal],
    keys: ChainKeys | None,
    signatures: Signatures,
    now: datetime,
    using: str,
    dated: list[int] | None,
) -> Iterator[Fault]:
    before, last_id, has_macs = merkle.START, 0, False
    ends: dict[int, int] = {}
    times: defaultdict[int, _Times] = defaultdict(_Times)
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
        has_macs = has_macs or seal.mac is not None
        if not keys.holds(seal.id, bytes(seal.chain), seal.mac) if keys else has_macs and seal.mac is None:
            yield Fault("mac", seal.id)
        window = Ledger.objects.using(using).filter(cluster=seal.cluster, tx__gte=seal.first_tx, tx__lt=seal.next_tx)
        rows = list(window.filter(at__range=READABLE).order_by("tx", "id"))
        yield from _faults_of_rows(entries, rows)
        for fault in times[seal.cluster].faults(rows, seal.at):
            if dated is None or seal.mac is None:
                yield fault
            else:  # a MAC that is another's was a fault above
                dated.append(fault.number)
        yield from signatures.pass_by(seal)
        before, last_id, ends[seal.cluster] = bytes(seal.chain), seal.id, seal.next_tx
    yield from signatures.late(now, last_id)


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


class _Times:
    """Rows are written after those of earlier batches, give or take a transaction, and before they are sealed.

    What is sealed at once, after the sealer stood or after a world was built, is one lump: nobody saw its order.
    """

    def __init__(self) -> None:
        self._latest: datetime | None = None
        self._lump: tuple[datetime, datetime] | None = None  # when it was begun to be sealed, and its latest row

    def faults(self, rows: Sequence[Ledger], sealed_at: datetime) -> Iterator[Fault]:
        if self._lump is not None and sealed_at - self._lump[0] > SEALED_WITHIN:
            self._latest = max(self._latest or self._lump[1], self._lump[1])
            self._lump = None
        earliest = None if self._latest is None else self._latest - SEALED_WITHIN
        for row in rows:
            if row.at > sealed_at + SEALED_WITHIN or (earliest is not None and row.at < earliest):
                yield Fault("time", row.id)
        newest = max(row.at for row in rows)
        self._lump = (sealed_at, newest) if self._lump is None else (self._lump[0], max(self._lump[1], newest))


def _waiting(using: str) -> tuple[int, Fault | None]:
    """How many rows the sealer has not reached yet, and the first one that it never will."""
    ((cluster, horizon),) = definer.read(
        "select c.system_identifier, pg_snapshot_xmax(pg_current_snapshot())::text::bigint from pg_control_system() c",
        using=using,
    )
    newest = LedgerSeal.objects.using(using).filter(at__range=READABLE).order_by("-id").first()
    waiting, stray = 0, None
    for found in Ledger.objects.using(using).values_list("cluster", flat=True).distinct():
        after = Ledger.objects.using(using).filter(cluster=found, tx__gte=next_tx_of(found, using), at__range=READABLE)
        for row in after.order_by("id"):
            waiting += 1
            passed = newest is not None and (
                (row.at < newest.at - SEALED_WITHIN) if found == cluster else newest.cluster == cluster
            )
            if stray is None and (passed or (found == cluster and row.tx >= horizon)):
                stray = Fault("no_batch", row.id)
    return waiting, stray
