"""One canonical encoding for everything that carries a tag, a proof or a MAC: two different facts never read alike.

`canon(kind, *parts)` is `hk2` and then kind and parts, each as four bytes of length and its bytes; null is ff ff ff ff.
The database's twin is `hk_canon(kind, variadic text[])`, which knows texts and nulls only.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import UTC, datetime, timedelta
from uuid import UUID

Single = str | bytes | int | bool | UUID | datetime | None
Part = Single | Sequence["Part"] | Set["Part"]

HEAD = b"hk2"
NULL = b"\xff\xff\xff\xff"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def canon(kind: str, *parts: Part) -> bytes:
    """The bytes of one fact: UUID 16 bytes, number decimal, yes 1 and no 0, time as microseconds since 1970 UTC,
    text UTF-8, a list as the encoding of its items, a set likewise, sorted by bytes.

    A time without a zone: ValueError, it would mean another moment on another machine.
    """
    return _joined([kind, *parts])


def micros(moment: datetime) -> int:
    """Microseconds since 1970 UTC. ValueError as above."""
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone")
    return (moment - EPOCH) // MICROSECOND


def _joined(parts: Sequence[Part]) -> bytes:
    return HEAD + b"".join(map(measured, parts))


def measured(part: Part) -> bytes:
    """A part as it stands there: its bytes, with their length before them."""
    encoded = _bytes(part)
    return NULL if encoded is None else len(encoded).to_bytes(4, "big") + encoded


def _bytes(part: Part) -> bytes | None:
    encoded: bytes | None
    match part:
        case None | bytes():
            encoded = part
        case str():
            encoded = part.encode("utf-8", "surrogatepass")
        case bool():
            encoded = b"1" if part else b"0"
        case int():
            encoded = str(part).encode("ascii")
        case UUID():
            encoded = part.bytes
        case datetime():
            encoded = str(micros(part)).encode("ascii")
        case Set():
            encoded = HEAD + b"".join(sorted(map(measured, part)))
        case _:
            encoded = _joined(part)
    return encoded
