"""Who was told by telephone that the person comes after all, of what an earlier no had ended."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries.calls import Calls, of_sender, own
from hamkori.refusal import ENDED


def told_to_come(case: UUID, since: datetime, until: datetime) -> dict[UUID, datetime]:
    """By organisation, and when: after that yes, and before the no that is the last word now. One query."""
    ended = ReferralOrigin.objects.filter(case=case, referral__state_code=ENDED, referral__ended_at__lt=since)
    found: dict[UUID, datetime] = {}
    for row in ended.select_related("referral").annotate(calls=Calls("referral_id")):
        told = [one.at for one in own(of_sender(row)) if one.answer == "reached" and since <= one.at < until]
        if told:
            body = row.referral.to_organisation_id
            found[body] = max(*told, found.get(body, told[0]))
    return found
