"""The time limits of cases that have passed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from hamkori.casework.case.models import CaseClock
from hamkori.casework.case.queries.told_there import is_told_there
from hamkori.definer import HkNow

OF_CHILD: Final = Q(clock_code="child")
"""A time limit of which the other side may say that it is kept (ADR 183)."""


def late_clocks(case_ids: Iterable[UUID]) -> dict[UUID, tuple[str, date]]:
    """Of each case a time limit that has passed, and its day: child protection before any other."""
    rows = CaseClock.objects.filter(case__in=list(case_ids), due_at__lte=HkNow()).exclude(OF_CHILD & is_told_there())
    found = sorted(rows.values_list("clock_code", "case_id", "due_at"), key=lambda row: row[0] == "child")
    return {case: (code, timezone.localdate(_last(code, due))) for code, case, due in found}


def _last(code: str, due: datetime) -> datetime:
    """A consent ends when its last day is over: that day is said, as on Today."""
    return due - timedelta(microseconds=1) if code == "consent" else due
