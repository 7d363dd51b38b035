"""Two calls of the coordinator that are about no number she reads: of a disputed result, and about a child."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hamkori.access.context import now
from hamkori.casework.case.queries.child_calls import NOT_REACHED
from hamkori.casework.case.queries.coordination import children_told
from hamkori.casework.referral.actions import coordination as coordinating
from hamkori.people.queries import organisation_of_slug, organisations
from hamkori.refusal import NotVisible
from hamkori.web.coordination.passed_on import name_of
from hamkori.web.coordination.saved import CALLED
from hamkori.web.coordination.views import back
from hamkori.web.kit import posting
from hamkori.web.words import child_told
from hamkori.web.words.calls import place

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
    say(request, str(CALLED[answer]) % {"body": name_of(found)}, extra_tags=place(body))
    return posting.done(actor, back(request, body))


@require_POST
def call_about_child(request: HttpRequest, told: UUID) -> HttpResponse:
    """What came of a call about a child, or that it is put back. Where it leaves the list the line leads to the way
    back, which stands on the page of late answers for a day.
    """
    actor, answer = posting.actor_of(request), request.POST.get("answer", "")
    by = next((one.by for one in children_told(actor, now()) if one.id == told), None)
    try:
        coordinating.answer_child(actor, told=told, answer=answer)
    except NotVisible:
        messages.info(request, NO_CALL)
        return HttpResponseRedirect(back(request), status=303)
    body = next((one for one in organisations() if one.id == by), None)
    said = str(child_told.SAVED[answer]) % {"body": name_of(body)}
    if child_told.is_away(answer):
        there = f"{reverse('coordination_late')}#{child_told.AWAY}"
        said = format_html('{} <a href="{}">{}</a>', said, there, _("To what was put away"))
    (messages.warning if answer == NOT_REACHED else messages.success)(request, said)
    return posting.done(actor, back(request))
