"""The form of a request as it stands on the screen: what was typed, else what is usual for what was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hamkori.web.referrals import soon
from hamkori.web.referrals.forms import ReferForm

if TYPE_CHECKING:
    from hamkori.web.referrals.choosing import Screen


def form(screen: Screen, *, bound: bool) -> ReferForm:
    """The form. Bound only when it is sent: a preview finds no faults."""
    way = screen.way
    options: dict[str, Any] = {
        "purposes": way.purposes if way else (),
        "offered": way.offered if way else (),
        "named": way.named if way else True,
        "soon": soon.hints(screen),
        "signs": screen.signs,
        "police": way is not None and way.police,
        "taken": bool(screen.taken),
        "asked_already": screen.asked_already is not None and not _must_wait(screen),
        "today": screen.known.calendar.day(screen.known.at),
    }
    if bound:
        return ReferForm(screen.request.POST, **options)
    return ReferForm(initial=_standing(screen), **options)


def _must_wait(screen: Screen) -> bool:
    """A twin that waits and is not late stands in the way: there is nothing to be meant."""
    return screen.way is not None and any(block.guard == "no_twin" for block in screen.way.blocks)


def _standing(screen: Screen) -> dict[str, Any]:
    """What was said for one organisation is not said for another: that the person wants it to read their words."""
    typed, start, sent = screen.typed, screen.start, screen.request.POST
    return {
        "purpose": screen.way.purpose if screen.way else "",
        "urgency": screen.urgency,
        "needed_from": soon.needed_from(screen),
        "sections": screen.ticked,
        "items": sent.getlist("items"),
        "another": "on",
        "taken": screen.taken,
        "taken_too": typed is not None and not screen.other_body and bool(typed.get("taken_too")),
        "agreed_text": start.agreed_text if typed is None else typed.get("agreed_text", ""),
        "typed_body": sent.get("typed_body", ""),
    }
