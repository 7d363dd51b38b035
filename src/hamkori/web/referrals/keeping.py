"""The sender answers that a part which the receiver asks for is not shared."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hamkori.casework.referral.actions import send as actions
from hamkori.casework.referral.queries import referrals as queries
from hamkori.web.kit.posting import actor_of, done


@require_POST
def keep_part(request: HttpRequest, code: str) -> HttpResponse:
    """The row leaves Today; they read that it is not shared, and no reason."""
    actor = actor_of(request)
    actions.keep_part(actor, queries.referral(actor, code), section=request.POST.get("section", ""))
    messages.success(request, _("Answered: it is not shared. They read that, and no reason."))
    return done(actor, reverse("referral", args=[code]))
