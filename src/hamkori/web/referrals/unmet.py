"""Help of which the person said that it was not right, or only partly: what was missing is asked of somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.queries.unused import NOT_RIGHT, asked_since
from hamkori.casework.work.queries.no_place import was_for_a_place
from hamkori.web.referrals import looking, then_close
from hamkori.web.referrals.stopped import said_no
from hamkori.web.words import Audience, red, sections

if TYPE_CHECKING:
    from django.http import HttpRequest

    from hamkori.access.actor import Actor
    from hamkori.casework.referral.queries.referrals import SenderPage

PART = "needs"


def box(page: SenderPage) -> dict[str, Any]:
    """What comes next once it is confirmed, until somebody else is asked for such help; nothing after a no to it, and
    nothing where a place for tonight is missing, which the page says above.
    """
    found = page.referral
    is_open = found.state_code == "confirmed" and page.case.state_code == "open"
    if not (is_open and found.sender.her_view_code in NOT_RIGHT):
        return {}
    no_place = page.origin.lacks and was_for_a_place(page.origin)  # type: ignore[attr-defined]
    if no_place or said_no(page) or asked_since(page.case, found):
        return {}
    if Side.SENDER not in page.sides:
        return {"unmet": {"text": _("The team asks the person, and another organisation.")}}
    writes = f"{reverse('section', args=[page.case.code])}?of={PART}" if PART in page.holds else ""
    shown = {"write_url": writes, "part": sections.name(PART, Audience.SENDER)}
    if page.asks_child:
        return {"unmet": shown}
    to_choose = reverse("referral_again", args=[found.code])
    text, button = _("Ask another organisation for it."), red.ASK_ANOTHER
    if not page.live:
        text, to_choose, button = "", reverse("consent", args=[page.case.code]), red.ASK_PERSON_AGAIN
    return {"unmet": {**shown, "text": text, "url": to_choose, "button": str(button)}}


def say_confirmed(request: HttpRequest, actor: Actor, page: SenderPage, view: str) -> None:
    """The green line. `view`: what the person says of the help, a code; what was missing the page says then."""
    is_right = view not in NOT_RIGHT
    said = then_close.said(actor, page.case, looking.confirmed(page, view)) if is_right else _("Confirmed.")
    messages.success(request, said)
