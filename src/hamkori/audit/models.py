"""The ledger's tables. Rows come in through `ledger_append()` alone; nobody changes or removes one."""

from __future__ import annotations

from django.db import models


class Ledger(models.Model):
    """One act, or one refusal. Codes and ids only: no names, addresses, search words or URLs."""

    # Counted, not random: rows of one transaction are sealed in their order. The number comes from `ledger_write()`.
    id = models.BigIntegerField(primary_key=True)
    cluster = models.BigIntegerField()
    tx = models.BigIntegerField()
    at = models.DateTimeField()
    action_code = models.CharField(max_length=60)
    decision_code = models.CharField(max_length=12)
    user_id = models.UUIDField(null=True)
    membership_id = models.UUIDField(null=True)
    organisation_id = models.UUIDField(null=True)
    session_id = models.UUIDField(null=True)
    role_code = models.CharField(max_length=30, default="")
    scope_code = models.CharField(max_length=30, default="")
    object_kind_code = models.CharField(max_length=30, default="")
    object_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    section_code = models.CharField(max_length=20, default="")
    seal_no = models.IntegerField(null=True)
    consent_id = models.UUIDField(null=True)
    reason_code = models.CharField(max_length=40, default="")
    operation_id = models.UUIDField(null=True)
    count = models.IntegerField(null=True)

    class Meta:
        db_table = "ledger"
        indexes = [
            models.Index(fields=["case_id", "id"], name="ledger_by_case"),
            models.Index(fields=["organisation_id", "id"], name="ledger_by_body"),
            models.Index(fields=["object_id", "id"], name="ledger_by_object"),
            models.Index(fields=["cluster", "tx", "id"], name="ledger_by_tx"),
            models.Index(
                fields=["session_id", "at"], name="ledger_not_visible", condition=models.Q(reason_code="not_visible")
            ),
            models.Index(
                fields=["operation_id"], name="ledger_alarm_lines", condition=models.Q(action_code="tag.mismatch")
            ),
        ]
        constraints = [
            # A line of the file of alarms is copied once, whoever copies at the same time.
            models.UniqueConstraint(
                fields=["operation_id"],
                name="ledger_line_once",
                condition=models.Q(action_code="tag.mismatch", scope_code="from_file"),
            ),
        ]


class LedgerSeal(models.Model):
    """One sealed batch: the Merkle root of the rows with first_tx <= tx < next_tx, chained to the batch before.

    `cluster` is PostgreSQL's system identifier: transaction numbers count within one cluster only, and a database that
    was restored elsewhere begins again at 0. `leaves` holds number and hash of each row, in order, so that a bad row
    can be named. `mac` is the worker's word for `chain`, under a key that lies in no database (audit/witness.py);
    batches from before there was one have none.
    """

    id = models.BigIntegerField(primary_key=True)
    cluster = models.BigIntegerField()
    first_tx = models.BigIntegerField()
    next_tx = models.BigIntegerField()
    count = models.IntegerField()
    leaves = models.BinaryField()
    root = models.BinaryField()
    chain = models.BinaryField()
    mac = models.BinaryField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "ledger_seal"


class LedgerCheckpoint(models.Model):
    """A signature (Ed25519) over the chain's newest value.

    Its text names its number and the batch of the one before, so that one that was removed is missed; the number of the
    chain's key; the key that signs the next one; and, after a backup was put back, the head that was given up and the
    batch that was gone on from.
    """

    seal = models.OneToOneField(LedgerSeal, models.DO_NOTHING, primary_key=True, related_name="+")
    signature = models.BinaryField()
    at = models.DateTimeField()
    # Null: from before checkpoints were counted.
    number = models.BigIntegerField(null=True, unique=True)
    before = models.BigIntegerField(null=True)
    chain_no = models.IntegerField(null=True)
    signs_next = models.BinaryField(null=True)
    lost_batch = models.BigIntegerField(null=True)
    lost_chain = models.BinaryField(null=True)
    restored_batch = models.BigIntegerField(null=True)

    class Meta:
        db_table = "ledger_checkpoint"


class Sealer(models.Model):
    """One row: whoever holds its lock seals. `beat` is when that was last done, by the machine's clock."""

    id = models.SmallIntegerField(primary_key=True)
    beat = models.DateTimeField(null=True)
    # The day of the last mail that carried the head to the auditors.
    head_mailed_on = models.DateField(null=True)

    class Meta:
        db_table = "sealer"
