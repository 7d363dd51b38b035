"""The calendar in force now, for rules that take it as an argument."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Max

from hamkori.calendar.models import CalendarDay
from hamkori.calendar.rules import Calendar


def calendar() -> Calendar:
    """The managed days as they stand; the version is the highest of any row, 0 for an empty table."""
    days = dict(CalendarDay.objects.values_list("day", "kind_code"))
    version = CalendarDay.objects.aggregate(newest=Max("version"))["newest"] or 0
    return Calendar.of(days, settings.TIME_ZONE, version)
