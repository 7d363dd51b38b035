"""To the sender: help that was a place to sleep has ended, and the person sleeps there one more night (ADR 257)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.referral.queries.last_night import sleeps_there
from hamkori.web.words import left

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral

IN_ROW: Final = gettext_lazy("the person sleeps there one more night")
ON_TODAY: Final = gettext_lazy("One more night, then the person needs a place")
THERE: Final = gettext_lazy("They say: the person sleeps there one more night.")

TOMORROW: Final = gettext_lazy("stays one more night, until tomorrow morning")
TODAY: Final = gettext_lazy("stays one more night, until this morning")


def until(on: date, at: datetime) -> str:
    """To those in whose place the person is, of the morning of this day."""
    return str(TOMORROW if on > timezone.localdate(at) else TODAY)


def then_needs(organisation: str) -> str:
    """On the case, while nobody has said where the person sleeps afterwards."""
    said = _("The person sleeps at %(organisation)s one more night, then needs a place.")
    return said % {"organisation": organisation}


def result(referral: Referral, at: datetime) -> dict[str, object]:
    """On the page of the referral: how help ended, and that the person sleeps there on."""
    return {"result": left.result(referral), "sleeps_on": THERE if sleeps_there(referral, at) else ""}


def confirms(referral: Referral, at: datetime, organisation: str) -> dict[str, object]:
    """Where the sender confirms it: the same, and what comes next."""
    then = then_needs(organisation) if sleeps_there(referral, at) else ""
    return {"result": left.result(referral), "sleeps_on": then}
