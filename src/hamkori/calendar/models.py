"""Days that differ from the ordinary week: holidays, transferred days, working Saturdays, decrees."""

from __future__ import annotations

from django.db import models


class CalendarDay(models.Model):
    """One managed day. No national calendar is shipped: what a country decrees is entered with its source."""

    day = models.DateField(primary_key=True)
    kind_code = models.CharField(max_length=20)
    source = models.CharField(max_length=200, default="")
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "calendar_day"
