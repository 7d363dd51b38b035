"""Who is told of a step: read from the step's row, written in the step's own transaction."""

from __future__ import annotations

from uuid import UUID

from hamkori.access.actor import Actor
from hamkori.casework.case.machinery.notices import add
from hamkori.casework.case.rules.sides import Side
from hamkori.lifecycle import Step

PRODUCT_ONLY = frozenset({"news"})
URGENT = frozenset({"new", "asked", "answered", "choose_again", "now", "closed_there"})
"""Keys whose mail is not held back for others to join it (docs/design/clocks-and-notices.md#mail)."""


def tell(actor: Actor, row: Step, referral_id: UUID, side: str, met: frozenset[str] = frozenset()) -> None:
    """Adds the row's notices. `side`: who acted, for Side.OTHER. `met`: conditions of notices that hold. Who stands on
    several sides is told once.
    """
    told: dict[str, list[str]] = {}
    for notice in row.notices:
        if notice.when is not None and notice.when not in met:
            continue
        told.setdefault(notice.key, []).extend(
            (Side.RECEIVER if side == Side.SENDER else Side.SENDER) if to == Side.OTHER else to for to in notice.to
        )
    for key, sides in told.items():
        add(
            actor,
            key=key,
            sides=sides,
            about=("referral", referral_id),
            urgent=key in URGENT,
            mail=key not in PRODUCT_ONLY,
        )
