"""The order of the list of cases: danger alone, late, stopped, then by day; in a day by risk, then the newest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.db.models import Case, DateField, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from hamkori.casework.case.models import CaseAccess

KEY: Final = ("urgent", "day", "risk", "opened_at", "case_id")
NEWEST_FIRST: Final = frozenset({"opened_at", "case_id"})
AT_THE_END = date.max
IN_NEED: Final = 0
"""How urgent a case is in which somebody is in danger and nobody was asked for help: the first of all."""


def by_urgency(rows: QuerySet[CaseAccess], danger: Q, late: Q, stopped: Q, today: date) -> QuerySet[CaseAccess]:
    """The rows with what they are ordered by. A draft is of today, a closed case stands at the end."""
    return rows.annotate(
        urgent=Case(
            When(case__state_code="closed", then=Value(4)),
            When(danger, then=Value(IN_NEED)),
            When(late, then=Value(1)),
            When(stopped, then=Value(2)),
            default=Value(3),
            output_field=IntegerField(),
        ),
        day=Case(
            When(case__state_code="draft", then=Value(today)),
            When(case__state_code="closed", then=Value(AT_THE_END)),
            default=Coalesce("case__next_step_on", Value(today)),
            output_field=DateField(),
        ),
        risk=Case(
            When(Q(case__has_danger=True) | Q(case__risk_code="high"), then=Value(0)),
            When(case__risk_code="raised", then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        ),
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
