"""Whom the reader's team has to call off: they said yes on the telephone, and the referral was ended since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from hamkori.access.actor import Actor
from hamkori.access.worded import worded
from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries.promised import Promise, Promised, promise_of
from hamkori.casework.work.queries.mine import my_rows
from hamkori.refusal import ENDED

LATELY: Final = timedelta(days=7)
"""The longest that somebody is told to call: `referral_promised` says the same."""


@dataclass(frozen=True, kw_only=True)
class CallOff:
    """One of them."""

    id: UUID
    code: str
    body: str
    service: str
    promise: Promise


def to_call_off(actor: Actor, bodies: Mapping[UUID, str], at: datetime) -> tuple[CallOff, ...]:
    """Who may still wait for somebody, the newest first. One query."""
    found = []
    for pair in _ended(actor, at):
        one, promise = pair.referral, promise_of(pair.promised)  # type: ignore[attr-defined]
        if promise is not None:
            body = bodies.get(one.to_organisation_id, "")
            found.append(CallOff(id=one.pk, code=one.code, body=body, service=one.service_code, promise=promise))
    return tuple(found)


@worded
def _ended(actor: Actor, at: datetime) -> QuerySet[ReferralOrigin]:
    mine = my_rows(actor).filter(case=OuterRef("case_id"))
    late = {"referral__state_code": ENDED, "referral__ended_at__gt": at - LATELY, "referral__agreed_at": None}
    found = ReferralOrigin.objects.filter(Exists(mine), **late).annotate(promised=Promised("referral_id"))
    return found.select_related("referral").order_by("-referral__ended_at")
