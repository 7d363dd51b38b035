"""What the database may not decide alone: one builder for each kind of fact that decides who reads.

A fact counts when its tag holds under the keyring and its number is not below its mark. What is suspended, ended or
used has an empty tag and a raised mark, so no column that says "live" is covered (docs/design/keys-and-walls.md#tags).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from secrets import randbits
from typing import TypeAlias
from uuid import UUID

from hamkori.canon import Part, canon
from hamkori.vault.bytes import NAMELESS
from hamkori.vault.declared import as_declared, as_declared_or

GONE = "gone"
"""The kind of mark by which nobody is where they were released from, whatever the row was called at that moment."""
LEFT = "left"
"""The kind of mark by which somebody works nowhere: the number under which their post rested or ended."""
DATED = 7
"""The version of an id that begins with the millisecond of its making (RFC 9562)."""

Asking: TypeAlias = tuple[UUID, str, str, str, str, str, str, bool, bool, str, str, datetime, UUID]
"""How somebody was asked: the columns of a version, in the order in which the tag covers them."""
Answer: TypeAlias = tuple[str, str, str, frozenset[str], datetime | None, bool, str, bool, str]
"""One row of a version, likewise."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its kind, the thing it is about (the mark's name), its number, and the bytes that the tag covers.

    `since`: of somebody who was let in, the name of the mark that the release leaves, and when the row was made.
    """

    kind: str
    thing: str
    number: int
    covered: bytes
    since: tuple[str, int] | None = None


def nobodys(kind: str) -> Fact:
    """What no tag can hold for: something in it is of a type that we never write. It has no name."""
    return Fact(kind, NAMELESS, 0, b"")


def _fact(kind: str, thing: UUID | str, number: int, *parts: Part) -> Fact:
    return Fact(kind, thing.hex if isinstance(thing, UUID) else thing, number, canon(kind, *parts))


@as_declared_or("post", nobodys)
def post(
    membership: UUID, number: int, user: UUID, organisation: UUID, name: str, function: str, roles: Iterable[str],
    supervisor: UUID | None,
) -> Fact:  # fmt: skip
    """Who works where, as what, under whom, and by which name colleagues choose them. `number`: its serial."""
    covered = (membership, number, user, organisation, name, function, frozenset(roles), supervisor)
    return _fact("post", membership, number, *covered)


@as_declared_or("org", nobodys)
def organisation(
    organisation_id: UUID, version: int, slug: str, names: tuple[str, str, str, str], kind: str, compartment: str,
    has_desk: bool,
) -> Fact:  # fmt: skip
    """Which organisation this is: its names (en, tg, ru, fr), kind and compartment. `number`: its version."""
    covered = (organisation_id, version, slug, *names, kind, compartment, has_desk)
    return _fact("org", organisation_id, version, *covered)


@as_declared_or("invite", nobodys)
def invitation(
    token_hash: bytes, organisation_id: UUID, email: str, name: str, function: str, roles: Iterable[str],
    supervisor: UUID | None, expires_at: datetime,
) -> Fact:  # fmt: skip
    """Whom a link was made for. It vouches for the first post; its number is 1, and a used one has the mark 2."""
    covered = (token_hash, organisation_id, email, name, function, frozenset(roles), supervisor, expires_at)
    return _fact("invite", token_hash.hex(), 1, *covered)


@as_declared_or("key", nobodys)
def person_key(user: UUID, key_no: int, public: bytes) -> Fact:
    """A person's public key."""
    return _fact("key", user, key_no, user, key_no, public)


@as_declared_or("bodykey", nobodys)
def body_key(organisation_id: UUID, kind: str, key_no: int, public: bytes) -> Fact:
    """An organisation's public key; `kind` is desk or continuity."""
    return _fact("bodykey", f"{organisation_id.hex}.{kind}", key_no, organisation_id, kind, key_no, public)


@as_declared_or("epoch", nobodys)
def epoch(case: UUID, section: str, number: int, commitment: bytes) -> Fact:
    """A section's epoch, over its key's commitment: nobody can plant one whose key he knows."""
    return _fact("epoch", f"{case.hex}.{section}", number, case, section, number, commitment)


@as_declared_or("team", nobodys)
def team(
    row: UUID, case: UUID, membership: UUID, user: UUID, kind: str, sections: Iterable[str], writes: Iterable[str]
) -> Fact:
    """Who is on the team of a case and reads what. Its number is 1, and an ended row has the mark 2."""
    covered = (row, case, membership, user, kind, frozenset(sections), frozenset(writes))
    return replace(_fact("team", row, 1, *covered), since=(place(case, membership), dated_at(row)))


@as_declared_or("part", nobodys)
def part(row: UUID, referral: UUID, membership: UUID, user: UUID, sections: Iterable[str]) -> Fact:
    """Who takes part in a referral on the receiver's side. Its number is 1, and an ended row has the mark 2."""
    fact = _fact("part", row, 1, row, referral, membership, user, frozenset(sections))
    return replace(fact, since=(place(referral, membership), dated_at(row)))


@as_declared(GONE)
def place(where: UUID, membership: UUID) -> str:
    """Somebody in a case or at a request, by what no row is called."""
    return f"{where.hex}.{membership.hex}"


def dated(moment: int) -> UUID:
    """An id that says under the tag when its row was made: milliseconds since 1970, and otherwise chance."""
    return UUID(int=moment << 80 | DATED << 76 | randbits(12) << 64 | 0b10 << 62 | randbits(62))


@as_declared(GONE)
def dated_at(row: UUID) -> int:
    """When a row of this id was made; 0: an id of before ids said so, older than every release."""
    return row.int >> 80 if row.version == DATED else 0


@as_declared_or("consent", nobodys)
def consent(case: UUID, number: int, asking: Asking, rows: Iterable[Answer], excluded: Iterable[UUID]) -> Fact:
    """One version of what somebody agreed to: how it was asked, all its rows, whom she does not want. The newest number
    counts.
    """
    return _fact("consent", case, number, case, number, list(asking), frozenset(rows), frozenset(excluded))


@as_declared_or("request", nobodys)
def request(
    row: UUID, act: str, organisation: UUID, subjects: Iterable[UUID], asked_by: UUID, user: UUID, expires_at: datetime
) -> Fact:  # fmt: skip
    """What one person asks another to agree to, about what, until when. Its number is 1, a decided one has the mark 2.

    `user`: who that person is, so that nobody agrees with their own question from another place of work.
    """
    return _fact("request", row, 1, row, act, organisation, frozenset(subjects), asked_by, user, expires_at)
