"""Nobody there answers in time: whom to call instead, before it is sent and after it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from hamkori.access.actor import Actor
from hamkori.directory.queries import week
from hamkori.directory.rules.hours import closed_throughout, opens_next
from hamkori.web.kit import moments
from hamkori.web.words import coordinator, desk_phone

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral
    from hamkori.web.referrals.choosing import Screen


def nobody(screen: Screen) -> dict[str, Any] | None:
    """For the box above the list: every service that fits is closed until its answer would be due. Else None."""
    fitting = screen.fitting
    if not fitting or not all(screen.closed(one) for one in fitting):
        return None
    desks = {one.listing.organisation_id: one.listing.body.text for one in fitting}
    phones = screen.phones
    return {
        "before": moments.moment(max(screen.due_of(one) for one in fitting), screen.known.at),
        "desks": [(name, desk_phone.short(phones[body])) for body, name in desks.items() if phones.get(body)],
        "coordinator": coordinator.reached(),
    }


def closed_there(actor: Actor, found: Referral, phone: str, at: datetime) -> dict[str, str] | None:
    """For the page of what was sent: its desk is closed until the answer is due. None: it waits for no such desk."""
    due = found.answer_due_at
    if found.state_code != "sent" or due is None or due <= at or found.service_id is None:
        return None
    hours, local = week(actor, found.service_id), timezone.localtime(due)
    opens = opens_next(hours, local)
    if opens is None or not closed_throughout(hours, timezone.localtime(at), local):
        return None
    return {
        "opens": moments.moment(opens, at),
        "due": moments.moment(due, at),
        "phone": desk_phone.said(phone),
        "coordinator": coordinator.reached() if phone else "",
    }
