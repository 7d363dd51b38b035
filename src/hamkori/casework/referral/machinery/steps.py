"""A referral is locked, and its state moved, by the definer functions that do so."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from hamkori import definer
from hamkori.access import door
from hamkori.access.door import Values
from hamkori.casework.case.machinery.take import read_again
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.rules.lifecycle import REFERRAL
from hamkori.vault.server import alone_at


def lock_referral(referral: Referral) -> None:
    """Who writes in one request does so after the other. Of the sender's side the case comes first. NotVisible."""
    alone_at(referral.pk)
    definer.run("referral_lock", referral.pk)
    read_again(referral)


def referral_take(referral: Referral, step: str, version: int, values: Values, clocks: Iterable[Values] = ()) -> None:
    """One step of a referral. `clocks`: those that its row starts."""
    door.take(REFERRAL, referral.pk, step, version, values, clocks)


def word_take(referral_id: UUID) -> bool:
    """Ends a request by her word, which stood while somebody held it. False: it is held still."""
    return door.asked("referral_word_take", referral_id)
