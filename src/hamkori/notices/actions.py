"""Writing notices and marking them as read. A notice is part of the step that causes it: same transaction.

Neither is an act of its own in the ledger: the step is, and reading "1 request waits" discloses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection

from hamkori.notices.queries import WorldNow, unread_of
from hamkori.notices.texts import KEYS

if TYPE_CHECKING:
    from hamkori.access.actor import Actor

_BY_MEMBER = "select notice_add(%s, %s, %s, %s, %s, %s, %s, %s)"
_BY_CLOCK = "select notice_clock(%s, %s, %s, %s, %s, %s, %s, %s)"


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
    with connection.cursor() as cursor:
        cursor.execute(
            _BY_CLOCK if actor.system else _BY_MEMBER,
            [referral_id, case_id, list(sides), key, clock, rung, urgent, mail],
        )
        (number,) = cursor.fetchone()
    return int(number)


def tell_of_device() -> None:
    """Tells the acting person that a browser which she had not used before has signed in: on Today and by mail."""
    with connection.cursor() as cursor:
        cursor.execute("select notice_device()")


def tell_of_account(key: str) -> None:
    """Tells the acting person that her passphrase, authenticator or recovery codes were changed: as of a new device."""
    with connection.cursor() as cursor:
        cursor.execute("select notice_account(%s)", [key])


def take_back(referral_id: UUID) -> int:
    """After a stop: what nobody has seen yet is not told. Errors: SQLSTATE HK404 unless the actor sent it."""
    with connection.cursor() as cursor:
        cursor.execute("select notice_take_back(%s)", [referral_id])
        (number,) = cursor.fetchone()
    return int(number)


def read(actor: Actor, keys: Iterable[str] | None = None) -> int:
    """Marks her unread notices as read, all or those of these keys; returns how many."""
    mine = unread_of(actor)
    if keys is not None:
        mine = mine.filter(key_code__in=list(keys))
    return mine.update(read_at=WorldNow())
