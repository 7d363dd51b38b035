"""The order of the list of cases: danger alone, no place tonight, late, stopped, soon, the rest; by risk, by day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Case, DateField, IntegerField, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Least

from hamkori.casework.case.models import CaseAccess

KEY: Final = ("urgent", "risk", "day", "opened_at", "case_id")
NEWEST_FIRST: Final = frozenset({"opened_at", "case_id"})
AT_THE_END = date.max
IN_NEED: Final = 0
"""How urgent a case is in which somebody is in danger and nobody was asked for help: the first of all."""


def by_urgency(
    rows: QuerySet[CaseAccess],
    danger: Q,
    place: Q,
    late: Q,
    stopped: Q,
    deadlines: Iterable[Subquery],
    today: date,
) -> QuerySet[CaseAccess]:
    """The rows with what they are ordered by. A draft is of today, a closed case stands at the end.

    `place`: nobody has one for tonight, though somebody may be asked. `deadlines`: the days of a case beside its next
    step's; the first of all of them is the day of the case.
    """
    return rows.annotate(
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
            When(case__state_code="closed", then=Value(6)),
            When(danger, then=Value(IN_NEED)),
            When(place, then=Value(1)),
            When(late, then=Value(2)),
            When(stopped, then=Value(3)),
            When(day__lte=today + timedelta(days=1), then=Value(4)),
            default=Value(5),
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
