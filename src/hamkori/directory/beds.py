"""Whether an organisation gives a place to sleep: it can say that somebody sleeps with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, Q, QuerySet

from hamkori.directory.models import Service
from hamkori.directory.offered import offered
from hamkori.directory.rules.suit import kinds

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import OuterRef


def beds_of(organisation: UUID) -> tuple[str, ...]:
    """The kinds of such a place that it offers now; `case_place_of` in walls/59_place_told.sql asks the same."""
    mine = _beds(organisation)
    return tuple(mine.order_by("service_code").values_list("service_code", flat=True).distinct())


def gives_beds(organisation: OuterRef) -> Q:
    """Beside a row that names the organisation: whether it offers one."""
    return Q(Exists(_beds(organisation)))


def _beds(organisation: UUID | OuterRef) -> QuerySet[Service]:
    return offered(Service.objects.filter(organisation=organisation, service_code__in=kinds(["safe_place"])))
