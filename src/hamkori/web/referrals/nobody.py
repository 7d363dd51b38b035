"""Nobody there answers in time: whom to call instead, before it is sent and after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from hamkori.access.actor import Actor
from hamkori.casework.case.queries.coordination import Call
from hamkori.casework.consent.queries.said import newest
from hamkori.casework.consent.rules.consent import Row, RowKey
from hamkori.casework.referral.queries.closed_there import before_open, expiry, is_reached, opens_there
from hamkori.directory.queries import weeks
from hamkori.directory.rules.hours import Stretch, opens_next
from hamkori.web.kit import moments
from hamkori.web.referrals.apart import apart
from hamkori.web.words import calling as words
from hamkori.web.words import calls, coordinator, desk_phone

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral
    from hamkori.directory.queries import Suitable
    from hamkori.web.referrals.choosing import Screen


@dataclass(frozen=True)
class Box:
    """Every service that fits is closed until its answer would be due: which these are, and when the first opens."""

    of: list[Suitable]
    opens: datetime


def closed_all(screen: Screen) -> Box | None:
    """Those services; where nothing fits, all that might help. None: somebody reads it in time. Whoever was asked
    already counts no more than whoever the person refused.
    """
    asked = apart(screen)
    might = [one for one in screen.found if one not in screen.refusing and screen.may_be_asked(one)]
    fit = [one for one in screen.fitting if one not in asked] or [one for one in might if one not in asked]
    fit = [one for one in fit if one.listing.id not in screen.refused]
    if not fit or not all(screen.closed(one) for one in fit):
        return None
    opens = [opens_next(one.listing.week, timezone.localtime(screen.due_of(one))) for one in fit]
    first = min(filter(None, opens), default=None)
    return Box(fit, first) if first is not None else None


def nobody(screen: Screen, box: Box | None) -> dict[str, Any] | None:
    """The box above the list: only a call helps, so whoever has a number is named with it, also who may decline."""
    if box is None:
        return None
    return {
        "calls": _calls(screen),
        "opens": moments.moment(box.opens, screen.known.at),
        "coordinator": coordinator.reached(),
        "no_police": words.no_police(screen.known.rows),
    }


def _calls(screen: Screen) -> list[str]:
    """Each organisation that can be asked, once, with its number; that it may decline is said where nothing of it fits
    for certain.
    """
    asked = apart(screen)
    numbers: dict[UUID, str] = {}
    for one in sorted(screen.found, key=lambda one: one not in screen.fitting):
        body = one.listing.organisation_id
        wanted = one.listing.id not in screen.refused and one not in screen.refusing and one not in asked
        phone = screen.phones.get(body, "") if wanted and screen.may_be_asked(one) else ""
        if phone and body not in numbers:
            said = desk_phone.of_body(one.listing.body.text, phone)
            numbers[body] = said if one in screen.fitting else _("%(called)s. They may decline.") % {"called": said}
    return list(numbers.values())


def closed_for(screen: Screen) -> dict[str, Any] | None:
    """For the button that sends: the desk of the chosen service is closed until the answer would be due. Else None."""
    one = screen.chosen
    if one is None or not screen.nobody_there:
        return None
    due = timezone.localtime(screen.known.answer_by(screen.urgency))
    phone = screen.phones.get(one.listing.organisation_id, "")
    opens, urgent = opens_next(one.listing.week, due), screen.urgency == words.URGENT
    box = _box(opens, due, phone, screen.known.at, {}, urgent=urgent)
    return box and {**box, "coordinator": "", "sends": True}  # the rest stands after sending, where it is called


def week_there(actor: Actor, found: Referral, at: datetime, *, asked: bool) -> Sequence[Stretch]:
    """The hours of the desk that what was sent waits for; nothing where it waits for none. `asked`: a question came
    from there, so somebody has read it.
    """
    due = found.answer_due_at
    if asked or found.state_code != "sent" or due is None or due <= at or found.service_id is None:
        return ()
    return weeks(actor, [found.service_id])[found.service_id]


def after_yes(actor: Actor, found: Referral, at: datetime) -> dict[str, str | bool]:
    """For the box after a yes by telephone, also once it is late: that it expires before anybody there can accept it;
    or until when it waits for that. Three queries.
    """
    ends, week = _waiting(actor, found)
    both = before_open(week, at, ends)
    if both is None:
        return {}
    until = moments.moment(both[0], at) if both[1] is None else ""
    urgent = found.urgency_code == words.URGENT
    return {"expires_first": calls.expires_first(both, at), "waits_until": until, "at_once": urgent}


def until_when(actor: Actor, found: Referral, at: datetime, *, yes: bool, late: bool) -> dict[str, Any]:
    """What the sender's page says of when it ends: after a yes by telephone, or else once the answer is late."""
    if yes:
        return after_yes(actor, found, at)
    return _once_late(actor, found, at) if late else {}


def _once_late(actor: Actor, found: Referral, at: datetime) -> dict[str, Any]:
    """For the box of an answer that is late: until when it waits for one, and when they open. `unread`: it expires
    before that. Three queries.
    """
    ends, week = _waiting(actor, found)
    both = before_open(week, at, ends)
    if both is None:
        return {}
    opens = moments.moment(both[1], at) if both[1] is not None else closed_now(week, at)
    said = {"expires": moments.moment(both[0], at), "opens": opens, "unread": both[1] is not None}
    return {"late_waits": said}


def _waiting(actor: Actor, found: Referral) -> tuple[datetime | None, Sequence[Stretch]]:
    """When what was sent expires, and the hours of the desk that it waits for."""
    ends = expiry([found.pk]).get(found.pk)
    if ends is None or found.service_id is None:
        return None, ()
    return ends, weeks(actor, [found.service_id])[found.service_id]


def closed_now(week: Sequence[Stretch], at: datetime) -> str:
    """When that desk opens, where it is closed at this moment; '' where somebody is there, or nobody knows."""
    opens = opens_there(week, at, at + timedelta(minutes=1))
    return moments.moment(opens, at) if opens is not None else ""


def closed_there(
    found: Referral, week: Sequence[Stretch], phone: str, at: datetime, case: UUID, *, call: Call | None
) -> dict[str, Any] | None:
    """For the page of what was sent: its desk is closed until the answer is due. None: it waits for no such desk.

    `call`: the newest; where it reached somebody, an answer is awaited, and nobody is told to call; where it asked the
    coordinator, what is awaited is said first. `unread`: it expires before they open.
    """
    due = found.answer_due_at
    if not week or due is None:
        return None
    opens = opens_there(week, at, due)
    word = newest(case) if opens is not None else None
    rows = word.as_rules if word is not None else {}
    urgent = found.urgency_code == words.URGENT
    box = _box(opens, due, phone, at, rows, urgent=urgent)
    told = getattr(found, "coordinator_told", None)
    ends = expiry([found.pk]).get(found.pk) if box else None
    said = {
        "expires": moments.moment(ends, at) if ends is not None else "",
        "unread": ends is not None and opens is not None and ends <= opens,
        "told": moments.moment(told, at) if told is not None else "",
        "reached": is_reached(call),
    }
    return box and {**box, **said}


def _box(
    opens: datetime | None, due: datetime, phone: str, at: datetime, rows: Mapping[RowKey, Row], *, urgent: bool
) -> dict[str, Any] | None:
    """What can wait sends nobody to the coordinator."""
    if opens is None:
        return None
    return {
        "urgent": urgent,
        "number": desk_phone.short(phone) if phone else "",
        "opens": moments.moment(opens, at),
        "due": moments.moment(due, at),
        "phone": desk_phone.said(phone),
        "coordinator": coordinator.reached() if phone else "",
        "no_police": words.no_police(rows),
    }
