"""What every running clock keeps, whatever it runs for."""

from __future__ import annotations

from django.db import models

from hamkori.access.record import Record


class RunningClock(Record):
    """A clock that a step has started. `rungs`: [{name, at}] in time order; `done`: name -> when it was acted on."""

    clock_code = models.CharField(max_length=20)
    row_code = models.CharField(max_length=30)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    rungs = models.JSONField(default=list)
    done = models.JSONField(default=dict)
    period = models.IntegerField(default=1)
    calendar_version = models.IntegerField(default=0)

    class Meta:
        abstract = True
