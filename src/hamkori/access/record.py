"""What every stored record has in common. Nothing else lives here."""

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
