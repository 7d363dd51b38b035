"""Organisations, users, memberships, roles held, public keys and the doors before sign-in.

A column `tag` is what the web process vouches for (facts.py): empty where it never did or does no longer.
"""

from __future__ import annotations

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.expressions import RawSQL

from hamkori.access.record import Record
from hamkori.people.sign_in import Opened, check
from hamkori.vault.server import keyring
from hamkori.vocabulary.country import FALLBACK


class Organisation(Record):
    """A body of the mechanism. It has one desk, which is the organisation itself. It holds no address of a shelter."""

    slug = models.CharField(max_length=60, unique=True)
    name_en = models.CharField(max_length=200, default="")
    name_tg = models.CharField(max_length=200, default="")
    name_ru = models.CharField(max_length=200, default="")
    name_fr = models.CharField(max_length=200, default="")
    kind_code = models.CharField(max_length=20)
    compartment_code = models.CharField(max_length=20)
    actor_type_code = models.CharField(max_length=40, default="")
    region_code = models.CharField(max_length=10)
    has_desk = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    version = models.IntegerField(default=1)
    tag = models.BinaryField(default=b"", db_default=b"")

    class Meta:
        db_table = "organisation"


class OrganisationPhone(models.Model):
    """The desk telephone of a body, typed by its own desk: seen there, by the coordinator and by who refers."""

    organisation = models.OneToOneField(Organisation, models.DO_NOTHING, primary_key=True, related_name="+")
    phone = models.CharField(max_length=40)
    by_coordinator = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "organisation_phone"


class UserManager(BaseUserManager["User"]):
    """Finds users by the e-mail they sign in with."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who works in one or more bodies. The passphrase is not here: see `Credential`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    password = None  # type: ignore[assignment]
    last_login = None
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language_code = models.CharField(max_length=5, default=FALLBACK)
    is_active = models.BooleanField(default=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    # What the right passphrase opened, for the length of this object; never stored.
    opened: Opened | None = None

    class Meta:
        db_table = "app_user"

    def check_password(self, raw_password: str | None) -> bool:
        """One slow stretch: is it right, and if so, which key does it open. allauth asks only this."""
        self.opened = check(keyring(), self.email, self.pk, raw_password or "")
        return self.opened is not None

    def set_password(self, raw_password: str | None) -> None:
        """Sets nothing: a passphrase comes with an invitation or by its own action.

        allauth calls this on a blank user so that an unknown e-mail takes as long as a wrong passphrase.
        """
        check(keyring(), self.email, None, raw_password or "")

    def get_session_auth_hash(self) -> str:
        """Django's half of a session hangs on nothing here: ending is the access session's business."""
        return str(self.pk)


class Credential(models.Model):
    """What the passphrase is checked against, and the locked private key. Read by definer functions only."""

    user = models.OneToOneField(User, models.DO_NOTHING, primary_key=True, related_name="+")
    salt = models.BinaryField()
    ops = models.IntegerField()
    memory = models.BigIntegerField()
    login_hash = models.BinaryField()
    key_no = models.IntegerField()
    box = models.BinaryField()
    changed_at = models.DateTimeField()
    # The version of the pepper: the first two bytes of what the passphrase is checked against; before that, the first.
    pepper_no = models.GeneratedField(
        expression=RawSQL(
            "case when octet_length(login_hash) = 34 then get_byte(login_hash, 0) * 256 + get_byte(login_hash, 1)"
            " else 1 end",
            [],
        ),
        output_field=models.IntegerField(),
        db_persist=True,
    )

    class Meta:
        db_table = "credential"


class Membership(Record):
    """One person at work in one body. A session acts as exactly one membership."""

    user = models.ForeignKey(User, models.DO_NOTHING, related_name="+")
    organisation = models.ForeignKey(Organisation, models.DO_NOTHING, related_name="+")
    function_code = models.CharField(max_length=30, default="")
    supervisor = models.ForeignKey("self", models.DO_NOTHING, null=True, related_name="+")
    since = models.DateTimeField()
    suspended_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    serial = models.IntegerField(default=1, db_default=1)
    tag = models.BinaryField(default=b"", db_default=b"")

    class Meta:
        db_table = "membership"
        constraints = [
            models.UniqueConstraint(
                name="one_live_membership_per_body",
                fields=["user", "organisation"],
                condition=models.Q(ended_at=None),
            )
        ]


class RoleHeld(Record):
    """A role held by a membership until it is ended. `competent_until` takes nothing away."""

    membership = models.ForeignKey(Membership, models.DO_NOTHING, related_name="+")
    role_code = models.CharField(max_length=30)
    since = models.DateTimeField()
    competent_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "role_held"
        constraints = [
            models.UniqueConstraint(
                name="a_live_role_is_held_once",
                fields=["membership", "role_code"],
                condition=models.Q(ended_at=None),
            )
        ]


class PersonKey(Record):
    """The public half of a person's key pair, under a tag that only the keyring can make."""

    user = models.ForeignKey(User, models.DO_NOTHING, related_name="+")
    key_no = models.IntegerField()
    public = models.BinaryField()
    tag = models.BinaryField()
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "person_key"
        constraints = [models.UniqueConstraint(name="one_person_key_per_number", fields=["user", "key_no"])]


class BodyKey(Record):
    """The public half of a body's desk or continuity key, under its tag."""

    organisation = models.ForeignKey(Organisation, models.DO_NOTHING, related_name="+")
    kind_code = models.CharField(max_length=12)
    key_no = models.IntegerField()
    public = models.BinaryField()
    tag = models.BinaryField()
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "body_key"
        constraints = [
            models.UniqueConstraint(name="one_body_key_per_number", fields=["organisation", "kind_code", "key_no"])
        ]


class BodyKeyWrap(Record):
    """A body key's private half, sealed to one person, or in an envelope within an envelope for two custodians."""

    body_key = models.ForeignKey(BodyKey, models.DO_NOTHING, related_name="+")
    recipient_key = models.ForeignKey(PersonKey, models.DO_NOTHING, related_name="+")
    inner_key = models.ForeignKey(PersonKey, models.DO_NOTHING, null=True, related_name="+")
    seal = models.BinaryField()

    class Meta:
        db_table = "body_key_wrap"


class Invitation(Record):
    """A single-use link for one future member. Only its hash is stored; 72 hours."""

    token_hash = models.BinaryField(unique=True)
    organisation = models.ForeignKey(Organisation, models.DO_NOTHING, related_name="+")
    email = models.EmailField()
    name = models.CharField(max_length=120)
    function_code = models.CharField(max_length=30, default="")
    role_codes = ArrayField(models.CharField(max_length=30), default=list)
    supervisor = models.ForeignKey(Membership, models.DO_NOTHING, null=True, related_name="+")
    language_code = models.CharField(max_length=5, default=FALLBACK)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    tag = models.BinaryField(default=b"", db_default=b"")

    class Meta:
        db_table = "invitation"


class FormerKey(models.Model):
    """A key holder's former private key, sealed to their present one, for as long as an inner envelope needs it."""

    key = models.OneToOneField(PersonKey, models.DO_NOTHING, primary_key=True, related_name="+")
    to_key = models.ForeignKey(PersonKey, models.DO_NOTHING, related_name="+")
    seal = models.BinaryField()

    class Meta:
        db_table = "former_key"


class TwoPerson(Record):
    """What one person has asked and another must agree to. Read and written by definer functions only.

    `subject_ids` are what it is about, as they stood when it was asked; the tag vouches for the question.
    """

    act_code = models.CharField(max_length=30)
    organisation = models.ForeignKey(Organisation, models.DO_NOTHING, related_name="+")
    subject_ids = ArrayField(models.UUIDField(), default=list)
    reason_code = models.CharField(max_length=20, default="")
    asked_by = models.ForeignKey(Membership, models.DO_NOTHING, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Membership, models.DO_NOTHING, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer_code = models.CharField(max_length=20, default="")
    state_code = models.CharField(max_length=12)
    expires_at = models.DateTimeField()
    tag = models.BinaryField(default=b"")

    class Meta:
        db_table = "two_person"
        constraints = [
            models.UniqueConstraint(
                name="one_question_at_a_time",
                fields=["organisation", "act_code"],
                condition=models.Q(state_code="asked"),
            ),
            models.CheckConstraint(
                name="decided_once_it_is_not_asked",
                condition=models.Q(state_code="asked", decided_at=None)
                | (~models.Q(state_code="asked") & models.Q(decided_at__isnull=False)),
            ),
        ]
