"""Whether an hour or a meeting point was written for somebody who is expected, and for when; what it says is locked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import BooleanField, Case, DateTimeField, Func, JSONField, When
from django.utils import timezone

from hamkori import definer
from hamkori.calendar.queries import calendar
from hamkori.casework.case.rules.clocks import arrival_end, has_begun

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


class ToldBefore(Func):
    """Beside a referral, for whoever expects the person: when they were told another time than that which is agreed
    now, until they are told anew; they may come then.
    """

    function = "referral_told_before"
    output_field = DateTimeField()
    arity = 1


class LineRead(Func):
    """Beside a referral, for its sender's team: whether the reader has opened or written hour and meeting point, where
    they can; nothing where nothing is written.
    """

    function = "referral_line_read"
    output_field = BooleanField()
    arity = 1


class LineReplaced(Func):
    """Beside a referral, for its sender: whether they accepted with hour or meeting point of their own, in the place of
    what the sender had agreed by telephone.
    """

    function = "referral_line_replaced"
    output_field = BooleanField()
    arity = 1


def beside_expected(key: str) -> dict[str, Func]:
    """All four, beside the key of a referral."""
    read = {"meets": Meets(key), "person_told": PersonTold(key), "line_read": LineRead(key)}
    return {**read, "line_replaced": LineReplaced(key)}


def line_replaced(read: Referral | ReferralOrigin) -> bool:
    """The same of what was read with it."""
    return getattr(read, "line_replaced", None) is True


def line_unread(read: Referral | ReferralOrigin) -> bool:
    """Whether something is written that the reader opens before they tell it, of what was read with `line_read`."""
    return getattr(read, "line_read", None) is False


def person_told_at(read: Referral | ReferralOrigin) -> datetime | None:
    """The same of what was read with `person_told`."""
    return getattr(read, "person_told", None)


def told_before(read: Referral | ReferralAccess) -> datetime | None:
    """The same of what was read with `told_before`."""
    return getattr(read, "told_before", None)


def no_meeting(read: Referral | ReferralAccess | ReferralOrigin) -> bool:
    """Whether somebody is expected and no hour is written, of what was read with `meets`."""
    return getattr(read, "meets", None) is False


def has_meeting(read: Referral | ReferralAccess | ReferralOrigin) -> bool:
    """Whether somebody is expected and something is written; while an answer is awaited, as agreed by telephone."""
    return getattr(read, "meets", None) is True


class SendersLine(Func):
    """Beside a referral: what `line_of` reads of the line that its sender agreed by telephone, while it is kept."""

    function = "referral_line"
    output_field = JSONField()
    arity = 1


@dataclass(frozen=True)
class Line:
    """When it was written last, and when somebody of the receiver opened it last."""

    at: datetime
    opened_at: datetime | None

    @property
    def is_read(self) -> bool:
        """Whether the receiver has opened what is written now."""
        return self.opened_at is not None and self.opened_at >= self.at

    @property
    def changed_at(self) -> datetime | None:
        """When it was written anew, after the receiver had opened another one."""
        return self.at if self.opened_at is not None and self.opened_at < self.at else None


def line_of(said: Mapping[str, Any] | None) -> Line | None:
    """The same, of what was read with `SendersLine`."""
    if not said:
        return None
    opened = said["opened"]
    return Line(datetime.fromisoformat(said["at"]), datetime.fromisoformat(opened) if opened else None)


def line_now(referral: UUID) -> Line | None:
    """The same, asked now."""
    said = definer.value("referral_line", referral)
    return line_of(json.loads(said) if isinstance(said, str) else said)


def lines_of_asked() -> Case:
    """Read beside referrals: the same of those whose first answer is awaited."""
    return Case(When(state_code="sent", then=SendersLine("pk")), default=None, output_field=JSONField())


def line_changed_at(read: Referral) -> datetime | None:
    """Of what was read with it: since when the sender's line is another than the receiver opened."""
    line = line_of(getattr(read, "line", None))
    return line.changed_at if line is not None else None


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
