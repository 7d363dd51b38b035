"""Whether help goes on whose own case was closed before the person's word ended its referral: said, and saved."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hamkori.access.scope import require
from hamkori.casework.case.queries import cases
from hamkori.casework.referral.queries.helped_on import of_closed
from hamkori.casework.work.actions import goes_on as act
from hamkori.web.kit import refusals
from hamkori.web.kit.posting import actor_of, done


@require_POST
def help_said(request: HttpRequest, code: str) -> HttpResponse:
    """`answer`: what is known. Back to the case, or to the referral on whose page it was pressed."""
    actor, answer = actor_of(request), request.POST.get("answer", "")
    case = cases.case(actor, code)
    require(actor, "case.edit", case)
    of = request.POST.get("referral", "")
    back = reverse("referral", args=[of]) if of else reverse("case", args=[code])
    refusals.goes_on(request, back)
    homes = of_closed(case)
    act.help_said(actor, case, answer=answer)
    if answer != act.ENDED_THERE:
        said = _("Saved: help goes on. A supervisor can open your own case again.")
    elif any(homes):
        said = _("Saved: help has ended. The sender is told, and asked where the person sleeps.")
    else:
        said = _("Saved: help has ended. Today no longer asks.")
    messages.success(request, said)
    return done(actor, back)
