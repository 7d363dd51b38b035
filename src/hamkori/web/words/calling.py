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


def closed(listing: Listing, due: datetime, now: datetime) -> str:
    """That nobody is there until the answer is due, and when somebody is."""
    opens = opens_next(listing.week, timezone.localtime(due))
    if opens is None:
        return ""
    return _("The referral desk is closed. Answer due %(due)s; it opens %(opens)s.") % {
        "due": moments.moment(due, now),
        "opens": moments.moment(opens, now),
    }


def the_sender(phone: str) -> str:
    """Where a receiver asks the sender, and what is said there; none recorded: the way to the coordinator."""
    if not phone:
        asks = _("No number of their referral desk is recorded: ask the coordinator.")
        return f"{asks} {coordinator.reached()}"
    said = (
        _("Their referral desk: %(phone)s, invented, cannot be called. Say the number of this referral, and no name.")
        if is_invented(phone)
        else _("Their referral desk: %(phone)s. Say the number of this referral, and no name.")
    )
    return said % {"phone": desk_phone.unbroken(phone)}


def sender_phone(phone: str) -> str:
    """The same where its label says whose number it is."""
    return desk_phone.own(phone) if phone else the_sender("")


def call(phone: str, *, urgent: bool) -> str:
    """Where the desk can be called; a line of the demonstration is marked. '': none is recorded, and it can wait."""
    whole = desk_phone.unbroken(phone)
    if is_invented(phone):
        return _("Call the referral desk: %(phone)s (invented, cannot be called). Name nobody on the telephone.") % {
            "phone": whole
        }
    if phone:
        return _("Call the referral desk: %(phone)s. Name nobody on the telephone.") % {"phone": whole}
    return desk_phone.none() if urgent else ""
