"""Whether who accepted, or has the person, does not say that they take the child that the person is."""

from __future__ import annotations

from collections.abc import Sequence

from hamkori.casework.case.queries.coordination import Call
from hamkori.casework.referral.queries.closed_there import is_reached
from hamkori.casework.referral.queries.doubt import came_as, doubted
from hamkori.casework.referral.queries.referrals import SenderPage


def is_doubted(page: SenderPage, state: str, says: tuple[str, ...] | list[str]) -> bool:
    """Of who was accepted; and of who is there since a page from before the age was corrected, until a call since then
    reached somebody.
    """
    if state == "serving" and page.card.corrected_at is not None:
        if was_reached(page.own_calls(page.card.corrected_at)):
            return False
        page.referral.came_as = came_as(page.referral.pk)  # type: ignore[attr-defined]
    return state in ("accepted", "serving") and doubted(page.referral, page.card, says)


def was_reached(calls: Sequence[Call]) -> bool:
    """Whether the newest of these calls reached somebody."""
    return bool(calls) and is_reached(calls[0])
