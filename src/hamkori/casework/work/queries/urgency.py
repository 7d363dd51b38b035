"""The order of the list of cases: what is red or urgent as on Today (order.py); what is late for others of its team;
what is soon; the rest. Each of these by risk and by day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, DateField, Func, IntegerField, Q, QuerySet, Subquery, UUIDField, Value, When
from django.db.models.functions import Coalesce, Least

from hamkori.casework.case.models import CaseAccess

KEY: Final = ("place", "urgent", "risk", "day", "opened_at", "case_id")
NEWEST_FIRST: Final = frozenset({"opened_at", "case_id"})
AT_THE_END = date.max


def by_urgency(
    rows: QuerySet[CaseAccess], red: tuple[Sequence[UUID], int], late: Q, deadlines: Iterable[Subquery], today: date
) -> QuerySet[CaseAccess]:
    """The rows with what they are ordered by. A draft is of today, a closed case stands at the end.

    `red`: cases that stand first, in this order (red_cases.py), and the place of all others. `deadlines`: the days of a
    case beside its next step's; the first of all of them is the day of the case.
    """
    known = Value(list(red[0]), output_field=ArrayField(UUIDField()))
    return rows.annotate(
        place=Coalesce(Func(known, "case_id", function="array_position", output_field=IntegerField()), Value(red[1])),
        day=Case(
            When(case__state_code="draft", then=Value(today)),
            When(case__state_code="closed", then=Value(AT_THE_END)),
            default=Least(Coalesce("case__next_step_on", Value(today)), *deadlines),
            output_field=DateField(),
        ),
        risk=Case(
            When(Q(case__has_danger=True) | Q(case__risk_code="high"), then=Value(0)),
            When(case__risk_code="raised", then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        ),
    ).annotate(
        urgent=Case(
            When(case__state_code="closed", then=Value(3)),
            When(late, then=Value(0)),
            When(day__lte=today + timedelta(days=1), then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
    )


def order(*, backward: bool) -> tuple[str, ...]:
    """For `order_by`."""
    return tuple(f"-{name}" if (name in NEWEST_FIRST) != backward else name for name in KEY)


def beyond(mark: Sequence[Any], *, backward: bool) -> Q:
    """What stands after the row with these values of KEY, or before it."""
    found, same = Q(), Q()
    for name, value in zip(KEY, mark, strict=True):
        way = "lt" if (name in NEWEST_FIRST) != backward else "gt"
        found |= same & Q(**{f"{name}__{way}": value})
        same &= Q(**{name: value})
    return found
