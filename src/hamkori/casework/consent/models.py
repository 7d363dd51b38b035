"""What she agreed to. Each asking is a new version with all its rows; nothing is ever edited."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from hamkori.access.record import Record
from hamkori.casework.case.models import Case
from hamkori.casework.consent.rules.consent import Row
from hamkori.vault.declared import set_of


class Consent(Record):
    """One asking, or one withdrawal. The newest version of a case is the one that counts (queries/said.py).

    `tag`: over these columns, all rows and whom she does not want.
    """

    case = models.ForeignKey(Case, models.DO_NOTHING, related_name="+")
    number = models.IntegerField()
    step_code = models.CharField(max_length=12)
    text_version_code = models.CharField(max_length=20, default="")
    language_code = models.CharField(max_length=10, default="")
    how_given_code = models.CharField(max_length=30, default="")
    how_said_code = models.CharField(max_length=30, default="")
    speaker_code = models.CharField(max_length=30, default="")
    speaker_suspected = models.BooleanField(default=False)
    asked_as_child = models.BooleanField(default=False)
    child_answer_code = models.CharField(max_length=20, default="")
    child_reason_code = models.CharField(max_length=30, default="")
    at = models.DateTimeField()
    membership_id = models.UUIDField()
    tag = models.BinaryField(db_default=b"")

    class Meta:
        db_table = "consent"
        constraints = [models.UniqueConstraint(name="one_consent_per_number", fields=["case", "number"])]


class ConsentRow(Record):
    """One kind of recipient for one purpose: the answer, what may go, until when."""

    consent = models.ForeignKey(Consent, models.DO_NOTHING, related_name="+")
    kind_code = models.CharField(max_length=20)
    purpose_code = models.CharField(max_length=20)
    answer_code = models.CharField(max_length=20)
    sections = ArrayField(models.CharField(max_length=20), default=list)
    until = models.DateTimeField(null=True)
    # How this row was asked: a later asking about something else changes nothing here.
    asked_as_child = models.BooleanField(default=False)
    speaker_code = models.CharField(max_length=30, default="")
    speaker_suspected = models.BooleanField(default=False)
    child_answer_code = models.CharField(max_length=20, default="")

    def as_rule(self) -> Row:
        """The row as the rules read it; of the newest version, since only that one is worth anything."""
        return Row(
            kind=self.kind_code,
            purpose=self.purpose_code,
            answer=self.answer_code,
            sections=set_of(self.sections),
            ends_at=self.until,
            asked_as_child=self.asked_as_child,
            speaker=self.speaker_code or None,
            guardian_clear=not self.speaker_suspected,
            child_answer=self.child_answer_code or None,
        )

    class Meta:
        db_table = "consent_row"
        constraints = [
            models.UniqueConstraint(
                name="one_answer_per_kind_and_purpose", fields=["consent", "kind_code", "purpose_code"]
            )
        ]


class ConsentExcluded(Record):
    """A body she does not want."""

    consent = models.ForeignKey(Consent, models.DO_NOTHING, related_name="+")
    organisation = models.ForeignKey("people.Organisation", models.DO_NOTHING, related_name="+")

    class Meta:
        db_table = "consent_excluded"
