"""A referral: its state, its card, its packet under two locks, who may see it, what happened."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from hamkori.access.record import Record, RunningClock
from hamkori.casework.case.models import Case


class Referral(Record):
    """Coded, and read by both sides. Every step but writing and editing a draft is `take` in the database.

    Row security hides no columns: what only the sender's side may read is `ReferralSender`. A request that was recalled
    or withdrawn stands here as "ended" (rules/referral.fate); which of the two it was is the sender's.
    """

    code = models.CharField(max_length=8, unique=True)
    kind_code = models.CharField(max_length=12, default="service")
    from_organisation = models.ForeignKey("people.Organisation", models.DO_NOTHING, related_name="+")
    to_organisation = models.ForeignKey("people.Organisation", models.DO_NOTHING, related_name="+")
    service_id = models.UUIDField()
    service_code = models.CharField(max_length=20)
    recipient_kind_code = models.CharField(max_length=20)
    purpose_code = models.CharField(max_length=20)
    urgency_code = models.CharField(max_length=20)
    needed_from_on = models.DateField(null=True)
    told_body = models.BooleanField(default=False)
    state_code = models.CharField(max_length=12, default="draft")
    version = models.IntegerField(default=1)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    visible_at = models.DateTimeField(null=True)
    answer_due_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    arrival_on = models.DateField(null=True)
    arrival_part_code = models.CharField(max_length=12, default="")
    agreed_at = models.DateTimeField(null=True)
    moves = models.IntegerField(default=0)
    packets = models.IntegerField(default=0)
    missed_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)
    heard_code = models.CharField(max_length=20, db_default="", default="")
    served_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    result_code = models.CharField(max_length=20, default="")
    reason_code = models.CharField(max_length=30, default="")
    suggested_service_code = models.CharField(max_length=20, default="")
    was_disputed = models.BooleanField(default=False)
    one_more_night = models.BooleanField(db_default=False, default=False)

    class Meta:
        db_table = "referral"
        indexes = [
            models.Index(fields=["to_organisation", "state_code", "answer_due_at"], name="referral_by_desk"),
            models.Index(fields=["from_organisation", "state_code"], name="referral_by_sender"),
        ]


class ReferralSender(models.Model):
    """What only the sender's side reads of a referral: what she agreed to, why it was taken back, what she says of it.

    `ending_code`: recalled or withdrawn, where the referral itself says "ended"; `reason_code`: of a recall.
    `permit`: what may go to whom, locked by the sender's session (machinery/permits.py); the database cannot read it.
    `settled_at`: when somebody of the sender said that a referral which had stopped leaves nothing more to do; who and
    why is a row of its time line.
    """

    referral = models.OneToOneField(Referral, models.DO_NOTHING, primary_key=True, related_name="sender")
    consent_rows = ArrayField(models.CharField(max_length=40), default=list)
    sections = ArrayField(models.CharField(max_length=20), default=list)
    consent_id = models.UUIDField(null=True)
    ending_code = models.CharField(max_length=12, default="")
    reason_code = models.CharField(max_length=30, default="")
    how_said_code = models.CharField(max_length=30, default="")
    her_view_code = models.CharField(max_length=30, default="")
    agrees = models.BooleanField(null=True)
    permit = models.BinaryField(db_default=b"")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "referral_sender"


class ReferralWord(Record):
    """Her word against a request that somebody holds just now: nothing of it opens from then on, and the clock ends it.

    Bound to the request by its id alone: a foreign key would wait for whoever holds that row. Goes with the ending.
    """

    referral = models.ForeignKey(Referral, models.DO_NOTHING, related_name="+", db_constraint=False)
    side_code = models.CharField(max_length=4)
    how_said_code = models.CharField(max_length=20)
    membership = models.ForeignKey("people.Membership", models.DO_NOTHING, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "referral_word"


class ReferralOrigin(models.Model):
    """Which case a referral came from. The receiver never sees this row."""

    referral = models.OneToOneField(Referral, models.DO_NOTHING, primary_key=True, related_name="+")
    case = models.ForeignKey(Case, models.DO_NOTHING, related_name="+")

    class Meta:
        db_table = "referral_origin"


class ReferralCard(models.Model):
    """What a desk sees before it accepts: codes only.

    `former_age_code`, `corrected_at`: what it said of the age until that was corrected after it was sent, and when,
    the last time. `former_ages`: the same of each correction, the first one first: [{"age": band, "until": time}]; and
    beside them of what else it says: [{"fact": column, "was": code, "now": code, "until": time}].
    """

    referral = models.OneToOneField(Referral, models.DO_NOTHING, primary_key=True, related_name="+")
    sex_code = models.CharField(max_length=20)
    age_band_code = models.CharField(max_length=20)
    region_code = models.CharField(max_length=10, default="")
    language_code = models.CharField(max_length=10)
    needs_interpreter = models.BooleanField(default=False)
    risk_code = models.CharField(max_length=12)
    doctor_code = models.CharField(max_length=12, default="not_asked")
    stairs_code = models.CharField(max_length=12, default="not_asked")
    children_code = models.CharField(max_length=12, default="not_asked")
    former_age_code = models.CharField(max_length=20, db_default="", default="")
    corrected_at = models.DateTimeField(null=True)
    former_ages = models.JSONField(db_default=[], default=list)

    class Meta:
        db_table = "referral_card"


class ReferralStep(Record):
    """One step a referral took. `side_code` tells from where; who it was is `ReferralStepBy`. `undone_at`: since when a
    call counts no more, which was recorded by mistake (ADR 212).
    """

    referral = models.ForeignKey(Referral, models.DO_NOTHING, related_name="+")
    step_code = models.CharField(max_length=20)
    from_code = models.CharField(max_length=12, default="")
    to_code = models.CharField(max_length=12)
    side_code = models.CharField(max_length=4)
    reason_code = models.CharField(max_length=30, default="")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "referral_step"
        indexes = [models.Index(fields=["referral", "at"], name="referral_step_by_referral")]


class ReferralStepBy(models.Model):
    """Who took a step. Their own body reads this row and no other: staff lists do not cross bodies."""

    step = models.OneToOneField(ReferralStep, models.DO_NOTHING, primary_key=True, related_name="by")
    membership_id = models.UUIDField()

    class Meta:
        db_table = "referral_step_by"


class ReferralQuestion(Record):
    """A coded question of the desk and its coded answer."""

    referral = models.ForeignKey(Referral, models.DO_NOTHING, related_name="+")
    question_code = models.CharField(max_length=30)
    answer_code = models.CharField(max_length=30, default="")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "referral_question"


class ReferralAccess(Record):
    """Who of the receiver may see a referral. An ending does not end the row: it gives the fate.

    `tag`: a worker's, under the keyring. A supervisor's row has none, and nothing is sealed to them.
    """

    referral = models.ForeignKey(Referral, models.DO_NOTHING, related_name="+")
    membership = models.ForeignKey("people.Membership", models.DO_NOTHING, related_name="+")
    kind_code = models.CharField(max_length=12)
    sections = ArrayField(models.CharField(max_length=20), default=list)
    tag = models.BinaryField(db_default=b"")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "referral_access"
        constraints = [
            models.UniqueConstraint(
                name="one_live_access_per_referral",
                fields=["referral", "membership"],
                condition=models.Q(ended_at=None),
            )
        ]
        indexes = [models.Index(fields=["membership", "referral"], name="referral_access_by_reader")]


class ReferralClock(RunningClock):
    """A running clock of a referral."""

    referral = models.ForeignKey(Referral, models.DO_NOTHING, related_name="+")

    class Meta:
        db_table = "referral_clock"
        constraints = [models.UniqueConstraint(name="one_referral_clock_of_a_kind", fields=["referral", "clock_code"])]


class ReferralNarrowed(Record):
    """A part that the person took back while the referral was at work: its newest time, for the pages of both sides."""

    referral = models.ForeignKey(Referral, models.DO_NOTHING, related_name="+")
    section_code = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        db_table = "referral_narrowed"
        constraints = [models.UniqueConstraint(name="one_row_per_narrowed_part", fields=["referral", "section_code"])]


class ReferralOwnCase(models.Model):
    """The receiver's own case, opened when she came. The sender never sees this row.

    `said_age_code`, `said_age_at`: the age that the sender put right while that case was open, and when, the last time;
    also after the referral has ended (ADR 0167). `said_age_how`: how it is known there; '' where no ground was named.
    """

    referral = models.OneToOneField(Referral, models.DO_NOTHING, primary_key=True, related_name="+")
    case = models.ForeignKey(Case, models.DO_NOTHING, related_name="+")
    said_age_code = models.CharField(max_length=20, db_default="", default="")
    said_age_at = models.DateTimeField(null=True)
    said_age_how = models.CharField(max_length=20, db_default="", default="")

    class Meta:
        db_table = "referral_own_case"


class PacketBody(Record):
    """One section of a packet, locked under a key of its own. Deleted at every ending."""

    referral = models.ForeignKey(Referral, models.DO_NOTHING, related_name="+")
    packet_no = models.IntegerField()
    section_code = models.CharField(max_length=20)
    from_organisation_id = models.UUIDField()
    to_organisation_id = models.UUIDField()
    consent_id = models.UUIDField(null=True)
    body = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "packet_body"
        constraints = [
            models.UniqueConstraint(
                name="one_body_per_packet_and_section", fields=["referral", "packet_no", "section_code"]
            )
        ]


class PacketSeal(Record):
    """A packet section's key, sealed to one person or body key, and locked once more under a release key."""

    referral = models.ForeignKey(Referral, models.DO_NOTHING, related_name="+")
    packet_no = models.IntegerField()
    section_code = models.CharField(max_length=20)
    recipient_key_id = models.UUIDField()
    release_epoch = models.IntegerField()
    seal = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "packet_seal"
        constraints = [
            models.UniqueConstraint(
                name="one_seal_per_recipient", fields=["referral", "packet_no", "section_code", "recipient_key_id"]
            )
        ]


class ReleaseEpoch(models.Model):
    """A release epoch that a rotation began. Seals under an older one are no longer taken in.

    The keyring has its key, the database only its number and days.
    """

    number = models.IntegerField(primary_key=True)
    begun_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "release_epoch"
