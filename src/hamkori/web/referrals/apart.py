"""Who was asked already for the same help and gave none: not offered once more when another organisation is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.referral.queries.left import came_of
from hamkori.web.kit import moments
from hamkori.web.words import desk_phone, lists

if TYPE_CHECKING:
    from datetime import datetime

    from hamkori.directory.queries import Suitable
    from hamkori.web.referrals.choosing import Screen

STANDS: Final = {
    "sent": gettext_lazy("%(organisation)s, %(when)s, no answer yet"),
    "declined": gettext_lazy("%(organisation)s, declined %(when)s"),
    "unaccepted": gettext_lazy("%(organisation)s, returned %(when)s"),
    "lapsed": gettext_lazy("%(organisation)s, expired %(when)s"),
    "missed": gettext_lazy("%(organisation)s, %(when)s, the person did not come"),
}
"""Who was asked, with the number, what came of it, and when."""
WHY: Final = {"declined": "decline_reason", "unaccepted": "unaccept_reason"}


def apart(screen: Screen) -> list[Suitable]:
    """Services that wait for an answer to this person's referral, or from which no help came; the chosen one stays.

    Only after an earlier referral: elsewhere they stand last in the lists, with what they said.
    """
    return [one for one in screen.found if is_apart(screen, one)]


def is_apart(screen: Screen, one: Suitable) -> bool:
    """Whether it is such a one: the line above these says who, what came of it, and the number."""
    return screen.earlier is not None and one is not screen.chosen and _asked(screen, one) is not None


def _asked(screen: Screen, one: Suitable) -> tuple[str, datetime, str] | None:
    """What came of asking, when that was, and why. Whoever has accepted or helps is no such organisation."""
    going = screen.going(one)
    said = screen.heard.asked.get((one.listing.organisation_id, one.listing.service_code))
    came = came_of(going.state if going else "", said[0] if said else "")
    if going is not None and came == going.state:
        return came, going.sent_at, ""
    return said if came else None


def line(screen: Screen, found: list[Suitable]) -> str:
    """One line that names them all; '' where there is none."""
    lines = []
    for one in found:
        asked = _asked(screen, one)
        assert asked is not None
        body = desk_phone.of_body(one.listing.body.text, screen.phones.get(one.listing.organisation_id, ""))
        lines.append(stands(body, *asked, now=screen.known.at))
    return all_asked(lines)


def stands(body: str, came: str, at: datetime, reason: str, *, now: datetime) -> str:
    """What came of asking this organisation: said alike on the page that asks another and on that of the referral."""
    said = str(STANDS[came]) % {"organisation": body, "when": moments.moment(at, now)}
    why = lists.inside(lists.label(WHY[came], reason)) if came in WHY and reason else ""
    return ", ".join(filter(None, (said, why)))


def all_asked(lines: list[str]) -> str:
    """The same of all of them."""
    return _("Asked already: %(list)s") % {"list": lists.several(dict.fromkeys(lines))} if lines else ""
