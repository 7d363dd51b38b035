"""The calendar in force now, for rules that take it as an argument."""

from __future__ import annotations

from django.conf import settings

from hamkori.calendar.models import CalendarDay
from hamkori.calendar.rules import Calendar


def calendar() -> Calendar:
    """The managed days as they stand; the version is the highest of any row, 0 for an empty table."""
    rows = CalendarDay.objects.values_list("day", "kind_code", "version")
    kinds = {day: kind for day, kind, _version in rows}
    return Calendar.of(kinds, settings.TIME_ZONE, max((version for *_day, version in rows), default=0))
