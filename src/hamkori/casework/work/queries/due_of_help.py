"""Rows of Today of help that had begun when the person's word ended what was agreed: whether it goes on (ADR 0138)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.work.queries.due import Due, first_of
from hamkori.casework.work.rules.worklist import GOES_ON


def whether_on(read: Iterable[ReferralOrigin], bodies: Mapping[UUID, str]) -> list[Due]:
    """Of what was sent from one's cases, of whoever works on them: it is the team who asks the person."""
    return [
        Due(
            what=GOES_ON,
            late=False,
            started_at=pair.referral.ended_at,
            case=pair.case.code,
            referral=pair.referral.code,
            service=pair.referral.service_code,
            body=bodies.get(pair.referral.to_organisation_id, ""),
            to=pair.referral.to_organisation_id,
            first=first_of(pair.case),
        )
        for pair in read
        if pair.asks_on and pair.my_kind != "supervisor"  # type: ignore[attr-defined]
    ]
