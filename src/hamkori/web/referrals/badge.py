"""How a referral stands, in a word, at the head of its sender's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hamkori.casework.referral.queries.calls import of_sender, says_yes
from hamkori.casework.referral.queries.stopped import stopped
from hamkori.casework.referral.rules.stopped import MISSED
from hamkori.web.words import red
from hamkori.web.words import referral as words

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral


def badge(found: Referral, state: str, live: bool = True) -> tuple[str, str]:
    """Its state as a code and in a word: "did not come" stands above "accepted", a yes by telephone above "sent"."""
    if words.unconfirmed(state, found.heard_code, missed=found.missed_at is not None):
        return words.UNCONFIRMED, words.came(found.service_code)
    shown = MISSED if stopped(found) == MISSED else state
    if shown == "accepted" and not live:
        return words.UNCONFIRMED, str(red.PAUSED)
    if shown == "sent" and says_yes(of_sender(found)):
        return shown, str(red.SAID_YES)
    return shown, words.state(shown, found.reason_code or words.how_ended(found), found.service_code)
