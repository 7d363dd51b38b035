"""A referral desk that is closed, and where it can be called: one true thing, in whole sentences."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from hamkori.directory.queries import Listing
from hamkori.directory.rules.hours import opens_next
from hamkori.people.rules.desk_phone import is_invented
from hamkori.web.kit import moments
from hamkori.web.words import coordinator, desk_phone

URGENT = "urgent"
"""The urgency at which nobody waits for a desk to open: the desk is called, or the coordinator is asked."""


def closed(listing: Listing, due: datetime, now: datetime, phone: str, *, urgent: bool) -> str:
    """That nobody is there until the answer is due, from when somebody is, and where to call: one sentence or two.

    A line of the demonstration is marked. Where none is recorded and it can wait, nobody is sent to the coordinator.
    """
    at = opens_next(listing.week, timezone.localtime(due))
    if at is None:
        return ""
    opens = moments.moment(at, now)
    if phone:
        said = (
            _("Nobody reads this before %(opens)s. Call: %(phone)s (invented, cannot be called).")
            if is_invented(phone)
            else _("Nobody reads this before %(opens)s. Call: %(phone)s.")
        )
        return said % {"opens": opens, "phone": desk_phone.unbroken(phone)}
    if urgent:
        return _("Nobody reads this before %(opens)s. No number is recorded: call the coordinator.") % {"opens": opens}
    return _("Nobody reads this before %(opens)s.") % {"opens": opens}


def the_sender(phone: str) -> str:
    """Where a receiver asks the sender, and what is said there; none recorded: the way to the coordinator."""
    if not phone:
        asks = _("No number of the sender's referral desk is recorded: ask the coordinator.")
        return f"{asks} {coordinator.reached()}"
    said = (
        _(
            "The sender's referral desk: %(phone)s, invented, cannot be called. Say the number of this referral, "
            "and no name."
        )
        if is_invented(phone)
        else _("The sender's referral desk: %(phone)s. Say the number of this referral, and no name.")
    )
    return said % {"phone": desk_phone.unbroken(phone)}


def sender_phone(phone: str) -> str:
    """The same where its label says whose number it is."""
    return desk_phone.own(phone) if phone else the_sender("")
