"""Sessions and devices: where one is signed in, and a button that ends each."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hamkori.access.context import now
from hamkori.access.scope import require
from hamkori.notices.devices import device_words
from hamkori.people import sessions, sign_in
from hamkori.people.actions import account
from hamkori.refusal import NotVisible
from hamkori.web.account import bound, known
from hamkori.web.kit import moments
from hamkori.web.sessions.signed_in import actor_of, user_id_of


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The reader's open sessions, this one first. Nobody else's, and of each no more than it takes to know it again."""
    actor = actor_of(request)
    require(actor, "session.end")
    at, places = now(), sign_in.bodies()
    names = {place.post.membership_id: place.organisation.name(actor.language) for place in places}
    shown = [
        {
            "id": one.id,
            "device": device_words(one.device),
            "is_this": one.is_this,
            "rows": [
                (_("Signed in since"), moments.moment(one.since, at)),
                (_("Last used"), moments.moment(one.used_at, at)),
                (_("Organisation"), names.get(one.membership_id, "")),
            ],
            "spoken": moments.moment(one.since, at),
        }
        for one in sessions.mine()
    ]
    context = {
        "title": _("Sessions and devices"),
        "back": {"url": reverse("account"), "label": _("Account")},
        "now": at,
        "sessions": shown,
        "others": sum(not one["is_this"] for one in shown),
    }
    return render(request, "account/devices.html", context)


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Ends one of them at once."""
    try:
        session = UUID(request.POST.get("session", ""))
    except ValueError:
        raise NotVisible from None
    actor = bound.require_own(request)  # what follows makes this browser a known one, and each other unknown
    was_open = account.end_one_session(actor, session)
    known.forget_others(request, user_id_of(actor), bound.key_of(request))
    if was_open:
        messages.success(request, _("That session has ended."))
    else:
        messages.info(request, _("That session had ended already."))
    return redirect("account_devices")
