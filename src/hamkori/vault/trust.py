"""Whether a row of the database may be believed: its tag under the keyring, and its number against its mark.

See docs/design/keys-and-walls.md#tags.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from hamkori.vault.bytes import Untrusted
from hamkori.vault.keyring import Keyring
from hamkori.vault.marks import Alarms, Marks
from hamkori.vault.tags import GONE, LEFT, Fact

UNTAGGED = b""
FAR = 16
"""How many numbers a row may be past what marks and given numbers say: each press that failed takes one."""


@dataclass(frozen=True)
class Trust:
    """The three things that the database does not have: keyring, marks, and a place for alarms."""

    keyring: Keyring
    marks: Marks
    alarms: Alarms

    def tag(self, fact: Fact) -> bytes:
        """The tag of a fact that this process vouches for."""
        return self.keyring.tag(fact.covered)

    def holds(self, fact: Fact, tag: bytes | None) -> bool:
        """Whether we vouched for exactly this, and nothing newer is known. Says nothing to anybody."""
        return self.keyring.tag_holds(fact.covered, tag or UNTAGGED) and not self.is_old(fact)

    def believes(self, fact: Fact, tag: bytes | None) -> bool:
        """`holds`, and if not, the alarm: for lists, from which such a row is left out."""
        if self.holds(fact, tag):
            return True
        self.alarms.raise_for(fact.kind, fact.thing)
        return False

    def require(self, fact: Fact, tag: bytes | None) -> None:
        """Untrusted unless it holds: for the one row without which nothing may be done. The door raises the alarm."""
        if not self.holds(fact, tag):
            raise Untrusted(fact.kind, fact.thing)

    def sure(self, read: Callable[[], tuple[Fact, bytes]]) -> Fact:
        """The fact that `read` finds. A mark may be newer than the row that was read a moment ago: read once more.

        Untrusted: it does not hold the second time either.
        """
        fact, tag = read()
        if self.keyring.tag_holds(fact.covered, tag) and self.is_old(fact):
            fact, tag = read()
        self.require(fact, tag)
        return fact

    def works(self, membership: UUID) -> bool:
        """Whether this post neither rests nor has ended, by what the marks say of its last change. Asks no row of it.

        For what is sealed to somebody by a row of theirs in a case or at a request.
        """
        left = self.marks.least(LEFT, membership)
        return not left or left < self.marks.least("post", membership)

    def next_number(self, kind: str, thing: UUID | str, number: int) -> int:
        """The number of what replaces a row of that number: past the mark too, which outlives a restored backup.

        Given once: what was vouched for and never committed has another one. Untrusted: the row's is far above what we
        know of, the word of somebody who planted it. Kept, no honest number could follow; not kept, it is given twice.
        """
        return self._after(kind, thing, number, self.marks.least(kind, thing))

    def number_past(self, kind: str, thing: UUID | str, number: int) -> int:
        """The same for what must be written whatever stands there: past a far one too, where it is not kept.

        For what gives nothing: her word that holds no yes, and the end of a post (ADR 0069).
        """
        if self.is_far(kind, thing, number):
            return number + 1
        return self.marks.given.next(kind, thing, max(number, self.marks.least(kind, thing)))

    def open_number(self, kind: str, thing: UUID | str, number: int) -> int:
        """The same where the mark is the first number that is still open: an epoch's."""
        return self._after(kind, thing, number, self.marks.least(kind, thing) - 1)

    def _after(self, kind: str, thing: UUID | str, number: int, known: int) -> int:
        if self._is_past(kind, thing, number, known):
            raise Untrusted(kind, thing)
        return self.marks.given.next(kind, thing, max(number, known))

    def is_far(self, kind: str, thing: UUID | str, number: int) -> bool:
        """Whether a row has a number that none of ours led to: what is under it is nobody's word."""
        return self._is_past(kind, thing, number, self.marks.least(kind, thing))

    def _is_past(self, kind: str, thing: UUID | str, number: int, known: int) -> bool:
        return number > max(known, self.marks.given.least(kind, thing)) + FAR

    def is_old(self, fact: Fact) -> bool:
        """Whether something newer is known: its mark is higher, or who was let in by it was released since."""
        if fact.since is not None and fact.since[1] < self.marks.least(GONE, fact.since[0]):
            return True
        return fact.number < self.marks.least(fact.kind, fact.thing)
