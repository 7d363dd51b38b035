"""Help that had begun when the referral ended: what the receiver's page says of it, and asks."""

from __future__ import annotations

from typing import Any

from hamkori.casework.referral.queries.helped_on import asked_there
from hamkori.casework.referral.queries.on_the_way import no_was_brought, wanted_after_all
from hamkori.casework.referral.queries.received import Received
from hamkori.casework.referral.queries.referrals import ended_by_her_word, has_begun
from hamkori.refusal import ENDED
from hamkori.web.words.stays import is_home


def said(received: Received) -> dict[str, Any]:
    """Whether it may go on, by the person's word; and what is asked here, where the own case was closed before."""
    found = received.referral
    goes_on = received.state == ENDED and has_begun(found)
    return {
        "may_go_on": goes_on,
        "withdrew": (withdrew := ended_by_her_word(found)),
        "brought": withdrew and no_was_brought(found.pk),
        "wanted_again": withdrew and wanted_after_all(found.pk),
        "help_asked": asked_there(found.pk) if goes_on and received.own_case_closed else None,
        "sleeps": is_home(found.service_code),
    }
