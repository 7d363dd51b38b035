"""A plain page on which the coordinator records where a desk can be called that has recorded nothing itself."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hamkori.access.scope import require
from hamkori.operations import first_stands
from hamkori.people.actions import desk_phone
from hamkori.people.queries import desk_lines, organisation_of_slug
from hamkori.people.rules.desk_phone import bare
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.kit.written import gives_back
from hamkori.web.words import lists
from hamkori.web.words.phone_form import NONE_BEFORE, PhoneForm


@require_http_methods(["GET", "POST"])
@gives_back(lambda _request: PhoneForm())
def record(request: HttpRequest, body: str) -> HttpResponse:
    """The number as the coordinator recorded it; saving puts another in its place, and leads back to where it was
    asked for: Today, or the late answers.
    """
    actor = actor_of(request)
    require(actor, "phone.record_for", None)
    found = organisation_of_slug(body)
    line = desk_lines([found.id]).get(found.id)
    on_today = request.GET.get("from") == "today"
    back = reverse("today" if on_today else "coordination_late")
    form = PhoneForm(request.POST or None, initial={"phone": bare(line.phone) if line else ""})
    if request.method == "POST":
        written = form.written(lambda phone: desk_phone.record_for(actor, organisation=found, phone=phone))
        if written is not None:
            said = (
                _("Saved. The organisation and those who refer see this number now.")
                if written
                else _("The number was removed.")
                if line and line.phone
                else str(NONE_BEFORE)
            )
            messages.success(request, said)
            return done(actor, back)
        first_stands(actor)
    context = {
        "title": _("Telephone of the referral desk"),
        "sub": found.name(lists.language()),
        "back": {"url": back, "label": _("Today") if on_today else _("Late answers")},
        "in_task": True,
        "form": form,
    }
    return render(request, "coordination/phone.html", context, status=400 if form.errors else 200)
