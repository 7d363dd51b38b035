"""Her word waits for nobody: what it ends is ended at once or, where somebody holds the request, left to the clock.

Who may lock the row of a request may hold it as long as they like. So her word waits a second, and is then written
beside the request (`ReferralWord`): nothing of it opens from that commit on, and the clock takes the step as soon as it
can (work/actions/clock.py).
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import DatabaseError, transaction

from hamkori import definer
from hamkori.casework.case.machinery import take
from hamkori.casework.referral.machinery import permits, steps
from hamkori.casework.referral.models import Referral
from hamkori.vault.alone import Busy
from hamkori.vault.server import patient

PATIENCE, MOMENT = 1.0, 0.05
"""Seconds that one act waits for a row; and for the next one, once it has waited for one in vain."""

HELD = frozenset({"55P03", "40P01"})
"""SQL's own codes: not locked in time; and each waited for the other."""


class Patience:
    """Of one act, in one transaction: what was held, and how long the next row is waited for."""

    def __init__(self) -> None:
        self._limit = PATIENCE

    def has(self, do: Callable[[], object]) -> bool:
        """Does it, in a transaction within; False, and nothing of it is done: somebody holds what it needs."""
        try:
            with transaction.atomic(), patient(self._limit):
                before = definer.value("current_setting", "lock_timeout")
                # For this transaction, and taken back by its end: the next act has its own patience again.
                definer.run("set_config", "lock_timeout", f"{self._limit * 1000:.0f}ms", True)
                do()
                definer.run("set_config", "lock_timeout", before, True)
        except DatabaseError as error:
            if not isinstance(error, Busy) and getattr(error.__cause__, "sqlstate", None) not in HELD:
                raise
            self._limit = MOMENT
            return False
        return True


def leave_to_the_clock(referral: UUID, how_said: str) -> bool:
    """Keeps her word against a request that is held. False: it had ended meanwhile."""
    kept = bool(definer.value("referral_word_put", referral, how_said))
    if kept:
        permits.ended(referral)
    return kept


def lock(referral: Referral, patience: Patience) -> bool:
    """Locks it and reads it again. False: somebody holds it; what is read is what was committed."""
    if patience.has(lambda: steps.lock_referral(referral)):
        return True
    take.read_again(referral)
    return False
