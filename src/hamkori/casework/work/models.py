"""What the clock could not do, for whoever runs the server."""

from __future__ import annotations

from django.db import models

from hamkori.access.record import Record


class ClockFailure(Record):
    """An act that fails: its name, the kind of fault, how often, since when, and at which row last. Nothing of whom it
    was about.
    """

    act_code = models.CharField(max_length=30)
    fault_code = models.CharField(max_length=60)
    failures = models.IntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    row_id = models.UUIDField(null=True)

    class Meta:
        db_table = "clock_failure"
        constraints = [models.UniqueConstraint(name="one_row_per_failing_act", fields=["act_code"])]
