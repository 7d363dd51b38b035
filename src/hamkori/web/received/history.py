"""What happened to a referral, a line each, as its receiver reads it."""

from __future__ import annotations

from typing import Any

from hamkori.casework.referral.queries.copies import added_here, sent_with
from hamkori.casework.referral.queries.received import Received
from hamkori.web.words import Audience, left, steps


def events(received: Received) -> list[dict[str, Any]]:
    """What happened, the newest first; of parts that were sent afterwards which they were, to whoever may read them."""
    referral = received.referral
    rows: list[dict[str, Any]] = [
        {
            **steps.happened(one.step, one.said, Audience.RECEIVER, referral.service_code),
            "step": one.step,
            "at": one.at,
            "by": one.name,
        }
        for one in received.events
    ]
    left.name_how(rows, referral)
    added = [row for row in rows if row["step"] == "add"]
    parts = added_here([referral.pk]).get(referral.pk, ()) if added else ()
    for row in added:
        if went := sent_with(parts, row["at"]):
            named = [(one.section, one.again) for one in went]
            row["what"] = steps.added(named, Audience.RECEIVER, referral.service_code)
    return rows
