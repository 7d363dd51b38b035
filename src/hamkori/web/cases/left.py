"""The box of an own case whose person left without a word (ADR 0155, 0174)."""

from __future__ import annotations

from typing import Any

from hamkori.access.actor import Actor
from hamkori.casework.referral.queries.closed_there import sender_reads_from
from hamkori.casework.referral.queries.left_unseen import Gone
from hamkori.casework.referral.queries.origin import Came
from hamkori.casework.work.queries.case_page import File
from hamkori.web.words import calling, coordinator
from hamkori.web.words import left as words


def who_left(actor: Actor, file: File, one: Came, left: Gone) -> dict[str, Any]:
    """What is true of them, and whom to call: by night also the coordinator, until the sender was called."""
    asks = left.safe is None and left.called is None and one.sender is not None
    opens = sender_reads_from(actor, one.sender, file.now) if asks and one.sender is not None else None
    return {
        "left": left.back is None and not left.corrected,
        "said": " ".join(filter(None, (words.said(left, file.now), words.calls(left, file.now)))),
        "call": "" if left.safe else calling.the_sender(one.sender_phone),
        "unread": words.unread(opens, file.now) if opens is not None else "",
        "coordinator": coordinator.reached() if opens is not None and one.sender_phone else "",
        "tone": "" if left.safe else "wait",
    }
