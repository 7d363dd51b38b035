"""A plain page on which the referral officer records where the desk can be called."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hamkori.access.scope import require
from hamkori.operations import first_stands
from hamkori.people.actions import desk_phone
from hamkori.people.queries import own_desk_phone
from hamkori.people.rules.desk_phone import bare
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.kit.written import gives_back
from hamkori.web.words.phone_form import NONE_BEFORE, PhoneForm


@require_http_methods(["GET", "POST"])
@gives_back(lambda _request: PhoneForm())
def record(request: HttpRequest) -> HttpResponse:
    """The number as it stands; saving puts another in its place."""
    actor = actor_of(request)
    require(actor, "phone.record", None)
    before = own_desk_phone(actor)
    form = PhoneForm(request.POST or None, initial={"phone": bare(before)})
    if request.method == "POST":
        written = form.written(lambda phone: desk_phone.record(actor, phone=phone))
        if written is not None:
            said = (
                _("Saved. Your organisation, the national coordinator and those who refer see this number.")
                if written
                else _("The number was removed. Nobody can call you about a late answer until you record another.")
                if before
                else str(NONE_BEFORE)
            )
            messages.success(request, said)
            return done(actor, reverse("desk"))
        first_stands(actor)
    context = {
        "title": _("Telephone of the referral desk"),
        "back": {"url": reverse("desk"), "label": _("Incoming")},
        "in_task": True,
        "form": form,
    }
    return render(request, "desk/phone.html", context, status=400 if form.errors else 200)
