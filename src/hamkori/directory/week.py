"""When a service answers, in the query that reads a row which names it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from hamkori.directory.models import ServiceHours
from hamkori.directory.rules.hours import Stretch


def week_of(service: str) -> ArraySubquery:
    """Beside a row that names a service in this column; `stretches` reads it."""
    rows = ServiceHours.objects.filter(service=OuterRef(service))
    return ArraySubquery(rows.values(one=JSONObject(day="day", opens="opens", closes="closes")))


def stretches(found: Iterable[Mapping[str, int]]) -> tuple[Stretch, ...]:
    """The same as `weeks` gives it in a query of its own; nothing: nobody has said it."""
    return tuple(Stretch(**one) for one in found)
