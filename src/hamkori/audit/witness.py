"""What the worker keeps outside the database, beside its signing key: the chain's key and the last head that it sealed.

Whoever writes the database can change rows and reckon the SHA-256 chain anew. He cannot make the MAC of a batch, and he
cannot change what this folder remembers: a chain in which the last head is not found is not gone on with.

chain  0400  a line for each key: its number, the first batch under it, 64 hex digits; the last one is in use
head   0600  <batch>:<chain value>, then the number of the last checkpoint, then what a restore gave up and no signature
             says yet, or nothing; then a line for each that waits behind it, and for each that was said, for good
foreign 0600 rows that carried no word of the worker and were taken out of the chain: time, table and JSON, a line each
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from nacl.signing import SigningKey

from hamkori.audit import merkle, signing
from hamkori.canon import canon

if TYPE_CHECKING:
    from hamkori.audit.models import Ledger

HEAD = re.compile(r"\b(\d{1,18}):([0-9a-f]{64})\b")
"""A head as it is printed, mailed and kept: `<batch>:<chain value>`."""

_GIVEN_UP = re.compile(r"(\d{1,18}):([0-9a-f]{64}) (\d{1,18})")
_WAITS, _SAID = "waits ", "said "
_KEY = re.compile(r"(\d{1,5}) (\d{1,18}) ([0-9a-f]{64})")
HEAD_MODE = 0o600
_PERSON = b"hk.ledger.v2"
_NUMBER_BYTES = 2

RESTORED = "if you put a backup back: ./hamkori audit-mend --restored"
SENTENCES = {
    "chain_missing": "the chain's key is not beside the signing key",
    "chain_mode": "others may read the chain's key; its mode must be 0400",
    "chain_format": "the chain's key cannot be read",
    "head_missing": "the file head is not beside the signing key",
    "head_mode": "others may read or write the file head; its mode must be 0600",
    "head_format": "the file head cannot be read",
    "exists": "the ledger has begun already, and its keys are never made a second time",
    "head_lost": f"the database does not hold the batch that was sealed last; {RESTORED}",
    "checkpoint_lost": f"the database does not hold the signature that was made last; {RESTORED}",
    "batch_foreign": "the database holds a batch that this worker did not seal; ./hamkori audit-mend shows it",
    "checkpoint_foreign": "the database holds a signature that this worker did not make; ./hamkori audit-mend shows it",
    "busy": "another sealer is at work; try again",
    "row_missing": "the row by which the sealer works is missing from the database; ./hamkori migrate makes it again",
    "walls_changed": "rows of the ledger may be hidden from the sealer; after an update run ./hamkori migrate",
    "not_restored": "the database holds what was sealed and signed last; nothing was put back",
    "not_cut": "the database holds another chain than the worker sealed, not only an older end of it",
    "signer_turned": "the key that signs was turned after this backup; put signing-key of its time back beside head",
    "at_work": "a worker runs with these files; stop it first",
}
"""Why the sealer stands still, as the operator reads it."""


class WitnessRefused(Exception):
    """Sealing now would go on with a chain that nobody answers for; `reason` is a key of SENTENCES."""

    def __init__(self, reason: str, more: str = "") -> None:
        super().__init__(f"{SENTENCES[reason]} ({more})" if more else SENTENCES[reason])
        self.reason = reason


@dataclass(frozen=True)
class GivenUp:
    """What was sealed after the backup that was put back: up to `batch`, from the one after `restored`."""

    batch: int
    chain: bytes
    restored: int

    def covers(self, head: Head) -> bool:
        """Whether a head that somebody kept outside is the one that the worker knew and gave up."""
        return (head.batch, head.chain) == (self.batch, self.chain)

    def spans(self, head: Head) -> bool:
        """Whether there were two batches of its number. Of those in between the worker kept no value."""
        return self.restored < head.batch < self.batch

    @property
    def text(self) -> str:
        """As the file `head` keeps it."""
        return f"{self.batch}:{self.chain.hex()} {self.restored}"


@dataclass(frozen=True, kw_only=True)
class Head:
    """A batch and the chain's value after it; what else the worker remembers with it. Batch 0: nothing is sealed."""

    batch: int = 0
    chain: bytes = merkle.START
    checkpoint: int = 0
    given_up: GivenUp | None = None
    """What the next signature says that it was given up."""
    waiting: tuple[GivenUp, ...] = ()
    """What the ones after it say: each says one."""
    said: tuple[GivenUp, ...] = ()
    """What signatures have said: an older backup may lack them, and then it is said again."""

    def signed(self) -> Head:
        """The head once a signature has said it."""
        if self.given_up is None:
            return self
        following = self.waiting[0] if self.waiting else None
        return replace(self, given_up=following, waiting=self.waiting[1:], said=(*self.said, self.given_up))

    @property
    def text(self) -> str:
        """As it is printed, mailed and kept outside."""
        return f"{self.batch}:{self.chain.hex()}"


def _given_up(text: str) -> GivenUp:
    """WitnessRefused: head_format."""
    if not (lost := _GIVEN_UP.fullmatch(text)):
        raise WitnessRefused("head_format")
    return GivenUp(int(lost[1]), bytes.fromhex(lost[2]), int(lost[3]))


def heads_in(text: str) -> list[Head]:
    """Every head in a text, in order: a line that somebody copied, or a mail as it came."""
    return [Head(batch=int(batch), chain=bytes.fromhex(value)) for batch, value in HEAD.findall(text)]


@dataclass(frozen=True)
class ChainKey:
    """A key of the chain, and the first batch that carries its MAC."""

    number: int
    first: int
    key: bytes

    def mac(self, batch: int, chain: bytes) -> bytes:
        """The number of the key in two bytes, then the MAC."""
        keyed = hashlib.blake2b(canon("seal", batch, chain), digest_size=32, key=self.key, person=_PERSON)
        return self.number.to_bytes(_NUMBER_BYTES) + keyed.digest()

    def word(self, count: int, once: UUID) -> UUID:
        """What stands in the ledger's row of so many rows that were taken out; `once` makes it good for one row."""
        keyed = hashlib.blake2b(canon("mend", count, str(once)), digest_size=16, key=self.key, person=_PERSON)
        return UUID(bytes=keyed.digest())


@dataclass(frozen=True)
class ChainKeys:
    """All keys the chain has had, the one in use last."""

    keys: tuple[ChainKey, ...]

    @property
    def number(self) -> int:
        """The number of the key in use."""
        return self.keys[-1].number

    def mac(self, batch: int, chain: bytes) -> bytes | None:
        """What stands beside this batch; None for one that was sealed before there was a key."""
        own = [key for key in self.keys if key.first <= batch]
        return own[-1].mac(batch, chain) if own else None

    def holds(self, batch: int, chain: bytes, mac: bytes | memoryview[int] | None) -> bool:
        """Whether it is what should stand there. Where a MAC belongs, none is as wrong as a false one."""
        return hmac.compare_digest(self.mac(batch, chain) or b"", bytes(mac or b""))

    def word(self, count: int, once: UUID) -> UUID:
        """That it was this worker who took them out, under the key in use."""
        return self.keys[-1].word(count, once)

    def is_ours(self, row: Ledger) -> bool:
        """Whether it said so in this row of the ledger, under any of its keys."""
        if row.count is None or row.object_id is None or row.operation_id is None:
            return False
        said, once = row.operation_id.bytes, row.object_id
        return any(hmac.compare_digest(key.word(row.count, once).bytes, said) for key in self.keys)


@dataclass(frozen=True)
class Witness:
    """The folder of the worker's files, named by the signing key in it."""

    signing_key: Path

    @property
    def _chain(self) -> Path:
        return self.signing_key.with_name("chain")

    @property
    def _head(self) -> Path:
        return self.signing_key.with_name("head")

    def begin(self, newest: Head) -> None:
        """Makes both files for a ledger without any MAC: the next batch is the first under the key.

        WitnessRefused('exists') if either file is there: a head that was forgotten would never be missed.
        """
        if self.is_here():
            raise WitnessRefused("exists")
        self.keep(newest)
        line = f"1 {newest.batch + 1} {secrets.token_hex(32)}\n"
        _write(self._chain, line, signing.MODE)

    def is_here(self) -> bool:
        """Whether the chain's key, or what is left beside it, is on this machine."""
        return self._chain.exists() or self._head.exists()

    @contextmanager
    def in_use(self, *, alone: bool = False) -> Iterator[None]:
        """While it lasts others see that a worker goes by these files; several may. It ends with the process.

        `alone`: for whoever changes what they remember. WitnessRefused: at_work (a worker goes by them), head_missing.
        """
        try:
            folder = os.open(self.signing_key.parent, os.O_RDONLY)
        except FileNotFoundError:
            raise WitnessRefused("head_missing") from None
        try:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB if alone else fcntl.LOCK_SH)
            except BlockingIOError:
                raise WitnessRefused("at_work") from None
            yield
        finally:
            os.close(folder)

    def head_written(self) -> datetime:
        """When this machine last wrote what was sealed last."""
        return datetime.fromtimestamp(self._head.stat().st_mtime, UTC)

    def signer(self) -> SigningKey:
        """The key that signs. SigningRefused as there."""
        return signing.load(self.signing_key)

    @property
    def _next(self) -> Path:
        return self.signing_key.with_name(self.signing_key.name + ".next")

    def next_signer(self) -> SigningKey | None:
        """The key that is to sign after the next checkpoint, which names it; None: no turn is under way."""
        try:
            return signing.load(self._next)
        except signing.SigningRefused:
            return None  # none, or one that was killed while it was made: it has signed nothing yet

    def make_next_signer(self) -> None:
        """Makes it, unless there is one. Called under the sealer's lock."""
        if self.next_signer() is None:
            key = SigningKey.generate()
            _write(self._next, key.encode().hex() + "\n", signing.MODE)

    def take_next_signer(self) -> None:
        """It has been named: from here on it signs, and the one before it is gone. Nothing to do: it was taken."""
        key = self.next_signer()
        if key is None:
            return
        signing.add_public(self.signing_key, key)
        self._next.replace(self.signing_key)
        _settle(self.signing_key.parent)

    def keys(self) -> ChainKeys:
        """The chain's keys. WitnessRefused: chain_missing, chain_mode, chain_format."""
        lines = _read(self._chain, "chain").splitlines()
        found = [_KEY.fullmatch(line) for line in lines]
        keys = [ChainKey(int(line[1]), int(line[2]), bytes.fromhex(line[3])) for line in found if line]
        in_order = all(a.number < b.number and a.first <= b.first for a, b in pairwise(keys))
        if not keys or len(keys) != len(lines) or not in_order:
            raise WitnessRefused("chain_format")
        return ChainKeys(tuple(keys))

    def renew_chain(self, first: int) -> None:
        """Adds a key from this batch on; the batches before keep their MACs. Called under the sealer's lock."""
        line = f"{self.keys().number + 1} {first} {secrets.token_hex(32)}\n"
        _write(self._chain, _read(self._chain, "chain") + line, signing.MODE)

    def head(self) -> Head:
        """What was sealed last. WitnessRefused: head_missing, head_mode, head_format."""
        lines = _read(self._head, "head").splitlines()
        if len(lines) < 3 or not (newest := HEAD.fullmatch(lines[0])) or not lines[1].isdecimal():
            raise WitnessRefused("head_format")
        given_up = _given_up(lines[2]) if lines[2] else None
        waiting = tuple(_given_up(line[len(_WAITS) :]) for line in lines[3:] if line.startswith(_WAITS))
        said = tuple(_given_up(line.removeprefix(_SAID)) for line in lines[3:] if not line.startswith(_WAITS))
        return Head(
            batch=int(newest[1]),
            chain=bytes.fromhex(newest[2]),
            checkpoint=int(lines[1]),
            given_up=given_up,
            waiting=waiting,
            said=said,
        )

    def keep(self, head: Head) -> None:
        """Remembers this head, whole or not at all, also if the machine dies now."""
        lost = head.given_up.text if head.given_up else ""
        more = [f"{_WAITS}{one.text}" for one in head.waiting] + [f"{_SAID}{one.text}" for one in head.said]
        _write(self._head, "\n".join([head.text, str(head.checkpoint), lost, *more, ""]), HEAD_MODE)

    @property
    def foreign(self) -> Path:
        """Where rows are kept that were taken out."""
        return self.signing_key.with_name("foreign")

    def foreign_kept(self) -> int:
        """How many it holds. Who is killed between file and database writes them once more."""
        return self.foreign.read_bytes().count(b"\n") if self.foreign.exists() else 0

    def keep_foreign(self, rows: Iterable[str]) -> None:
        """Adds these before they are taken out, a line each, with the time: all of them or none."""
        kept = self.foreign.read_text(encoding="utf-8") if self.foreign.exists() else ""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        _write(self.foreign, kept + "".join(f"{now} {row}\n" for row in rows), HEAD_MODE, encoding="utf-8")


def _read(path: Path, name: str) -> str:
    try:
        if path.lstat().st_mode & 0o077:
            raise WitnessRefused(f"{name}_mode")
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        raise WitnessRefused(f"{name}_missing") from None
    except UnicodeDecodeError:
        raise WitnessRefused(f"{name}_format") from None


def _write(path: Path, text: str, mode: int, encoding: str = "ascii") -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding=encoding) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    _settle(path.parent)


def _settle(parent: Path) -> None:
    folder = os.open(parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
