"""What has ended by a no that somebody else brought, for whoever waits for the person (ADR 196)."""

from __future__ import annotations

from hamkori.casework.referral.queries import on_the_way
from hamkori.casework.referral.queries.received import Received
from hamkori.refusal import ENDED


def stands(received: Received) -> str:
    """How it stands there: `KEPT` until the person was asked, `WANTED` once they have said that they want it; ''."""
    return on_the_way.stands_here(received.referral) if received.state == ENDED else ""


def is_kept(received: Received) -> bool:
    """Whether that is the first: until then its notice is not read by opening the page."""
    return stands(received) == on_the_way.KEPT
