"""The one table of the vault: a session's locked private key. It is unlogged: never in WAL, standby or archive."""

from __future__ import annotations

from django.db import models


class VaultSession(models.Model):
    """A private key under a key that only the browser's second cookie holds. `pending` lives five minutes."""

    session_id = models.UUIDField(primary_key=True)
    level_code = models.CharField(max_length=10)
    box = models.BinaryField()
    key_no = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "vault_session"
