"""A person's file in one body: codes in the open, everything in words in the section tables.

Of these there is one for each section, which is the unit of disclosure, of consent and of encryption.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from hamkori.access.record import Record, RunningClock


class Case(Record):
    """Coded fields only. State, decision and closing change through `take` alone."""

    code = models.CharField(max_length=8, unique=True)
    organisation = models.ForeignKey("people.Organisation", models.DO_NOTHING, related_name="+")
    state_code = models.CharField(max_length=12, default="draft")
    decision_code = models.CharField(max_length=12, default="not_yet")
    decision_reason_code = models.CharField(max_length=30, default="")
    decided_at = models.DateTimeField(null=True)
    sex_code = models.CharField(max_length=20, default="other_or_not_said")
    age_band_code = models.CharField(max_length=20, default="unknown")
    is_child = models.BooleanField(default=False)
    age_settled_at = models.DateTimeField(null=True)
    region_code = models.CharField(max_length=10, default="")
    district_code = models.CharField(max_length=12, default="", db_default="")
    language_code = models.CharField(max_length=10, default="unknown")
    needs_interpreter = models.BooleanField(default=False)
    need_tonight_codes = ArrayField(models.CharField(max_length=30), default=list)
    has_danger = models.BooleanField(default=False)
    risk_code = models.CharField(max_length=12, default="not_asked")
    doctor_code = models.CharField(max_length=12, default="not_asked")
    stairs_code = models.CharField(max_length=12, default="not_asked")
    children_code = models.CharField(max_length=12, default="not_asked")
    told_child_protection_at = models.DateTimeField(null=True)
    next_step_code = models.CharField(max_length=30, default="")
    next_step_on = models.DateField(null=True)
    outcome_code = models.CharField(max_length=30, default="")
    older_case = models.ForeignKey("self", models.DO_NOTHING, null=True, related_name="+")
    from_referral = models.BooleanField(default=False)
    begun_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    edited_by = models.UUIDField(null=True)
    edited_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "case"
        constraints = [
            models.CheckConstraint(
                name="a_case_is_draft_open_closed_or_erased",
                condition=models.Q(state_code__in=["draft", "open", "closed", "erased"]),
            ),
        ]


class CaseAccess(Record):
    """Why one membership sees one case: kind, sections it may read and write, under a tag of the keyring."""

    case = models.ForeignKey(Case, models.DO_NOTHING, related_name="+")
    membership = models.ForeignKey("people.Membership", models.DO_NOTHING, related_name="+")
    kind_code = models.CharField(max_length=12)
    sections = ArrayField(models.CharField(max_length=20), default=list)
    writes = ArrayField(models.CharField(max_length=20), default=list)
    tag = models.BinaryField()
    opened_at = models.DateTimeField()
    since = models.DateTimeField()
    suspended_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "case_access"
        constraints = [
            models.UniqueConstraint(
                name="one_live_access_per_case", fields=["case", "membership"], condition=models.Q(ended_at=None)
            ),
            models.CheckConstraint(
                name="access_is_lead_member_or_supervisor",
                condition=models.Q(kind_code__in=["lead", "member", "supervisor"]),
            ),
        ]
        indexes = [models.Index(fields=["membership", "-opened_at", "-case"], name="case_access_by_reader")]


class CaseStep(Record):
    """One step a case took: for its own time line, coded."""

    case = models.ForeignKey(Case, models.DO_NOTHING, related_name="+")
    step_code = models.CharField(max_length=30)
    from_code = models.CharField(max_length=12, default="")
    to_code = models.CharField(max_length=12)
    reason_code = models.CharField(max_length=30, default="")
    membership_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    # Whose place for tonight it is that was found on the telephone, and who was called off.
    organisation = models.ForeignKey("people.Organisation", models.DO_NOTHING, null=True, related_name="+")

    class Meta:
        db_table = "case_step"
        indexes = [models.Index(fields=["case", "at"], name="case_step_by_case")]


class CaseClock(RunningClock):
    """A running clock of a case: child (tell child protection), consent."""

    case = models.ForeignKey(Case, models.DO_NOTHING, related_name="+")

    class Meta:
        db_table = "case_clock"
        constraints = [models.UniqueConstraint(name="one_case_clock_of_a_kind", fields=["case", "clock_code"])]


class PersonLink(Record):
    """The random person token of a case: the same in two service bodies' files, never in a police file."""

    case = models.ForeignKey(Case, models.DO_NOTHING, related_name="+")
    token = models.UUIDField()

    class Meta:
        db_table = "person_link"
        constraints = [models.UniqueConstraint(name="one_token_per_case", fields=["case"])]


class Gap(Record):
    """A need that no service met: district, service and month, and no case."""

    organisation = models.ForeignKey("people.Organisation", models.DO_NOTHING, related_name="+")
    area_code = models.CharField(max_length=10)
    service_code = models.CharField(max_length=20)
    month_on = models.DateField()

    class Meta:
        db_table = "gap"


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


class SetAside(Record):
    """What somebody wrote in a part and another version was kept of: sealed, for the two who wrote, for 30 days.

    `body` is locked JSON, bound to its place, to both writers and to the moment.
    """

    case = models.ForeignKey(Case, models.DO_NOTHING, related_name="+")
    section_code = models.CharField(max_length=20)
    first_by = models.UUIDField()
    second_by = models.UUIDField()
    epoch = models.IntegerField()
    body = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "set_aside"
        indexes = [
            models.Index(fields=["case", "section_code"], name="set_aside_by_case"),
            models.Index(fields=["at"], name="set_aside_by_age"),
        ]


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
