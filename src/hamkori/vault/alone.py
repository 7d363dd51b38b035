"""Who works at a case does so alone: a lock of this server's machine, which no database gives or takes away.

It lies over one byte of an empty file beside the marks; which byte, says a hash of the case's id, so that nobody reads
whose turn it is. Each lock has opened the file for itself: threads of one process keep each other out as processes do.
The kernel frees it with whoever dies, and nothing of it is ever written to the disk.
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


class Alone:
    """A lock that is held, until it is let go or nothing refers to it any more."""

    def __init__(self, handle: int) -> None:
        self._handle: int | None = handle

    @property
    def stands(self) -> bool:
        """Whether it was not let go."""
        return self._handle is not None

    def go_on(self) -> None:
        """Nothing: whatever refers to this holds the lock."""

    def let_go(self) -> None:
        """The next one may come. Once is enough."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    __del__ = let_go


def place_of(thing: object) -> int:
    """The byte of a case, or of a request. Nameless: the database has answered an id that is none."""
    if not isinstance(thing, UUID):
        raise Nameless("case")
    return int.from_bytes(h(thing.bytes, person=b"hk.alone.v1")[:8]) % BYTES if OF_ITS_OWN is not None else 0


def hold(folder: Path, place: int, seconds: float) -> Alone:
    """The lock of this place, waited for no longer than this. Busy; MarksLost: there is no such folder, or not ours."""
    held = Alone(_opened(folder / FILE))
    try:
        if not _taken(held, place):
            _wait(held, place, seconds)
    except BaseException:
        held.let_go()
        raise
    return held


def _wait(held: Alone, place: int, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(MOMENT)
        if _taken(held, place):
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


def _taken(held: Alone, place: int) -> bool:
    assert held._handle is not None
    try:
        if OF_ITS_OWN is not None:
            fcntl.fcntl(held._handle, OF_ITS_OWN, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, place, 1, 0))
        else:
            fcntl.flock(held._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
