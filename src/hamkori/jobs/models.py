"""When the worker last did what it does: the sign of life that `./hamkori status` and `/health/ready` read."""

from __future__ import annotations

from django.db import models


class WorkerBeat(models.Model):
    """One row a job: when it last came to its end. Real time, not the world's: it is about this server."""

    act_code = models.CharField(max_length=30, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "worker_beat"
