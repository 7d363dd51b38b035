"""The vault's tables: a session's locked key, what somebody types, which versions of the server's keys there were."""

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


class TypedDraft(models.Model):
    """What somebody types into one form and has not saved, under their own key. `place` names the form to them alone.

    Unlogged: never in WAL, standby or archive. Gone when the form is saved, or after seven days.
    """

    id = models.UUIDField(primary_key=True)
    user_id = models.UUIDField()
    place = models.BinaryField()
    body = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "typed"
        indexes = [
            models.Index(fields=["user_id", "-at"], name="typed_by_user"),
            models.Index(fields=["at"], name="typed_by_age"),
        ]


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
