"""Who was asked already for the same help and gave none: not offered once more when another organisation is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.referral.queries.left import came_of
from hamkori.web.kit import moments
from hamkori.web.words import lists

if TYPE_CHECKING:
    from datetime import datetime

    from hamkori.directory.queries import Suitable
    from hamkori.web.referrals.choosing import Screen

STANDS: Final = {
    "sent": gettext_lazy("%(organisation)s, %(when)s, no answer yet"),
    "declined": gettext_lazy("%(organisation)s, %(when)s, declined"),
    "unaccepted": gettext_lazy("%(organisation)s, %(when)s, returned"),
    "lapsed": gettext_lazy("%(organisation)s, %(when)s, expired"),
    "missed": gettext_lazy("%(organisation)s, %(when)s, the person did not come"),
}
"""Who was asked, when, and what came of it."""


def apart(screen: Screen) -> list[Suitable]:
    """Services that wait for an answer to this person's referral, or from which no help came; the chosen one stays.

    Only after an earlier referral: elsewhere they stand last in the lists, with what they said.
    """
    if screen.earlier is None:
        return []
    return [one for one in screen.found if one is not screen.chosen and _asked(screen, one) is not None]


def _asked(screen: Screen, one: Suitable) -> tuple[str, datetime] | None:
    """What came of asking, and when that was. Whoever has accepted or helps is no such organisation."""
    going = screen.going(one)
    said = screen.heard.asked.get((one.listing.organisation_id, one.listing.service_code))
    came = came_of(going.state if going else "", said[0] if said else "")
    if going is not None and came == going.state:
        return came, going.sent_at
    return said if came else None


def line(screen: Screen, found: list[Suitable]) -> str:
    """One line that names them all; '' where there is none."""
    said = []
    for one in found:
        asked = _asked(screen, one)
        assert asked is not None
        values = {"organisation": one.listing.body.text, "when": moments.moment(asked[1], screen.known.at)}
        said.append(str(STANDS[asked[0]]) % values)
    return _("Asked already: %(list)s") % {"list": lists.several(dict.fromkeys(said))} if said else ""
