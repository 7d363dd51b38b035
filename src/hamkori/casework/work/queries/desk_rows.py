"""Rows of Today for the desk of a receiver: what waits there for an answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from hamkori.casework.case.rules import clocks as rules
from hamkori.casework.referral.models import Referral, ReferralCard, ReferralClock
from hamkori.casework.referral.queries.age_unasked import is_unasked
from hamkori.casework.referral.queries.calls import said_here, second, standing
from hamkori.casework.referral.queries.meeting import line_changed_at
from hamkori.casework.work.queries.due import Due, first_by


def of_desk(
    desk: list[Referral], clocks: Mapping[UUID, list[ReferralClock]], bodies: Mapping[UUID, str], at: datetime
) -> list[Due]:
    """A row for each, with what its summary says."""
    cards = {card.pk: card for card in ReferralCard.objects.filter(referral__in=desk)} if desk else {}
    found = []
    for one in desk:
        card = cards.get(one.pk)
        calls = standing(said_here(one))
        start = next((clock.started_at for clock in clocks.get(one.pk, ()) if clock.clock_code == "answer"), None)
        found.append(
            Due(
                what="desk.answer",
                late=rules.late(one.answer_due_at, at),
                at=one.answer_due_at,
                needed_on=one.needed_from_on,
                started_at=start,
                referral=one.code,
                service=one.service_code,
                body=bodies.get(one.from_organisation_id, ""),
                sex=card.sex_code if card else "",
                age_band=card.age_band_code if card else "",
                children=card.children_code if card else "",
                doctor=card.doctor_code if card else "",
                ages=(getattr(one, "ages_said", None) or "") if card else "",
                region=card.region_code if card else "",
                urgency=one.urgency_code,
                risk=card.risk_code if card else "",
                first=first_by(card.age_band_code, card.risk_code) if card else "",
                asked_at=getattr(one, "asked_at", None),
                call=(call := next(iter(calls), None)),
                before_call=second(calls, call),
                line_changed_at=line_changed_at(one),
                as_adult=card is not None and is_unasked(one, card.age_band_code, card.corrected_at),
            )
        )
    return found
