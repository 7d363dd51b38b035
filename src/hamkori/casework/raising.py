"""At the start of the pages: marks of casework that a crash has left behind their rows are raised. Never lowered."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from hamkori import definer
from hamkori.casework.consent.models import Consent
from hamkori.casework.consent.queries.said import Word, row_of
from hamkori.casework.referral.queries.permit import ENDED, age_of, serial_of
from hamkori.vault import server, tags
from hamkori.vault.bytes import Untrusted
from hamkori.vault.declared import set_of
from hamkori.vault.keyring import Keyring
from hamkori.vault.marks import Behind, Nameless
from hamkori.vault.proof import as_meant, prove
from hamkori.vault.tags import Fact
from hamkori.vault.trust import Trust

Found = tuple[str, str, int, str | None, bytes, bool]

VOUCHED = frozenset({"consent", "epoch"})
"""Kinds that carry a tag of ours, which says how far they are."""

OVER = frozenset({"team", "part", "permit"})
"""Kinds that carry none any more: to believe that one of them has ended only takes away. No other mark is taken from
the database's word alone; her age, which may also give, comes from under the lock of a permit."""


OVER_NUMBER = 2
"""The mark of a row of a team, or of a part, that has ended: its own number is 1."""


def raise_marks(keyring: Keyring) -> int:
    """What she said last, the epochs, and what has ended is at its mark; how many marks were raised."""
    found = behind(keyring)
    for one in found:
        server.marks().raise_to(one.kind, one.thing, one.number)
    return len(found)


def behind(keyring: Keyring) -> list[Behind]:
    """The marks that are lower than a row of casework.

    The highest number of a thing whose tag holds counts: a planted one above it hides nothing.
    """
    trust, found = server.trust(), dict[tuple[str, str], Behind]()
    for kind, thing, number, said, tag, by_clock in sorted(ahead(keyring, trust), key=lambda one: one[2], reverse=True):
        if (kind, thing) not in found and _believed(keyring, kind, thing, number, said, tag):
            found[kind, thing] = Behind(kind, thing, number, by_clock)
    return list(found.values())


def ahead(keyring: Keyring, trust: Trust) -> Iterator[Found]:
    """Everything whose number is higher than its mark: mostly nothing but epochs that nobody has closed."""
    statement = "select kind, thing, number, said, tag, by_clock from numbered_casework(%s, %s)"
    with as_meant():
        for row in definer.each(statement, *prove(keyring, "numbered_casework", "all")):
            for kind, thing, number, said, tag, by_clock in _of(keyring, row):
                if _is_behind(trust, kind, thing, number):
                    yield kind, thing, number, said, bytes(tag or b""), by_clock


def _is_behind(trust: Trust, kind: str, thing: str, number: int) -> bool:
    try:
        return number > trust.marks.least(kind, thing)
    except Nameless:  # no mark can be of it
        return False


def _of(keyring: Keyring, row: tuple[Any, ...]) -> Iterable[tuple[Any, ...]]:
    """What a row may say: of a kind that the database may name, and with a tag where that kind has one."""
    kind, thing, _number, said, tag, by_clock = row
    if kind not in VOUCHED | OVER or (said is None) != (kind in OVER):
        return ()
    if kind == "permit":
        return _under(keyring, *row)
    return ((kind, thing, OVER_NUMBER, said, tag, by_clock),) if kind in OVER else (row,)


def _under(
    keyring: Keyring, kind: str, thing: str, _number: None, said: None, permit: bytes | None, by_clock: bool
) -> Iterator[tuple[str, str, int, None, bytes | None, bool]]:
    """Of a request that goes on what lies under its permit's lock: its serial, and her age of then; else the end.

    A permit that is old already says nothing of her age.
    """
    if permit is None:
        yield kind, thing, ENDED, said, permit, by_clock
        return
    referral, locked = UUID(thing), bytes(permit)
    serial, held = serial_of(keyring, referral, locked), age_of(keyring, referral, locked)
    yield kind, thing, serial, said, locked, by_clock
    if held is not None and serial >= server.marks().least(kind, referral):
        yield held[0], held[1].hex, held[2], said, locked, by_clock


def _believed(keyring: Keyring, kind: str, thing: str, number: int, said: str | None, tag: bytes) -> bool:
    """Whether we vouched for just this. What has ended carries no tag, and of a permit the lock was opened.

    An epoch that is closed has the number after its own.
    """
    if said is None:
        return True
    try:
        if kind == "consent":
            word = _word(keyring, UUID(said), number)
            if word is None:
                return False
            fact, tag, closed = word.fact, bytes(word.version.tag), 0
        else:
            fact, closed = _epoch(said), 1
        is_this = fact.thing == thing and fact.number <= number <= fact.number + closed
        return is_this and keyring.tag_holds(fact.covered, tag)
    except (Untrusted, ValueError, TypeError, RecursionError):  # of no shape that we write, an infinite date for one
        return False


def _epoch(said: str) -> Fact:
    case, section, number, commitment = json.loads(said)
    return tags.epoch(UUID(case), section, number, bytes.fromhex(commitment))


def _word(keyring: Keyring, case: UUID, number: int) -> Word | None:
    proved = prove(keyring, "numbered_word", case, number)
    with as_meant():
        row = definer.row("numbered_word", case, number, *proved, columns="version answers without")
    if row is None:
        return None
    columns = json.loads(row[0])
    columns |= {name: UUID(columns[name]) for name in ("id", "case_id", "membership_id")}
    columns |= {"at": datetime.fromisoformat(columns["at"]), "tag": bytes.fromhex(columns["tag"][2:])}
    version = Consent(**columns)
    return Word(version, tuple(row_of(version, one) for one in json.loads(row[1])), set_of(row[2]))
