"""Which release epochs there were: the keyring has the keys, the database only their numbers and days."""

from __future__ import annotations

from django.db import models


class ReleaseEpoch(models.Model):
    """A release epoch that a rotation began. Seals under an older one are no longer taken in."""

    number = models.IntegerField(primary_key=True)
    begun_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "release_epoch"
