"""One notice to one person: a key and a count's worth of text, never a code or a name."""

from __future__ import annotations

import uuid

from django.db import models


class Notice(models.Model):
    """Written by `notice_to()`, for definers that have found whom it concerns.

    `about_code`, `about_id`: the thing of some room that it is about; '' and null: the reader's own account.
    `device_code`: of what is told to somebody of their own account, in which kind of browser it was done.
    `mailed_at`: written no more, NoticeMail is.
    """

    # Not access.record.Record: notices and access are neighbours and do not import each other.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    membership = models.ForeignKey("people.Membership", models.DO_NOTHING, related_name="+")
    key_code = models.CharField(max_length=30)
    about_code = models.CharField(max_length=30, default="", db_default="")
    about_id = models.UUIDField(null=True)
    clock_code = models.CharField(max_length=20, default="")
    rung_code = models.CharField(max_length=20, default="")
    device_code = models.CharField(max_length=30, default="", db_default="")
    is_urgent = models.BooleanField(default=False)
    by_mail = models.BooleanField(default=False)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notice"
        indexes = [models.Index(fields=["membership", "read_at", "at"], name="notice_by_reader")]
        constraints = [
            models.UniqueConstraint(
                name="one_notice_per_clock_and_rung",
                fields=["membership", "about_code", "about_id", "clock_code", "rung_code"],
                condition=~models.Q(clock_code=""),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="a_notice_is_about_a_thing_or_about_nothing",
                condition=models.Q(about_code="", about_id=None) | ~models.Q(about_code="") & ~models.Q(about_id=None),
            ),
        ]


class NoticeMail(models.Model):
    """That a notice is to be mailed, and when it was: written beside it, and out of reach of those who read it.

    Whoever may mark a notice as read may hold its row as long as they like, also a stranger in the reader's name.
    """

    notice = models.OneToOneField(Notice, models.DO_NOTHING, primary_key=True, related_name="mail")
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notice_mail"
