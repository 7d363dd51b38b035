"""Where nobody can read what her pages show of her word: what she takes away needs none of it, and is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from hamkori.action import changed_row
from hamkori.casework.queries.consent import Asked, Effect, Said, effects, running
from hamkori.casework.rules.consent import RowKey
from hamkori.operations import together
from hamkori.vault.bytes import Untrusted
from hamkori.vault.server import alarm

if TYPE_CHECKING:
    from hamkori.casework.models import Case

T = TypeVar("T")

NOTHING = Asked((), {}, unwritten=True)
"""What stands there, as far as anybody can say: something that can be taken back."""


def unless_unread(read: Callable[[], T], otherwise: T) -> T:
    """What `read` finds; `otherwise`, with an alarm, where it was changed so that nobody can read it."""
    try:
        with together():
            return read()
    except Exception as error:
        changed = error if isinstance(error, Untrusted) else changed_row(error)
        if changed is None:
            raise
        alarm(changed)
        return otherwise


def ends(found: Case, former: Asked, answers: Mapping[RowKey, Said], excluded: Iterable[UUID]) -> tuple[Effect, ...]:
    """What these answers would end, to be shown before; of what nobody can read nothing is shown."""
    none: tuple[Effect, ...] = ()
    return unless_unread(lambda: effects(running(found), former.rows, answers, excluded), none)
