"""Where help was missing, by district, for the coordinator: counts alone, and none of a few."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from hamkori.access.actor import Actor
from hamkori.access.scope import visible
from hamkori.casework.case.models import Gap

SMALLEST = 5
"""A count below this is shown as "fewer than five": one of few is somebody."""


@dataclass(frozen=True)
class Missing:
    """How often a kind of help was missing in a district. `count` is None below SMALLEST."""

    area_code: str
    service_code: str
    count: int | None


def gaps(actor: Actor, since: date) -> tuple[Missing, ...]:
    """By district and kind, without sums: from a sum and its parts a hidden number could be reckoned."""
    rows = (
        visible(actor, "gap.view", Gap.objects.filter(month_on__gte=since))
        .values_list("area_code", "service_code")
        .annotate(n=Count("pk"))
        .order_by("area_code", "service_code")
    )
    return tuple(Missing(area, service, n if n >= SMALLEST else None) for area, service, n in rows)
