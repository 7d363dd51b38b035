"""Sessions as the database knows them, and the world's clock. Made and read by definer functions only."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from hamkori.access.record import Record


class AccessSession(Record):
    """One sign-in, acting as one membership. Only the hash of its token is stored.

    `device_code`: which kind of browser, as `hamkori.vocabulary.devices` says it, so that they know it again; no more.
    `vault_opened_at`: since when the vault is open in it, as far as nobody has closed it. A crash that empties
    `vault_session` leaves it here, and the page can say why the vault is closed.
    """

    token_hash = models.BinaryField(unique=True)
    membership = models.ForeignKey("people.Membership", models.DO_NOTHING, related_name="+")
    level_code = models.CharField(max_length=20)
    issued_at = models.DateTimeField()
    idle_until = models.DateTimeField()
    expires_at = models.DateTimeField()
    stepped_up_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    device_code = models.CharField(max_length=30, default="", db_default="")
    vault_opened_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_session"


class SessionProof(Record):
    """What definers compare a proof with: halves of an HMAC key that the web process makes of keyring and salt.

    No value of the keyring. A new row at each `migrate`; the one before goes on for a minute. No grant at all, and no
    backup holds it.
    """

    no = models.IntegerField()
    salt = models.BinaryField()
    inner_half = models.BinaryField()
    outer_half = models.BinaryField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "session_proof"


class PagesKnown(models.Model):
    """What the pages show with each token, as a SHA-256, by the version of the proof key that it is made of.

    A version that was turned goes on for a minute. No login of the pages may read it.
    """

    no = models.IntegerField(primary_key=True)
    shown_hash = models.BinaryField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "pages_known"


class WorkerKnown(models.Model):
    """The worker that this database knows: the SHA-256 of the secret in its folder. One row; no login may read it."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    secret_hash = models.BinaryField()
    known_at = models.DateTimeField()

    class Meta:
        db_table = "worker_known"
        constraints = [models.CheckConstraint(name="one_worker", condition=models.Q(id=1))]


class Attempt(models.Model):
    """How often something was tried lately, or that a code was used. Made and read by definer functions only."""

    key = models.BinaryField(primary_key=True)
    at = ArrayField(models.FloatField(), null=True)
    until = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "attempt"


class World(models.Model):
    """Which world this database holds, and how far its clock is ahead. One row; only the owner writes it."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    world_code = models.CharField(max_length=12)
    offset = models.DurationField(null=True)

    class Meta:
        db_table = "world"
        constraints = [
            models.CheckConstraint(
                name="only_demo_and_test_move_the_clock",
                condition=models.Q(offset=None) | models.Q(world_code__in=["demo", "test"]),
            ),
            models.CheckConstraint(name="one_world", condition=models.Q(id=1)),
        ]


class Operation(Record):
    """A write that was asked for once. Sent twice it is done once: the second finds this row.

    `form_tag`: a keyed tag of what the form said, so that a second that says something else is told so. Null: nobody
    sent a form. `done_tag`: the server's tag on the whole row and on `done_in`, the number of the transaction that
    wrote it; null in a row from before there was one, which is not believed (hamkori/operations.py).
    """

    membership = models.ForeignKey("people.Membership", models.DO_NOTHING, related_name="+")
    operation_id = models.UUIDField()
    step_code = models.CharField(max_length=60)
    object_id = models.UUIDField(null=True)
    form_tag = models.BinaryField(null=True)
    url_path = models.CharField(max_length=200, default="")
    at = models.DateTimeField()
    done_in = models.BigIntegerField(null=True)
    done_tag = models.BinaryField(null=True)

    class Meta:
        db_table = "operation"
        constraints = [models.UniqueConstraint(name="an_operation_is_done_once", fields=["membership", "operation_id"])]


class LifecycleMachine(models.Model):
    """Where a machine's things stand, and the definers that `take` asks. Written at migration (`access.machines`)."""

    machine_code = models.CharField(max_length=20, primary_key=True)
    record_table = models.CharField(max_length=40)
    beside_table = models.CharField(max_length=40, default="")
    beside_key = models.CharField(max_length=40, default="")
    clock_table = models.CharField(max_length=40, default="")
    clock_key = models.CharField(max_length=40, default="")
    sides_by = models.CharField(max_length=60)
    locks_by = models.CharField(max_length=60, default="")
    guards_by = models.CharField(max_length=60)
    notes_by = models.CharField(max_length=60)
    kept_codes = models.JSONField(default=dict)

    class Meta:
        db_table = "lifecycle_machine"


class LifecycleRow(models.Model):
    """One row per machine, step, state it starts from, and side: what a step needs and what it leaves behind.

    Written at migration from the rooms' tables (`hamkori.lifecycle.Step`), never edited. `set_values` and `carries`:
    a column that begins with "+" is of the table beside.
    """

    machine_code = models.CharField(max_length=20)
    step_code = models.CharField(max_length=30)
    from_code = models.CharField(max_length=20, default="")
    to_code = models.CharField(max_length=20)
    side_code = models.CharField(max_length=20)
    position = models.IntegerField()
    guards = ArrayField(models.CharField(max_length=40))
    set_now = ArrayField(models.CharField(max_length=40))
    set_plus = ArrayField(models.CharField(max_length=40))
    set_values = models.JSONField(default=dict)
    carries = models.JSONField(default=dict)
    effects = ArrayField(models.CharField(max_length=60))
    starts = ArrayField(models.CharField(max_length=20))
    may_start = ArrayField(models.CharField(max_length=20))
    stops = ArrayField(models.CharField(max_length=20))
    noted = ArrayField(models.CharField(max_length=40))

    class Meta:
        db_table = "lifecycle_row"
        constraints = [
            models.UniqueConstraint(
                name="one_row_per_step_state_and_side", fields=["machine_code", "step_code", "from_code", "side_code"]
            )
        ]
