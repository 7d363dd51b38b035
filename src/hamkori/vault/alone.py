"""Who works at a case does so alone: a lock of this server's machine, which no database gives or takes away.

It lies over one byte of an empty file beside the marks; which byte, says a hash of the case's id, so that nobody reads
whose turn it is. Each transaction has opened the file for itself, once, however many locks it takes: threads of one
process keep each other out as processes do, and none is left without files because the database has named it many
cases. The kernel frees it with whoever dies, and nothing of it is ever written to the disk.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import time
from pathlib import Path
from uuid import UUID

from django.db import OperationalError

from hamkori.vault.bytes import h
from hamkori.vault.marks import MODE, MarksLost, Nameless

FILE = "locks"
OF_ITS_OWN: int | None = getattr(fcntl, "F_OFD_SETLK", None)
"""Linux: a lock over some bytes, of whoever opened the file. Elsewhere one works at a time, at whatever case."""
BYTES = 1 << 62
MOMENT = 0.01
"""Seconds between two looks."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE})
"""What goes by, and says nothing about the folder."""


class Busy(OperationalError):
    """Somebody else works there for longer than is waited: an outage like a row of the database that is held."""


class _File:
    """The file as somebody has opened it, for as long as anything refers to it."""

    def __init__(self, path: Path) -> None:
        self.handle = _opened(path)

    def lock(self, kind: int, place: int) -> None:
        """Take or free this byte. BlockingIOError: somebody else has it."""
        if OF_ITS_OWN is not None:
            fcntl.fcntl(self.handle, OF_ITS_OWN, struct.pack("hhqqi4x", kind, os.SEEK_SET, place, 1, 0))
        elif kind != fcntl.F_UNLCK:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def __del__(self) -> None:
        if hasattr(self, "handle"):
            os.close(self.handle)


class Alone:
    """A lock that is held, until it is let go or nothing refers to it any more.

    `file`: what another lock of the same transaction is taken in; None: it was let go.
    """

    def __init__(self, file: _File, place: int) -> None:
        self.file: _File | None = file
        self._place = place

    @property
    def stands(self) -> bool:
        """Whether it was not let go."""
        return self.file is not None

    def go_on(self) -> None:
        """Nothing: whatever refers to this holds the lock."""

    def let_go(self) -> None:
        """The next one may come. Once is enough."""
        file, self.file = self.file, None
        if file is not None:
            file.lock(fcntl.F_UNLCK, self._place)

    __del__ = let_go


def place_of(thing: object) -> int:
    """The byte of a case, or of a request. Nameless: the database has answered an id that is none."""
    if not isinstance(thing, UUID):
        raise Nameless("case")
    return int.from_bytes(h(thing.bytes, person=b"hk.alone.v1")[:8]) % BYTES if OF_ITS_OWN is not None else 0


def hold(folder: Path, place: int, seconds: float, beside: Alone | None = None) -> Alone:
    """The lock of this place, waited for no longer than this. Busy; MarksLost: there is no such folder, or not ours.

    `beside`: one that the same transaction holds, of another place. It holds no two of the same.
    """
    file = (beside.file if beside is not None else None) or _File(folder / FILE)
    if not _taken(file, place):
        _wait(file, place, seconds)
    return Alone(file, place)


def _wait(file: _File, place: int, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(MOMENT)
        if _taken(file, place):
            return
    raise Busy("somebody works there")


def _opened(path: Path) -> int:
    """The file, made where there is none: whose folder is gone is not made anew, somebody is to put it back."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, MODE)
    except OSError as error:
        if error.errno in FULL:
            raise
        raise MarksLost from None


def _taken(file: _File, place: int) -> bool:
    try:
        file.lock(fcntl.F_WRLCK, place)
    except BlockingIOError:
        return False
    return True
