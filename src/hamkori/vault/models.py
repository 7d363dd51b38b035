"""The vault's two tables: a session's locked private key, and which versions of the server's keys there were."""

from __future__ import annotations

from django.db import models


class VaultSession(models.Model):
    """A private key under a key that only the browser's second cookie holds. `pending` lives five minutes.

    `user_id`: for whom one waits, so that no more than a few do; empty beside a session, which says whose it is.
    Unlogged: never in WAL, standby or archive.
    """

    session_id = models.UUIDField(primary_key=True)
    level_code = models.CharField(max_length=10)
    user_id = models.UUIDField(null=True)
    box = models.BinaryField()
    key_no = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "vault_session"


class KeyVersion(models.Model):
    """A version of a key of the keyring that somebody began: from then on nothing new is made under an older one.

    Numbers and days only. The first version of each key has no row; it is as old as the database.
    """

    pk = models.CompositePrimaryKey("name_code", "number")
    name_code = models.CharField(max_length=10)
    number = models.IntegerField()
    begun_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "key_version"
