"""Rows that say who reads, made here with their id and tag; and the end of such a row, which the database cannot undo.

A row of a team or of a referral counts while its tag holds and nobody has marked it as ended (vault/trust.py). It has
no number that grows: what was made in a press that failed is marked as ended by whoever sees it fail. Which row it is
that ends, the database says; who was released from where, does not lie with it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from hamkori.casework.case.rules.sections import SECTIONS, Rights
from hamkori.vault import server, tags
from hamkori.vault.bytes import Untrusted
from hamkori.vault.trust import FAR

ENDED = 2
"""The mark of a row that has ended: its own number is 1."""
ERASED = "erased"
"""The kind of mark of a draft that was thrown away: of a case, or of a request."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """The id of a new row, and the tag over it and its columns."""

    id: UUID
    tag: bytes


def team_row(case: UUID, membership: UUID, user: UUID, kind: str, held: Rights) -> Tagged:
    """A row of case_access, of a case that begins with it: should the press fail, no other ever names that case."""
    row = _made_now(case, membership)
    fact = tags.team(row, case, membership, user, kind, held.sections, held.writes)
    return Tagged(row, server.trust().tag(fact))


def admitted(case: UUID, membership: UUID, user: UUID, held: Rights) -> Tagged:
    """The row of somebody who joins the team of a case that there is already: over, should the press fail."""
    made = team_row(case, membership, user, "member", held)
    server.over_unless_committed("team", made.id, ENDED)
    return made


def part_row(referral: UUID, membership: UUID, user: UUID, sections: Iterable[str]) -> Tagged:
    """A row of referral_access, of a worker. A supervisor's has no tag: nothing is ever sealed to it."""
    row = _made_now(referral, membership)
    server.over_unless_committed("part", row, ENDED)
    return Tagged(row, server.trust().tag(tags.part(row, referral, membership, user, sections)))


def _made_now(where: UUID, membership: UUID) -> UUID:
    """The id of a row that is of today: of after the member's last release, whatever the clock says."""
    return tags.dated(max(_now(), server.marks().least(tags.GONE, tags.place(where, membership))))


def _now() -> int:
    """Milliseconds of the machine's clock: the database's is its owner's."""
    return time.time_ns() // 1_000_000


def gone(where: UUID, membership: UUID) -> None:
    """No row of this member in the case, or at the request, made before now counts any more; one made later does.

    The row that ended is the one that the database named: its owner may have called it otherwise for that moment.
    """
    place = tags.place(where, membership)
    server.mark(tags.GONE, place, max(_now(), server.marks().least(tags.GONE, place) + 1))


def team_row_ended(row: UUID) -> None:
    """Nothing is sealed to this row any more, also if it is put back."""
    server.mark("team", row, ENDED)


def part_row_ended(row: UUID) -> None:
    """The same of the receiver's side."""
    server.mark("part", row, ENDED)


def epochs_closed(case: UUID, sections: Iterable[str], closed: dict[str, int]) -> None:
    """Nothing is written any more under an epoch of these sections that there is by now, or that a press had begun.

    `closed`: the newest of each section that the database says it closed. It is not believed alone: the mark of the
    last minting is ours, and of a number far above that, or a section that is none, it is the only one who knows.
    """
    marks = server.marks()
    for section in {*sections, *closed} & {*SECTIONS}:
        thing = epoch_of(case, section)
        known = max(marks.least("epoch", thing), marks.given.least("epoch", thing))
        newest = max(known, min(closed.get(section, 0), known + FAR))
        if newest:
            server.mark("epoch", thing, newest + 1)


def erased(draft: UUID) -> None:
    """Nothing that was written in this draft, of a case or of a request, is opened any more, also if it is put back."""
    server.mark(ERASED, draft, 1)


def require_kept(*drafts: UUID | None) -> None:
    """Untrusted: one of these cases or requests was thrown away, and stands there again."""
    for draft in drafts:
        if draft is not None and server.marks().least(ERASED, draft):
            raise Untrusted(ERASED, draft)


def epoch_of(case: UUID, section: str) -> str:
    """The name of a section's epochs among the marks."""
    return tags.epoch(case, section, 0, b"").thing
