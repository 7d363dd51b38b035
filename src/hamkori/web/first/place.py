"""The button of a case that says: a place for tonight was found."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hamkori.access.scope import require
from hamkori.casework.case.actions import case as act
from hamkori.casework.case.queries import cases
from hamkori.casework.work.queries.no_place import needs_without
from hamkori.refusal import NotNow
from hamkori.web.first.said import place_found
from hamkori.web.kit.posting import actor_of, done, version_of


@require_POST
def found(request: HttpRequest, code: str) -> HttpResponse:
    """What is needed tonight, without the place: somebody has one, whoever gave it. The part says so too."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "case.edit", case)
    codes = {"need_tonight_codes": needs_without(case.need_tonight_codes)}
    try:
        act.place_found(actor, case, version=version_of(request), codes=codes, sealed=place_found(actor, case))
    except NotNow as refusal:
        case.refresh_from_db()
        if refusal.guard == "version_same" and needs_without(case.need_tonight_codes) == case.need_tonight_codes:
            raise NotNow("place_known") from None
        raise
    saved = _("Saved: a place for tonight was found. Today no longer asks for one.")
    back = reverse("register" if case.state_code == "draft" else "edit_case", args=[case.code])
    tick = f"{back}?all=1#id_need_tonight_codes_0"
    messages.success(request, format_html('{} <a class="solo" href="{}">{}</a>', saved, tick, _("Put it back")))
    return done(actor, reverse("case", args=[case.code]))
