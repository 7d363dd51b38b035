"""The receiver asks the sender for parts: again, since something in one is missing, or because it was not shared."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid5

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hamkori.access.context import now
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.queries.closed_there import sender_opens
from hamkori.casework.referral.queries.received import of_code
from hamkori.operations import together
from hamkori.refusal import NotNow
from hamkori.web.kit import moments
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.kit.refusals import goes_on
from hamkori.web.received.steps import again, home, since
from hamkori.web.words import calling

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral


@require_POST
def ask_part(request: HttpRequest, code: str) -> HttpResponse:
    """The sender's team reads each on Today until it was sent, or until they say that it is not shared. All of them are
    asked for, or none; what was unlocked stays open.
    """
    actor = actor_of(request)
    found = of_code(actor, code)[0]
    asked = list(dict.fromkeys(request.POST.getlist("section")))
    if not asked:
        return again(request, actor, code, {"ask_part": True}, "invalid")
    assert actor.operation is not None
    goes_on(request, home(code))
    try:
        with together():
            for number, section in enumerate(asked):
                # An act for each part, so that each has its row in the record; the operation of the next follows.
                acts = actor.doing(uuid5(actor.operation, section)) if number else actor
                receive.ask_part(acts, found, section=section)
    except NotNow as refusal:
        raise (since(found, refusal) if refusal.guard == "from_state" else refusal) from None
    at = now()
    messages.success(request, _asked(found, sender_opens(actor, found.from_organisation_id, at), at))
    there = "?open=packet" if request.POST.get("open") == "packet" else ""
    return done(actor, f"{home(code)}{there}")


def _asked(found: Referral, opens: datetime | None, at: datetime) -> str:
    """Who answers, and from when on, where they are closed; of what is urgent also whom to call until then."""
    if opens is None:
        return _("Asked. The sender's team reads it on Today and answers.")
    said = _("Asked. The sender's team reads it on Today and answers. They are closed until %(opens)s.") % {
        "opens": moments.moment(opens, at)
    }
    if found.urgency_code != calling.URGENT:
        return said
    call = calling.the_sender(getattr(found, "sender_phone", "") or "")
    return " ".join((said, _("It is urgent: call."), call))
