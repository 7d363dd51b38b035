"""What an organisation said in these days of its room, in answer to a referral that the reader may read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import F, Q

from hamkori.access.actor import Actor
from hamkori.access.scope import visible
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.rules.tonight import comes_later
from hamkori.directory.rules.suit import kinds

DAYS: Final = timedelta(hours=72)
"""So long such an answer is news: over a weekend too."""
FULL: Final = "full"
PLACE: Final = "safe_place"
MOST: Final = 200


@dataclass(frozen=True)
class NoRoom:
    """When it said so; `place_from`: the day from which it had one, if it accepted for a later day."""

    at: datetime
    place_from: date | None


def no_room(actor: Actor, at: datetime, today: date) -> Mapping[tuple[UUID, str], NoRoom]:
    """Organisation and help -> that it had no room when it answered last. Of the reader's own referrals and those that
    the reader may read besides; nothing of anybody else's. One query.
    """
    answered = Q(state_code="declined", reason_code=FULL) | Q(state_code__in=("accepted", "serving"))
    mine = Referral.objects.filter(answered, from_organisation=actor.organisation_id, answered_at__gt=at - DAYS)
    rows = visible(actor, "referral.view", mine).order_by(F("answered_at").desc())
    newest: dict[tuple[UUID, str], Referral] = {}
    for row in rows[:MOST]:
        newest.setdefault((row.to_organisation_id, row.service_code), row)
    found = {key: _no_room(row, today) for key, row in newest.items()}
    return {key: said for key, said in found.items() if said is not None}


def _no_room(row: Referral, today: date) -> NoRoom | None:
    """Of one referral. A later day counts only where a place was needed before, and nobody put the day off since."""
    assert row.answered_at is not None
    if row.state_code == "declined":
        return NoRoom(row.answered_at, None)
    came = row.heard_code == "came" and row.missed_at is None
    needed = row.needed_from_on is None or row.needed_from_on <= today
    later = needed and row.moves == 0 and row.service_code in kinds([PLACE])
    if later and comes_later(row.state_code, (row.arrival_on, row.arrival_part_code), today, came=came):
        return NoRoom(row.answered_at, row.arrival_on)
    return None
