"""What has ended by a no that somebody else brought, for whoever waits for the person (ADR 196)."""

from __future__ import annotations

from datetime import datetime

from hamkori.casework.referral.queries import on_the_way
from hamkori.casework.referral.queries.received import Received
from hamkori.refusal import ENDED


def stands(received: Received) -> str:
    """How it stands there: `KEPT` until the person was asked, `WANTED` once they have said that they want it; ''.

    So long its notice is not read by opening the page: whoever waits reads on Today what comes after it (ADR 224).
    """
    return on_the_way.stands_here(received.referral) if received.state == ENDED else ""


def is_kept(received: Received) -> bool:
    """Whether that is the first."""
    return stands(received) == on_the_way.KEPT


def no_again(received: Received) -> datetime | None:
    """When the person said no themselves to what such a no had ended, if that is their last word (ADR 224)."""
    found = received.referral
    ended = received.state == ENDED and found.served_at is None and found.missed_at is None
    return on_the_way.no_again(found.pk) if ended else None
