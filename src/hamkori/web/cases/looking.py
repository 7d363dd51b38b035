"""The buttons about who did not arrive: the person is safe; or somebody looked, and has not found them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hamkori.access.scope import require
from hamkori.casework.case.queries import cases
from hamkori.casework.case.rules.lifecycle import IS_SAFE, WRITABLE
from hamkori.casework.work.actions import looking as act
from hamkori.casework.work.queries.looked_for import looked_now
from hamkori.casework.work.queries.no_place import PLACE
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.words.missing import TOGETHER
from hamkori.web.words.whereabouts import led_back, meanwhile


@require_POST
def looked_for(request: HttpRequest, code: str) -> HttpResponse:
    """`why`: what is known. Back to the case, or to the referral on whose page it was pressed."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "case.looked_for", case)
    looked, why = looked_now(case.pk), request.POST.get("why", "")
    here = looked is not None and looked.code and request.POST.get("referral") == looked.code
    back = reverse("referral", args=[looked.code]) if looked and here else reverse("case", args=[code])
    pressed = ("looked_for", why)
    read_at = request.POST.get("read_at", "")
    if meanwhile(case.pk, pressed, read_at, actor.membership_id):
        return HttpResponseRedirect(led_back(back, pressed, read_at), status=303)
    act.looked_for(actor, case, reason=why)
    if why != IS_SAFE:
        said = _("Saved: looked for, not found. Today goes on asking whether the person is safe.")
        said = f"{said} {TOGETHER}"
    elif case.state_code in WRITABLE and PLACE in case.need_tonight_codes:
        said = _("Saved: the person is safe. A place for tonight is still needed.")
    else:
        said = _("Saved: the person is safe. Today no longer asks.")
    messages.success(request, said)
    return done(actor, back)
