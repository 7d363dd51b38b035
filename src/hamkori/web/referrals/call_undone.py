"""A call of the sender's side that was a slip: it is taken back, and who was told meanwhile is told first (ADR 212)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.utils.translation import gettext_lazy

from hamkori.access.context import now
from hamkori.casework.case.queries.put_back import PUT_BACK
from hamkori.casework.referral.actions import confirm
from hamkori.casework.referral.queries import referrals as queries
from hamkori.casework.referral.queries.calls import is_turned_to_no, of_sender, slips
from hamkori.casework.referral.queries.on_the_way import on_the_way
from hamkori.refusal import ENDED
from hamkori.web.words import lists
from hamkori.web.words.calls import at_warning, place, read_of
from hamkori.web.words.on_the_way import tells
from hamkori.web.words.place_told import MAY_GO

if TYPE_CHECKING:
    from django.http import HttpRequest

    from hamkori.access.actor import Actor
    from hamkori.casework.referral.models import Referral

SAVED: Final = gettext_lazy("Put back: that call counts no more. The answer of %(body)s is still open.")
STILL_TO_TELL: Final = gettext_lazy("Put back: %(body)s has still to hear that nobody comes.")
"""Of one that was ended: what is put back is that they were told."""


def put_back(request: HttpRequest, actor: Actor, found: Referral) -> str:
    """Takes the call back that the page told, and says whom to tell; where on Today that stands."""
    which = read_of(request.POST.get("which", ""))
    confirm.call(actor, found, answer=PUT_BACK, which=which)
    body = queries.body_name(found.to_organisation, found.to_organisation_id, lists.language())
    saved = str(STILL_TO_TELL if found.state_code == ENDED else SAVED) % {"body": body}
    lands, tell = place(found.code), ""
    if found.state_code == "sent":
        after = queries.referral(actor, found.code)
        if (said := on_the_way(found.pk)) is not None:
            lands, tell = at_warning(found.code), tells(said, now())
        elif is_turned_to_no(of_sender(after), slips(after)):
            tell = str(MAY_GO)
    say = messages.warning if tell else messages.success
    say(request, " ".join(filter(None, (saved, tell))), extra_tags=f"{lands} {place(found.code)}")
    return lands
