"""Where nobody can read what her pages show of her word: what she takes away needs none of it, and is done.

That it may end help of hers is said before, as where it can be read.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from django.db import OperationalError

from hamkori.action import changed_row
from hamkori.casework.consent.machinery.her_no import OUTAGE
from hamkori.casework.consent.queries.consent import Asked, Said
from hamkori.casework.consent.rules.consent import RowKey
from hamkori.casework.referral.queries.effects import Effect, effects, running
from hamkori.operations import together
from hamkori.refusal import Refusal
from hamkori.vault.bytes import Untrusted
from hamkori.vault.server import alarm

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

T = TypeVar("T")
NOTHING, AWAY = (
    Asked(versions=(), states={}, unwritten=True, sure=False),
    Asked(versions=(), states={}, unwritten=True, sure=False),
)
"""What stands there, as far as anybody can say: something that can be taken back. Spoilt; or there was an outage."""

log = logging.getLogger("hamkori.web")


def unless_unread(read: Callable[[], T], otherwise: T, away: T | None = None) -> T:
    """What `read` finds; `otherwise`, with an alarm, where nobody can read it, whatever it is that stops them.

    Who acts and on which case is known by then: the owner of the database is not to end her word before it is one.
    `away`: after an outage, which is nobody's doing; the act that follows tells it as one, if it lasts.
    """
    try:
        with together():
            return read()
    except Refusal:
        raise
    except OUTAGE:
        return otherwise if away is None else away
    except Exception as error:
        changed = error if isinstance(error, Untrusted) else changed_row(error)
        log.error("a page of her word could not be read: %s", type(error).__name__)
        alarm(changed or Untrusted("row", "unread"))
        return otherwise


def not_read(found: Case, former: Asked) -> Exception:
    """For what cannot go on without what stands there."""
    return OperationalError("not read in time") if former is AWAY else Untrusted("consent", found.pk)


def ends(
    found: Case, former: Asked, answers: Mapping[RowKey, Said], excluded: Iterable[UUID]
) -> tuple[Effect, ...] | None:
    """What these answers would end, to be shown before; None: nobody can read it."""
    if former is AWAY:
        return None
    nothing: tuple[Effect, ...] | None = None
    return unless_unread(lambda: effects(running(found), former.rows, answers, excluded), nothing)
