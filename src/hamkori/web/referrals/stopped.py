"""A referral that stopped without help: ask another organisation, or say that nothing more is to do."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.actions import confirm as confirming
from hamkori.casework.referral.queries import referrals as queries
from hamkori.casework.referral.queries.origin import case_behind
from hamkori.casework.referral.queries.referrals import SenderPage
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.words import lists


def stop(page: SenderPage) -> dict[str, Any] | None:
    """What the sender's page offers while a referral that stopped waits for a decision; None if it does not."""
    if not page.waits:
        return None
    found, works = page.referral, Side.SENDER in page.sides
    return {
        "kind": page.waits,
        "again_url": reverse("referral_again", args=[found.code]) if works else "",
        "settle_url": reverse("referral_settle", args=[found.code]),
        "suggested": lists.label("service", found.suggested_service_code),
    }


@require_POST
def settle(request: HttpRequest, code: str) -> HttpResponse:
    """Nothing more is to do after it stopped: it leaves Today. The case goes on."""
    actor = actor_of(request)
    found = queries.referral(actor, code)
    case = case_behind(actor, found)
    confirming.settle(actor, found)
    messages.success(request, _("Saved: nothing more to do for this referral. It has left Today. The case goes on."))
    return done(actor, reverse("case", args=[case.code]))
