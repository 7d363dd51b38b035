"""Whom else the coordinator can try where a desk has no number, as the directory and the desks say; of no person."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from hamkori.access.actor import Actor
from hamkori.access.scope import visible
from hamkori.directory.models import Service
from hamkori.directory.offered import offered
from hamkori.directory.rules.hours import closed_throughout
from hamkori.directory.week import stretches, week_of
from hamkori.people.queries import BodyCard, phone_of


@dataclass(frozen=True, kw_only=True)
class Number:
    """A service with its organisation: the number of its desk, and its own; whether somebody is there now."""

    body: BodyCard
    service_code: str
    desk: str
    own: str
    is_open: bool


def numbers(
    actor: Actor, codes: Collection[str], of: Collection[UUID], bodies: Mapping[UUID, BodyCard], at: datetime
) -> tuple[Number, ...]:
    """Who gives these kinds of help, and every service of these organisations, as far as a number is known. One query;
    none where no desk is without a number.
    """
    if not of:
        return ()
    seen = offered(visible(actor, "directory.view", Service.objects.all()))
    seen = seen.filter(Q(service_code__in=codes) | Q(organisation__in=of)).select_related("contact")
    local = timezone.localtime(at)
    found = (
        Number(
            body=bodies[row.organisation_id],
            service_code=row.service_code,
            desk=row.desk or "",
            own=row.contact.phone if hasattr(row, "contact") else "",
            is_open=bool(week := stretches(row.week))
            and not closed_throughout(week, local, local + timedelta(minutes=1)),
        )
        for row in seen.annotate(week=week_of("pk"), desk=phone_of("organisation_id")).order_by("pk")
        if row.organisation_id in bodies
    )
    return tuple(one for one in found if one.desk or one.own)
