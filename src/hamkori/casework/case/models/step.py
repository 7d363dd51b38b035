"""The lifecycle tables as the database reads them: written at migration from the Python tables, never edited."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class LifecycleStep(models.Model):
    """One row per (machine, step, state it starts from). `referral_take` and `case_take` obey these rows."""

    machine_code = models.CharField(max_length=12)
    step_code = models.CharField(max_length=30)
    from_code = models.CharField(max_length=12, default="")
    to_code = models.CharField(max_length=12)
    sides = ArrayField(models.CharField(max_length=4))
    carries = ArrayField(models.CharField(max_length=40))
    is_ending = models.BooleanField()
    needs_consent = models.BooleanField()
    by_take = models.BooleanField()

    class Meta:
        db_table = "lifecycle_step"
        constraints = [
            models.UniqueConstraint(
                name="one_row_per_step_and_state", fields=["machine_code", "step_code", "from_code"]
            )
        ]
