"""At the start of the pages: marks that a crash has left behind their rows are raised. Never lowered."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from hamkori import definer
from hamkori.people import totp
from hamkori.people.facts import Institution, Post
from hamkori.vault import server, tags
from hamkori.vault.bytes import Untrusted
from hamkori.vault.keyring import Keyring
from hamkori.vault.marks import Behind
from hamkori.vault.proof import as_meant, prove
from hamkori.vault.tags import Fact

ENDS = frozenset({"post", "invite"})
"""Kinds whose end carries no tag: to believe it only takes away. No other mark is taken from the database's word."""

DECIDED = 2
"""The mark of a question that two have answered, or nobody may answer any more."""


UNREAD = (Untrusted, ValueError, TypeError, LookupError, RecursionError)
"""A row whose columns are of no shape that we write, an infinite date for one: it does not hold, and stops no start."""


def raise_marks(keyring: Keyring) -> int:
    """Every row of people whose tag holds is at least at its mark; how many marks were raised."""
    found = behind(keyring)
    for one in found:
        server.marks().raise_to(one.kind, one.thing, one.number)
    if any(one.kind == "key" for one in found):
        server.key_changed()
    return len(found)


def behind(keyring: Keyring) -> list[Behind]:
    """The marks that are lower than a row whose tag holds, or that has ended."""
    asked = prove(keyring, "numbered_rows", "all")
    with as_meant():
        rows = definer.rows("numbered_rows", *asked, columns="kind said tag by_clock")
    ahead: list[Behind] = []
    for kind, written, tag, by_clock in rows:
        try:
            said = json.loads(written) if isinstance(written, str) else written
            found = _found(keyring, kind, said, bytes(tag))
            marks = [] if found is None else [*_left(kind, *found), found]
            ahead += [Behind(*one, by_clock) for one in marks if one[2] > server.marks().least(one[0], one[1])]
        except UNREAD:
            continue
    return ahead


def _left(said: str, kind: str, thing: str, number: int) -> list[tuple[str, str, int]]:
    """Where a post rests or has ended: that its holder works there no more, and at no less than its mark will say."""
    if (said, kind) != ("ended", "post"):
        return []
    return [(tags.LEFT, thing, max(number, server.marks().least(kind, thing)))]


def _found(keyring: Keyring, kind: str, said: list[Any], tag: bytes) -> tuple[str, str, int] | None:
    match kind:
        case "factor":
            return _factor(keyring, *said)
        case "ended":
            return _ended(*said) if said[0] in ENDS else None
        case "request":
            fact = _fact(kind, said)
            return (fact.kind, fact.thing, DECIDED) if keyring.tag_holds(fact.covered, tag) else None
        case _:
            return _tagged(kind, said, tag)


def _ended(kind: str, thing: str, number: int) -> tuple[str, str, int]:
    """It carries no tag any more, so its number is nobody's word: the mark goes one step, which is enough."""
    return kind, thing, min(number, max(1, server.marks().least(kind, thing)) + 1)


def _tagged(kind: str, said: list[Any], tag: bytes) -> tuple[str, str, int] | None:
    fact = _fact(kind, said)
    return (fact.kind, fact.thing, fact.number) if server.trust().holds(fact, tag) else None


def _fact(kind: str, said: list[Any]) -> Fact:
    match kind:
        case "post":
            member, serial, user, body, name, function, roles, supervisor = said
            above = UUID(supervisor) if supervisor else None
            return Post.read((UUID(member), serial, UUID(user), UUID(body), name, function, roles, above, b"")).fact
        case "org":
            return Institution(UUID(said[0]), *said[1:]).fact
        case "request":
            row, act, body, subjects, by, user, until = said
            keys = [UUID(one) for one in subjects]
            return tags.request(UUID(row), act, UUID(body), keys, UUID(by), UUID(user), datetime.fromisoformat(until))
        case "key":
            return tags.person_key(UUID(said[0]), said[1], bytes.fromhex(said[2]))
        case _:
            return tags.body_key(UUID(said[0]), said[1], said[2], bytes.fromhex(said[3]))


def _factor(keyring: Keyring, user: str, row_type: str, data: object) -> tuple[str, str, int] | None:
    number = totp.number_of(keyring, UUID(user), row_type, data)
    return ("factor", totp.thing(UUID(user), totp.KINDS[row_type][0]), number) if number > 1 else None
