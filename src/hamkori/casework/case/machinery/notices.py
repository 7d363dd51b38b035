"""Notices about cases and referrals, written in the transaction of the step that causes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from hamkori import definer
from hamkori.notices.texts import keys

if TYPE_CHECKING:
    from hamkori.access.actor import Actor


def add(
    actor: Actor,
    *,
    key: str,
    sides: Iterable[str],
    about: tuple[Literal["referral", "case"], UUID],
    clock: str = "",
    rung: str = "",
    urgent: bool = False,
    mail: bool = False,
) -> int:
    """Tells the people on these sides of a referral, or of a case, and returns how many. Never the actor.

    Sides: S team, L lead, SV supervisor, K custodians of the body, D desk, R receiver's team, RV its supervisors,
    N coordinators. With `clock` and `rung` nobody is told twice. `urgent`: by mail at once, else within five minutes.
    Errors: SQLSTATE HK404 if the actor stands on no side.
    """
    if key not in keys():
        raise KeyError(key)
    if key == "agreement" and rung == "end":
        key = "agreement_ended"  # one clock, two sentences (docs/design/clocks-and-notices.md#notices)
    door = "notice_clock" if actor.system else "notice_add"
    return int(definer.value(door, *about, list(sides), key, clock, rung, urgent, mail))


def take_back(referral_id: UUID) -> int:
    """After a stop: what nobody has seen yet is not told. Errors: SQLSTATE HK404 unless the actor sent it."""
    return int(definer.value("notice_take_back", referral_id))
