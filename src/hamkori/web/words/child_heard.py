"""What a child answered while no adult could be asked: it stays marked for whoever wrote it down, for a working night.

It is no consent, and the case knows nothing of it: it lies where unsaved typing lies, locked for its writer alone
(ADR 0187).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.urls import reverse

from hamkori.access.context import now
from hamkori.web.kit import drafts, moments

if TYPE_CHECKING:
    from hamkori.access.actor import Actor
    from hamkori.casework.case.models import Case

LASTS: Final = timedelta(hours=12)
"""After that the text is read to the child again, and all is asked."""
READ, WORD = "read", "word"


@dataclass(frozen=True)
class Heard:
    """When the child heard the text, in which language, and what was marked then, field by field."""

    at: datetime
    read: str
    answers: Mapping[str, list[str]]

    @property
    def when(self) -> str:
        """The same as it is read."""
        return moments.moment(self.at, now())


def keep(actor: Actor, case: Case, *, read: str, word: int, answers: Mapping[str, list[str]]) -> None:
    """`word`: the number of what was said last in this case: whatever is said after it counts instead."""
    drafts.put_by(actor, _place(case), {**answers, READ: [read], WORD: [str(word)]}, now())


def heard(actor: Actor, case: Case, word: int) -> Heard | None:
    """What is kept and still counts."""
    found = drafts.put_by_for(actor, _place(case)) if case.is_child else None
    if found is None or found.at + LASTS < now() or found.fields.get(WORD) != [str(word)]:
        return None
    answers = {name: values for name, values in found.fields.items() if name not in (READ, WORD)}
    return Heard(found.at, found.fields[READ][0], answers)


def forget(actor: Actor, case: Case) -> None:
    """An adult has answered."""
    drafts.put_away(actor, _place(case))


def goes_on(case: Case, read: str) -> str:
    """Where an adult is asked with these answers."""
    return f"{reverse('first_step', args=[case.code])}?step=consent&read={read}"


def _place(case: Case) -> str:
    return f"{reverse('first_step', args=[case.code])}?step=alone&kept=answers"
