"""Memory for keys: libsodium reads and writes it in place, nothing copies it, and it is wiped.

A Python `bytes` cannot be wiped, and PyNaCl's own functions copy what they open into two or three of them. So whatever
is a key lies in memory of its own here, is opened straight into it, and is wiped when nobody holds it any more; in a
process that serves pages at the latest when the request is over, also where something still holds it.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from nacl._sodium import ffi, lib

_passing: ContextVar[list[weakref.ref[Wiped]] | None] = ContextVar("passing", default=None)


class Wiped(Protocol):
    """Whatever wipes itself when it is told to."""

    def wipe(self) -> None:
        """Nothing can be done with it from here on."""


def blank(size: int) -> Any:
    """So many bytes, all zero."""
    return ffi.new("unsigned char[]", size)


def filled(text: bytes) -> Any:
    """A copy of these bytes that can be wiped."""
    memory = blank(len(text))
    ffi.memmove(memory, text, len(text))
    return memory


def fresh(size: int) -> Any:
    """So many bytes from the system's random source, in no other place."""
    memory = blank(size)
    lib.randombytes(memory, size)
    return memory


def taken(memory: Any, start: int, size: int) -> Any:
    """A part of it, in memory of its own."""
    part = blank(size)
    ffi.memmove(part, memory + start, size)
    return part


def text_of(memory: Any, start: int, end: int) -> bytes:
    """A part of it as bytes, which cannot be wiped: only for what is no key."""
    return bytes(ffi.buffer(memory)[start:end])


def wipe(memory: Any, _zero: Any = lib.sodium_memzero, _size: Any = len) -> None:
    """All zero. What it needs is at hand also while the process ends."""
    _zero(memory, _size(memory))


@contextmanager
def wiped_after() -> Iterator[None]:
    """Keys that are opened within this are wiped at its end, whoever still holds them."""
    kept: list[weakref.ref[Wiped]] = []
    token = _passing.set(kept)
    try:
        yield
    finally:
        _passing.reset(token)
        for one in kept:
            key = one()
            if key is not None:
                key.wipe()


def passes(key: Wiped) -> None:
    """This key was opened for the present request, and for no longer."""
    kept = _passing.get()
    if kept is not None:
        kept.append(weakref.ref(key))
