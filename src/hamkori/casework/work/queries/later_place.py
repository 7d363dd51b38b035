"""Of who has no place for tonight, and one from a later day on: who gives that, and whether they are there now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries.closed_there import opens_there
from hamkori.directory.week import stretches


def from_later(
    later: tuple[tuple[date, str], ReferralOrigin] | None, bodies: Mapping[UUID, str], at: datetime
) -> dict[str, Any]:
    """From when there is a place, and who said so: they are called first, whether the person can come tonight; and when
    they open, where they are closed now.
    """
    if later is None:
        return {}
    day, pair = later
    body = bodies.get(pair.referral.to_organisation_id, "")
    shut = opens_there(stretches(getattr(pair, "week", None) or ()), at, at + timedelta(minutes=1))
    return {"place_from": day, "body": body, "phone": getattr(pair, "phone", "") or "", "shut": shut}
