"""Two calls of the coordinator that are about no number she reads: of a disputed result, and about a child."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hamkori.casework.referral.actions import coordination as coordinating
from hamkori.people.queries import organisation_of_slug
from hamkori.refusal import NotVisible
from hamkori.web.coordination.views import CALLED, back, name_of
from hamkori.web.kit import posting

NO_CALL: Final = gettext_lazy("Nothing is to be done about this call any more.")


@require_POST
def call_organisation(request: HttpRequest, body: str) -> HttpResponse:
    """The coordinator has called an organisation that has not answered a disputed result."""
    actor, answer, found = posting.actor_of(request), request.POST.get("answer", ""), organisation_of_slug(body)
    try:
        coordinating.call_organisation(actor, organisation=found.id, answer=answer)
    except NotVisible:
        messages.info(request, NO_CALL)
        return HttpResponseRedirect(back(request), status=303)
    say = messages.warning if answer == "not_reached" else messages.success
    say(request, str(CALLED[answer]) % {"body": name_of(found)})
    return posting.done(actor, back(request))


@require_POST
def settled(request: HttpRequest, told: UUID) -> HttpResponse:
    """The coordinator needs to do nothing more about a child whom an organisation called about."""
    actor = posting.actor_of(request)
    try:
        coordinating.settle_child(actor, told=told)
    except NotVisible:
        messages.info(request, NO_CALL)
        return HttpResponseRedirect(back(request), status=303)
    messages.success(request, _("Saved: this call is settled. If they call again, you see it here again."))
    return posting.done(actor, back(request))
