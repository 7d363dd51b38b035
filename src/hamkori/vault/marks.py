"""What the database may not take back: the least number that each fact must have by now, in a file beside the keyring.

A tag stops a changed row; a mark stops an old row put back with its good tag. The file is only ever added to, one line
`<kind> <thing> <number>` a time, by one write under a lock and a sync; the highest line of a thing counts. Every web
process reads what the others have added before it believes a row, and remembers what it has read: where something of
that is no longer in the file, nothing is believed until it is there again. Beside it lies `alarms`: what did not match,
for whoever looks after the installation. Rows of the ledger can be withheld by who owns the database; this file cannot,
and what the ledger lacks of it the worker writes there (people/late_alarms.py).
See docs/design/keys-and-walls.md#marks.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, NamedTuple
from uuid import UUID, uuid4

from hamkori.vault.bytes import NAMELESS

MODE = 0o600
ALARMS_MODE = 0o640  # its folder's group is the worker's, where that is another user (docs/operating.md)
LINE = re.compile(rb"([a-z_]{1,20}) ([0-9a-z_.-]{1,120}) ([0-9]{1,18})\Z")
NAME = re.compile(r"[0-9a-z_.]{1,120}|-", re.ASCII)  # no hyphen: an id has no second spelling
LONGEST_LINE = 256  # bytes, more than any of both files
ALARM_LINE = re.compile(r"(\S+) ([a-z_]{1,20}) ([0-9a-z_.-]{1,120})(?: ([0-9a-f]{32}))?\Z")
AGAIN = 60.0  # seconds in which the same row alarms once: a page that is looked at often is one finding
UNSEEN = (-1, -1, -1)

_hash = hashlib.blake2b


class MarksLost(Exception):
    """The file of the marks is gone, not ours or less than it was: nothing that the database says can be believed."""


class Nameless(ValueError):
    """Asked for the mark of something that is called by no name of ours, or for a mark that is none: of what `kind`.

    Not answered with "no mark": the database may answer an id in a type of which there is none.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(f"no mark of {kind} is called so")
        self.kind = kind


class Behind(NamedTuple):
    """A mark that is lower than its row: what it must be. `by_clock`: the worker, who writes none, ended the row."""

    kind: str
    thing: str
    number: int
    by_clock: bool = False


class Marks:
    """The least numbers, as all processes of this server have written them down."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._least: dict[tuple[str, str], int] = {}
        self._read = 0
        self._hash = _hash().digest()  # of what was read
        self._seen = UNSEEN  # the file as it was when it was read: its inode, size, last change
        self._reading = threading.Lock()

    def least(self, kind: str, thing: UUID | str) -> int:
        """The least number that a row of this thing must have; 0: none was ever written down. MarksLost."""
        with self._reading:
            self._catch_up()
            return self._least.get((kind, _named(kind, thing)), 0)

    def raise_to(self, kind: str, thing: UUID | str, number: int) -> None:
        """Write down that older rows are no longer true. Never lowers: a smaller number changes nothing. MarksLost."""
        if number <= self.least(kind, thing):
            return
        line = line_of(kind, thing, number)
        _append(self.path, lambda: line)

    @cached_property
    def given(self) -> Given:
        """Which numbers were given out, in the file beside this one."""
        return Given(self.path.with_name("given"))

    def all(self) -> dict[tuple[str, str], int]:
        """Every mark: (kind, thing) to the least number."""
        with self._reading:
            self._catch_up()
            return dict(self._least)

    def _catch_up(self) -> None:
        try:
            state = self.path.stat()
            seen = state.st_ino, state.st_size, state.st_ctime_ns
            if seen == self._seen:
                return
            with self.path.open("rb") as file:
                if seen[0] != self._seen[0] or seen[1] <= self._seen[1] or not self._went_on(file):
                    self._begin_anew(file)
        except OSError:
            raise MarksLost from None
        self._seen = seen

    def _went_on(self, file: BinaryIO) -> bool:
        """Take in what was added. False: what was read before does not stand there as it stood."""
        text = file.read()
        hashed = _hash(memoryview(text)[: self._read])
        if hashed.digest() != self._hash:
            return False
        added, whole = _parsed(text[self._read :])
        hashed.update(whole)
        self._least |= {key: max(number, self._least.get(key, 0)) for key, number in added.items()}
        self._read, self._hash = self._read + len(whole), hashed.digest()
        return True

    def _begin_anew(self, file: BinaryIO) -> None:
        """Take in all of it. MarksLost where it is shorter than it was, or something that was known is gone."""
        file.seek(0)
        found, whole = _parsed(file.read())
        if len(whole) < self._read or any(found.get(key, 0) < number for key, number in self._least.items()):
            raise MarksLost
        self._least, self._read, self._hash = found, len(whole), _hash(whole).digest()


class Given(Marks):
    """The last number that each thing was given, whether or not what carries it was ever committed.

    What a press that failed has vouched for carries a good tag, and its number; whoever presses next gets another one,
    and the mark of that one is above it (ADR 0067). The file is made with its first line.
    """

    def next(self, kind: str, thing: UUID | str, past: int) -> int:
        """The number after this one and after all that were given: written down before it is told. MarksLost."""
        number = 0

        def line() -> bytes:
            nonlocal number
            number = max(past, self.least(kind, thing)) + 1
            return line_of(kind, thing, number)

        if not self._was_read:
            create(self.path)
        _append(self.path, line)
        return number

    @property
    def _was_read(self) -> bool:
        return self._seen != UNSEEN

    def _catch_up(self) -> None:
        if self._was_read or self.path.exists():
            super()._catch_up()


def line_of(kind: str, thing: UUID | str, number: int) -> bytes:
    """The line of a mark. Nameless: its name, or its number, is none that we give."""
    line = f"{kind} {_named(kind, thing)} {number}".encode("ascii", "replace")
    if not LINE.fullmatch(line):
        raise Nameless(kind)
    return line + b"\n"


def _named(kind: str, thing: object) -> str:
    """By what a thing is called among the marks; else Nameless."""
    word = thing.hex if isinstance(thing, UUID) else thing
    if not isinstance(word, str) or not NAME.fullmatch(word):
        raise Nameless(kind)
    return word


def _parsed(text: bytes) -> tuple[dict[tuple[str, str], int], bytes]:
    """The marks of whole lines, and those lines. Another process may be in the middle of its own."""
    whole, found = text[: text.rfind(b"\n") + 1], dict[tuple[str, str], int]()
    for line in whole.splitlines():
        matched = LINE.fullmatch(line)
        if matched is None:
            raise MarksLost
        key = (matched[1].decode(), matched[2].decode())
        found[key] = max(int(matched[3]), found.get(key, 0))
    return found, whole


class Alarm(NamedTuple):
    """A line of the file of alarms. `line`: by what the ledger knows it; None: it is from before lines had one."""

    at: datetime
    kind: str
    thing: str
    line: UUID | None


class Alarms:
    """Rows that did not match what the server knows of them: `<time> <kind> <id> <line>` a line."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.path = path
        self._clock = clock
        self._lately: dict[tuple[str, str], tuple[float, UUID]] = {}

    def raise_for(self, kind: str, thing: UUID | str | None, at: datetime | None = None) -> bool:
        """Write one down; False: the same row alarmed within the last minute. A disk that is full stops no refusal."""
        key, now, line = (kind, _word(thing)), self._clock(), uuid4()
        if key in self._lately and now - self._lately[key][0] < AGAIN:
            return False
        self._lately = {one: last for one, last in self._lately.items() if now - last[0] < AGAIN} | {key: (now, line)}
        moment = (at or datetime.now(UTC)).isoformat(timespec="seconds")
        with suppress(OSError, MarksLost):
            create(self.path, ALARMS_MODE)
            written = f"{moment} {kind} {key[1]} {line.hex}\n".encode("ascii")
            _append(self.path, lambda: written)
        return True

    def line_of(self, kind: str, thing: UUID | str | None) -> UUID | None:
        """The line in which this row has alarmed lately."""
        last = self._lately.get((kind, _word(thing)))
        return last[1] if last is not None else None

    def since(self, moment: datetime) -> list[tuple[datetime, str, str]]:
        """Time, kind and id of each since then, the oldest first; a line that is not ours is left out."""
        return [(one.at, one.kind, one.thing) for one in self.read()[0] if one.at >= moment]

    def read(self, start: int = 0) -> tuple[list[Alarm], int]:
        """The alarms from this byte on, and where the next one will begin: as `since`, in whole lines."""
        with suppress(FileNotFoundError), self.path.open("rb") as file:
            if start > os.fstat(file.fileno()).st_size:  # another file, from its beginning
                start = 0
            file.seek(start)
            text = file.read()
            whole = text[: text.rfind(b"\n") + 1]
            found = (_alarm(line) for line in whole.decode("ascii", errors="replace").splitlines())
            return [one for one in found if one is not None], start + len(whole)
        return [], 0


def _alarm(line: str) -> Alarm | None:
    matched = ALARM_LINE.fullmatch(line)
    if matched is None:
        return None
    try:
        at = datetime.fromisoformat(matched[1])
    except ValueError:
        return None
    return (
        Alarm(at, matched[2], matched[3], UUID(matched[4]) if matched[4] else None) if at.tzinfo is not None else None
    )


def uuid_of(thing: object) -> UUID | None:
    """The id that something is named by, or that its name begins with; None: a link is named by its hash."""
    if isinstance(thing, UUID):
        return thing
    if not isinstance(thing, str):
        return None
    try:
        return UUID(thing.partition(".")[0])
    except ValueError:
        return None


def create(path: Path, mode: int = MODE) -> None:
    """An empty file for nobody else to read, unless there is one. Its folder is made too."""
    path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    with suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, MODE)
        os.fchmod(handle, mode)  # whatever this process takes off from what it makes
        os.close(handle)


def _append(path: Path, said: Callable[[], bytes]) -> None:
    """Add the line that `said` says once nobody else is writing."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        raise MarksLost from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        _drop_half_a_line(handle)  # of who died while writing: it was told to nobody, and would spoil the next one
        line = said()
        if os.write(handle, line) < len(line):
            _drop_half_a_line(handle)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        os.fsync(handle)
    finally:
        os.close(handle)


def _drop_half_a_line(handle: int) -> None:
    size = os.fstat(handle).st_size
    tail = os.pread(handle, LONGEST_LINE, max(0, size - LONGEST_LINE))
    if not tail.endswith(b"\n"):
        os.ftruncate(handle, size - len(tail) + tail.rfind(b"\n") + 1)


def _word(thing: object) -> str:
    """By what an alarm calls it, whatever it is called."""
    word = thing.hex if isinstance(thing, UUID) else thing
    return word if isinstance(word, str) and NAME.fullmatch(word) else NAMELESS
