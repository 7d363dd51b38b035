"""What `./hamkori status` and `/health/ready` ask: when the worker last did its work, whether a row can be written."""

from __future__ import annotations

from django.db import models

from hamkori.access.record import Record


class WorkerBeat(models.Model):
    """One row a job: when it last came to its end. Real time, not the world's: it is about this server."""

    act_code = models.CharField(max_length=30, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "worker_beat"


class WriteTry(Record):
    """A row for each time somebody asked whether the database takes writing; see walls/20_writing.sql."""

    at = models.DateTimeField()
    filler = models.BinaryField()

    class Meta:
        db_table = "write_try"
