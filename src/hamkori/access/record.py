"""What every stored record has in common, and every running clock. Nothing else lives here."""

from __future__ import annotations

import uuid

from django.db import models


class Record(models.Model):
    """A row with a random identity made in Python.

    The database never has to hand an identity back: an insert of a row that its writer may not read
    would fail with RETURNING under row security.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


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
