"""Rows that say who reads, made here with their id and tag; and the end of such a row, which the database cannot undo.

A row of a team or of a referral counts while its tag holds and nobody has marked it as ended (vault/trust.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID, uuid4

from hamkori.casework.rules.sections import Rights
from hamkori.vault import server, tags

ENDED = 2
"""The mark of a row that has ended: its own number is 1."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """The id of a new row, and the tag over it and its columns."""

    id: UUID
    tag: bytes


def team_row(case: UUID, membership: UUID, user: UUID, kind: str, held: Rights) -> Tagged:
    """A row of case_access."""
    row = uuid4()
    fact = tags.team(row, case, membership, user, kind, held.sections, held.writes)
    return Tagged(row, server.trust().tag(fact))


def part_row(referral: UUID, membership: UUID, user: UUID, sections: Iterable[str]) -> Tagged:
    """A row of referral_access, of a worker. A supervisor's has no tag: nothing is ever sealed to it."""
    row = uuid4()
    return Tagged(row, server.trust().tag(tags.part(row, referral, membership, user, sections)))


def team_row_ended(row: UUID) -> None:
    """Nothing is sealed to this row any more, also if it is put back."""
    server.mark("team", row, ENDED)


def part_row_ended(row: UUID) -> None:
    """The same of the receiver's side."""
    server.mark("part", row, ENDED)


def epochs_closed(case: UUID, sections: Iterable[str], closed: dict[str, int]) -> None:
    """Nothing is written any more under an epoch of these sections that there is by now.

    `closed`: the newest of each section that the database says it closed. It is not believed alone: the mark of the
    last minting is ours.
    """
    marks = server.marks()
    for section in {*sections, *closed}:
        thing = epoch_of(case, section)
        newest = max(closed.get(section, 0), marks.least("epoch", thing))
        if newest:
            server.mark("epoch", thing, newest + 1)


def epoch_of(case: UUID, section: str) -> str:
    """The name of a section's epochs among the marks."""
    return tags.epoch(case, section, 0, b"").thing
