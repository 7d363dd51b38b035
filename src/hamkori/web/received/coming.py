"""What the receiver's page says of the arrival, by the kind of help: what is asked, and what comes next."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from hamkori.calendar.rules import Calendar
from hamkori.casework.case.rules.clocks import arrival_end
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.queries.received import Received
from hamkori.web.kit import moments
from hamkori.web.received import wanted
from hamkori.web.words import arrival, calling
from hamkori.web.words import received as words


def said(received: Received) -> dict[str, Any]:
    """The sentences of this page, the words of the sender, and what comes next."""
    found, at = received.referral, received.at
    early = words.early(received)

    def moment(when: Any) -> str:
        return moments.moment(when, at) if when is not None else ""

    return {
        "says": arrival.of(found.service_code),
        "early": early,
        "early_ask": arrival.say("early_ask", found.service_code, early=early),
        "missed_label": arrival.say("missed" if received.arrival_passed else "not_here", found.service_code),
        "missed_wait": arrival.say("missed_wait", found.service_code, over=moment(received.due_at)),
        "missed_told": arrival.say("missed_told", found.service_code, missed=moment(found.missed_at)),
        "missed_until": arrival.say("missed_until", found.service_code, over=moment(received.due_at)),
        "sender_phone": calling.the_sender(wanted.phone(received)) if found.missed_at is not None else "",
        "confirms": _heard(received) and found.heard_code == "came" and "serve" in received.steps,
        "heard": arrival.heard(found.heard_code, found.service_code) if _heard(received) else "",
        "comes_next": _comes_next(received),
    }


def outcome(received: Received) -> str:
    """How it stands or ended, in a word."""
    found = received.referral
    return words.outcome(received.state, found.reason_code, found.service_code, missed=received.missed)


def _heard(received: Received) -> bool:
    """Whether the sender has said what it knows of the arrival, and it is asked of this reader still."""
    asked = received.state == "accepted" and received.referral.missed_at is None
    return asked and bool(received.sides & {Side.RECEIVER, Side.RECEIVER_SUPERVISOR})


def _comes_next(received: Received) -> list[tuple[str, object]]:
    """For the desk and the supervisor: who does what once it is accepted, and when nobody came."""
    found = received.referral
    on, part = found.arrival_on, found.arrival_part_code
    if Side.RECEIVER in received.sides or received.state != "accepted" or on is None or received.arrival_passed:
        return []  # those who were named have the same before them as buttons
    wall = Calendar(timezone.get_current_timezone_name())
    ends = moments.moment(arrival_end(on, part, wall, found.agreed_at), received.at)
    return [
        (_("Now"), _("Only those who were named can unlock what was shared. It is shown on their Today.")),
        (capfirst(words.agreed(received)), arrival.say("next", found.service_code)),
        (arrival.say("next_if_not", found.service_code, time=ends), arrival.say("next_not", found.service_code)),
    ]
