"""What rests on her word and is not known here, as a request does: each room above says what becomes of it (`rooms`).

All of it in the transaction of the press that changes her word, under the lock of the case.
"""

from __future__ import annotations

from datetime import datetime

from hamkori.action import Act
from hamkori.casework.case.models import Case
from hamkori.casework.consent.queries.said import Word
from hamkori.casework.consent.rules.consent import Age

Held = tuple[Age, int]
"""Her age from this commit on, and the number of the mark that says so; where that is what has changed."""


class Resting:
    """What one room has that rests on her word. By itself: nothing."""

    def helps(self, _case: Case) -> bool:
        """Whether help goes on in it that rests on her word, also of a case that is closed."""
        return False

    def renew(self, case: Case, word: Word, at: datetime, held: Held | None = None) -> None:
        """Everything goes on as far as this word carries it, and no further."""

    def carry_out(self, act: Act, case: Case, word: Word, how_said: str, held: Held | None = None) -> None:
        """The same; and what this word of hers is against ends now."""

    def unknown(self, case: Case) -> None:
        """Her word is not believed: it carries nothing on."""


rooms: list[Resting] = []


def helps(case: Case) -> bool:
    """Whether help goes on somewhere: only for that a closed case takes a yes."""
    return any(room.helps(case) for room in rooms)


def renew(case: Case, word: Word, at: datetime, held: Held | None = None) -> None:
    """Everything that rests on her word goes on as far as this one carries it."""
    for room in rooms:
        room.renew(case, word, at, held)


def carry_out(act: Act, case: Case, word: Word, how_said: str, held: Held | None = None) -> None:
    """The same; and what this word of hers is against ends now."""
    for room in rooms:
        room.carry_out(act, case, word, how_said, held)
