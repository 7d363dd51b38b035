"""At the start of the pages: marks of casework that a crash has left behind their rows are raised. Never lowered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import connection

from hamkori.casework.models import Consent
from hamkori.casework.queries.said import Word, row_of
from hamkori.people.definers import as_meant, ask
from hamkori.vault import server, tags
from hamkori.vault.bytes import Untrusted
from hamkori.vault.keyring import Keyring
from hamkori.vault.proof import prove
from hamkori.vault.tags import Fact
from hamkori.vault.trust import Trust

Found = tuple[str, str, int, str | None, bytes]


def raise_marks(keyring: Keyring) -> int:
    """What she said last, the epochs, and what has ended is at its mark; how many marks were raised."""
    found = behind(keyring)
    for one in found:
        server.marks().raise_to(*one)
    return len(found)


def behind(keyring: Keyring) -> list[tuple[str, str, int]]:
    """The marks that are lower than a row of casework: kind, thing, and what they must be.

    The highest number of a thing whose tag holds counts: a planted one above it hides nothing.
    """
    trust, found = server.trust(), dict[tuple[str, str], int]()
    for kind, thing, number, said, tag in sorted(ahead(keyring, trust), key=lambda one: one[2], reverse=True):
        if (kind, thing) not in found and _believed(keyring, trust, kind, number, said, tag):
            found[kind, thing] = number
    return [(kind, thing, number) for (kind, thing), number in found.items()]


def ahead(keyring: Keyring, trust: Trust) -> Iterator[Found]:
    """Everything whose number is higher than its mark: mostly nothing but epochs that nobody has closed."""
    with as_meant(), connection.cursor() as cursor:
        cursor.execute(
            "select kind, thing, number, said, tag from numbered_casework(%s, %s)",
            [*prove(keyring, "numbered_casework", "all")],
        )
        while found := cursor.fetchmany(1000):
            for kind, thing, number, said, tag in found:
                if number > trust.marks.least(kind, thing):
                    yield kind, thing, number, said, bytes(tag or b"")


def _believed(keyring: Keyring, trust: Trust, kind: str, number: int, said: str | None, tag: bytes) -> bool:
    """Whether we vouched for it. What has ended carries no tag: to believe its end only takes away."""
    if said is None:
        return True
    try:
        if kind == "consent":
            word = _word(keyring, UUID(said), number)
            return word is not None and trust.keyring.tag_holds(word.fact.covered, bytes(word.version.tag))
        return trust.keyring.tag_holds(_epoch(said).covered, tag)
    except (Untrusted, ValueError, TypeError, RecursionError):  # of no shape that we write, an infinite date for one
        return False


def _epoch(said: str) -> Fact:
    case, section, number, commitment = json.loads(said)
    return tags.epoch(UUID(case), section, number, bytes.fromhex(commitment))


def _word(keyring: Keyring, case: UUID, number: int) -> Word | None:
    row = ask(
        "select version, answers, without from numbered_word(%s, %s, %s, %s)",
        [case, number, *prove(keyring, "numbered_word", case, number)],
    )
    if row is None:
        return None
    columns = json.loads(row[0])
    columns |= {name: UUID(columns[name]) for name in ("id", "case_id", "membership_id")}
    columns |= {"at": datetime.fromisoformat(columns["at"]), "tag": bytes.fromhex(columns["tag"][2:])}
    version = Consent(**columns)
    return Word(version, tuple(row_of(version, one) for one in json.loads(row[1])), frozenset(row[2]))
