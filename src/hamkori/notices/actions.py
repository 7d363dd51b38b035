"""Writing notices and marking them as read. A notice is part of the step that causes it: same transaction.

Neither is an act of its own in the ledger: the step is, and reading "1 request waits" discloses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from hamkori import definer
from hamkori.notices.queries import WorldNow, unread_of
from hamkori.notices.texts import KEYS

if TYPE_CHECKING:
    from hamkori.access.actor import Actor


def add(
    actor: Actor,
    *,
    key: str,
    sides: Iterable[str],
    referral_id: UUID | None = None,
    case_id: UUID | None = None,
    clock: str = "",
    rung: str = "",
    urgent: bool = False,
    mail: bool = False,
) -> int:
    """Tells the people on these sides of a referral, or of a case, and returns how many. Never the actor herself.

    Sides: S team, L lead, SV supervisor, K custodians of the body, D desk, R receiver's team, RV its supervisors,
    N coordinators. With `clock` and `rung` nobody is told twice. `urgent`: by mail at once, else within five minutes.
    Errors: SQLSTATE HK404 if the actor stands on no side herself.
    """
    if key not in KEYS:
        raise KeyError(key)
    if key == "agreement" and rung == "end":
        key = "agreement_ended"  # one clock, two sentences (docs/design/clocks-and-notices.md#notices)
    door = "notice_clock" if actor.system else "notice_add"
    return int(definer.value(door, referral_id, case_id, list(sides), key, clock, rung, urgent, mail))


def tell_of_device() -> None:
    """Tells the acting person that a browser which she had not used before has signed in: on Today and by mail."""
    definer.run("notice_device")


def tell_of_account(key: str) -> None:
    """Tells the acting person that her passphrase, authenticator or recovery codes were changed: as of a new device."""
    definer.run("notice_account", key)


def take_back(referral_id: UUID) -> int:
    """After a stop: what nobody has seen yet is not told. Errors: SQLSTATE HK404 unless the actor sent it."""
    return int(definer.value("notice_take_back", referral_id))


def read(actor: Actor, keys: Iterable[str] | None = None) -> int:
    """Marks her unread notices as read, all or those of these keys; returns how many."""
    mine = unread_of(actor)
    if keys is not None:
        mine = mine.filter(key_code__in=list(keys))
    return mine.update(read_at=WorldNow())
