"""Whether an organisation gives a place to sleep, and to whom: it can say that somebody sleeps with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet
from django.db.models.functions import JSONObject

from hamkori.directory.models import Service
from hamkori.directory.offered import offered
from hamkori.directory.rules.suit import Bed, BedFor, Person, bed_for, kinds

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import OuterRef


def beds_of(organisation: UUID) -> tuple[str, ...]:
    """The kinds of such a place that it offers now; `case_place_of` in walls/59_place_told.sql asks the same."""
    mine = _beds(organisation)
    return tuple(mine.order_by("service_code").values_list("service_code", flat=True).distinct())


def admitted_to(organisation: UUID | OuterRef) -> ArraySubquery:
    """Beside a row that names the organisation: its beds as `bed_for` reads them, each a kind and whom it admits."""
    return ArraySubquery(_beds(organisation).values(bed=JSONObject(code="service_code", admits="admission_codes")))


def beds(read: Iterable[Mapping[str, Any]] | None) -> list[Bed]:
    """What was read so."""
    return [(one["code"], one["admits"]) for one in read or ()]


def bed_at(organisation: UUID, person: Person) -> BedFor:
    """Whether this organisation has one for this person; one query."""
    return bed_for(_beds(organisation).values_list("service_code", "admission_codes"), person)


def _beds(organisation: UUID | OuterRef) -> QuerySet[Service]:
    return offered(Service.objects.filter(organisation=organisation, service_code__in=kinds(["safe_place"])))
