"""A referral that the person agreed to as an adult, who is a child since: what each side reads until one was asked."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from hamkori.web.kit import moments

if TYPE_CHECKING:
    from hamkori.casework.referral.queries.received import Received


def to_sender(state: str, organisation: str, until: datetime, now: datetime) -> str:
    """To who sent it: that it goes on, and until when."""
    said = (
        _(
            "The person agreed to the referral to %(organisation)s as an adult. Until %(day)s they can still accept it"
            " and open what is shared."
        )
        if state == "sent"
        else _(
            "The person agreed to the referral to %(organisation)s as an adult. They accepted it, and can open what is"
            " shared until %(day)s."
        )
    )
    return said % {"organisation": organisation, "day": moments.last_day(until, now)}


def on_case(state: str, organisation: str, until: datetime, now: datetime) -> str:
    """The same in one line of the case, below what is to be done."""
    said = (
        _("Until %(day)s %(organisation)s can still accept the referral and open what is shared.")
        if state == "sent"
        else _("Until %(day)s %(organisation)s can open what is shared.")
    )
    return said % {"organisation": organisation, "day": moments.last_day(until, now)}


def to_receiver(received: Received) -> str:
    """To who reads its summary: what has not been asked; '' once it was. Of any answer it says nothing."""
    card = received.card
    if card is None or card.corrected_at is None or not received.agreed.as_adult:
        return ""
    said = (
        _(
            "The age was corrected %(when)s: the person is a child. Neither the child nor an adult who acts for the"
            " child has been asked since. Call the sender now."
        )
        if received.state == "serving"
        else _(
            "The age was corrected %(when)s: the person is a child. Neither the child nor an adult who acts for the"
            " child has been asked since. Call the sender before you call the person or speak with them."
        )
    )
    return said % {"when": moments.moment(card.corrected_at, received.at)}


def stopped(organisation: str) -> str:
    """That what no desk could see yet is a draft again."""
    said = _(
        "The referral to %(organisation)s was stopped before anybody there read it. Send it once the child and the"
        " adult who acts for them have answered."
    )
    return said % {"organisation": organisation}
