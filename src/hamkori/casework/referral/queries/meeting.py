"""Whether an hour or a meeting point was written for somebody who is expected, and for when; what it says is locked."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import BooleanField, DateTimeField, Func
from django.utils import timezone

from hamkori import definer
from hamkori.calendar.queries import calendar
from hamkori.casework.case.rules.clocks import arrival_end, has_begun
from hamkori.casework.referral.models import ReferralStep

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral, ReferralAccess, ReferralOrigin


class Meets(Func):
    """Beside a referral: whether one is written; nothing where nobody is expected."""

    function = "referral_meets"
    output_field = BooleanField()
    arity = 1


class PersonTold(Func):
    """Beside a referral, for its sender: when the person was told what is agreed now; nothing where they were not."""

    function = "referral_told"
    output_field = DateTimeField()
    arity = 1


def person_told_at(read: Referral | ReferralOrigin) -> datetime | None:
    """The same of what was read with `person_told`."""
    return getattr(read, "person_told", None)


def no_meeting(read: Referral | ReferralAccess) -> bool:
    """Whether somebody is expected and no hour is written, of what was read with `meets`."""
    return getattr(read, "meets", None) is False


def has_meeting(read: Referral | ReferralAccess | ReferralOrigin) -> bool:
    """Whether somebody is expected and something is written; while an answer is awaited, as agreed by telephone."""
    return getattr(read, "meets", None) is True


def arranged_at(referral: Referral) -> datetime | None:
    """When the sender last wrote what was agreed by telephone; both sides read that."""
    found = ReferralStep.objects.filter(referral=referral, step_code="arrange").order_by("-at")
    return found.values_list("at", flat=True).first()


def line_since(referral: Referral) -> datetime | None:
    """Since when the line of the sender that is kept now is written, asked now; None where none is."""
    return arranged_at(referral) if definer.value("referral_meets", referral.pk) is True else None


def is_awaited(read: Referral) -> bool:
    """Whether somebody is on the way as agreed: nobody has said anything of the arrival yet."""
    agreed = read.state_code == "accepted" and read.arrival_on is not None
    return agreed and not (read.heard_code or read.missed_at)


def awaited_on(read: Referral) -> tuple[date, str, datetime | None] | None:
    """Of such a one the day, its part, and when that was agreed."""
    on = read.arrival_on if is_awaited(read) else None
    return (on, read.arrival_part_code, read.agreed_at) if on is not None else None


def may_have_passed(read: Referral, at: datetime) -> bool:
    """Whether the hour that is written may be over: nobody can read it but who opens it, so from the agreed day and
    part on. It is asked now where that did not come with what was `read`. Nothing where no hour is written.
    """
    on = read.arrival_on
    if on is None or not has_begun(on, read.arrival_part_code, timezone.localtime(at)):
        return False
    return has_meeting(read) if hasattr(read, "meets") else definer.value("referral_meets", read.pk) is True


def time_stands(referral: Referral, on: date, part: str, at: datetime) -> bool:
    """Whether this is the time that is agreed already, and it is not over: what is written for it moves nothing."""
    if referral.missed_at is not None or (on, part) != (referral.arrival_on, referral.arrival_part_code):
        return False
    return arrival_end(on, part, calendar(), referral.agreed_at) > at
