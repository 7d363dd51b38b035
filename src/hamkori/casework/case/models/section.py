"""Sealed sections: one table each, because a section is the unit of disclosure, of consent and of encryption."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from hamkori.access.record import Record
from hamkori.casework.case.models.case import Case


class SectionKey(Record):
    """One epoch of a section's key. The key itself is nowhere: only its commitment, under a tag."""

    case = models.ForeignKey(Case, models.DO_NOTHING, related_name="+")
    section_code = models.CharField(max_length=20)
    epoch = models.IntegerField()
    commitment = models.BinaryField()
    tag = models.BinaryField()
    since = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "section_key"
        constraints = [
            models.UniqueConstraint(name="one_key_per_epoch", fields=["case", "section_code", "epoch"]),
            models.UniqueConstraint(
                name="one_open_epoch", fields=["case", "section_code"], condition=models.Q(closed_at=None)
            ),
        ]


class SectionWrap(Record):
    """A section key sealed to one person key, or to the body's continuity key."""

    section_key = models.ForeignKey(SectionKey, models.DO_NOTHING, related_name="+")
    recipient_key_id = models.UUIDField()
    seal = models.BinaryField()

    class Meta:
        db_table = "section_wrap"
        constraints = [
            models.UniqueConstraint(name="one_wrap_per_recipient", fields=["section_key", "recipient_key_id"])
        ]
        indexes = [models.Index(fields=["recipient_key_id"], name="section_wrap_by_key")]


class SectionRow(Record):
    """A sealed sheet or note. `body` is locked JSON bound to case, section, row, epoch and seal number.

    What was written for one request is bound to its kind and that request as well.
    """

    case = models.ForeignKey(Case, models.DO_NOTHING, related_name="+")
    kind_code = models.CharField(max_length=20)
    referral_id = models.UUIDField(null=True)
    epoch = models.IntegerField()
    seal_no = models.IntegerField(default=1)
    body = models.BinaryField()
    written_at = models.DateTimeField()
    written_by = models.UUIDField()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                name="one_sheet_per_case_%(class)s",
                fields=["case"],
                condition=models.Q(kind_code="sheet"),
            )
        ]
        indexes = [models.Index(fields=["case", "kind_code"], name="%(class)s_by_case")]


class Identity(SectionRow):
    """Legal names, birth date, exact age, papers, photograph."""

    class Meta(SectionRow.Meta):
        db_table = "identity"


class Contact(SectionRow):
    """What to call her, whether it is safe to talk, telephone and hours, code word, interpreter."""

    class Meta(SectionRow.Meta):
        db_table = "contact"


class Place(SectionRow):
    """District, address, stay, work, school."""

    class Meta(SectionRow.Meta):
        db_table = "place"


class Screening(SectionRow):
    """Answers to the signs. Frozen when completed; a later one supersedes it."""

    state_code = models.CharField(max_length=12, default="draft")
    set_codes = ArrayField(models.CharField(max_length=4), default=list)
    completed_at = models.DateTimeField(null=True)

    class Meta(SectionRow.Meta):
        db_table = "screening"


class Need(SectionRow):
    """Needs, wishes, reasons of the risk; and the text agreed for one referral."""

    class Meta(SectionRow.Meta):
        db_table = "need"


class Health(SectionRow):
    """What a health service needs."""

    class Meta(SectionRow.Meta):
        db_table = "health"


class Psychosocial(SectionRow):
    """What helps, what hurts; the psychologist's own notes."""

    class Meta(SectionRow.Meta):
        db_table = "psychosocial"


class Legal(SectionRow):
    """Papers, steps taken, counsel."""

    class Meta(SectionRow.Meta):
        db_table = "legal"


class Criminal(SectionRow):
    """The police's own file. It goes to nobody."""

    class Meta(SectionRow.Meta):
        db_table = "criminal"


SECTION_MODELS: dict[str, type[SectionRow]] = {
    "identity": Identity,
    "contact": Contact,
    "place": Place,
    "screening": Screening,
    "needs": Need,
    "health": Health,
    "psychosocial": Psychosocial,
    "legal": Legal,
    "criminal": Criminal,
}
