"""The receiver asks the sender for a part: again, since something in it is missing, or because it was not shared."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.queries.received import of_code
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.received.steps import home


@require_POST
def ask_part(request: HttpRequest, code: str) -> HttpResponse:
    """The sender's team reads it on Today until it was sent, or until they say that it is not shared."""
    actor = actor_of(request)
    receive.ask_part(actor, of_code(actor, code)[0], section=request.POST.get("section", ""))
    messages.success(request, _("Asked. The sender's team reads it on Today, and sends the part or says no."))
    return done(actor, home(code))
