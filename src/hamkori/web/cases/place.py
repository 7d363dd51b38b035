"""No place for tonight: whether the page of a case says so, and the button that ends it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hamkori.access.scope import require
from hamkori.casework.case.actions import case as act
from hamkori.casework.case.models import CaseAccess
from hamkori.casework.case.queries import cases
from hamkori.casework.work.queries import no_place
from hamkori.casework.work.queries.case_page import File
from hamkori.web.first.said import place_found
from hamkori.web.kit.posting import actor_of, done, version_of


def is_needed(file: File) -> bool:
    """Whether Today says so: it asks the same. Of a case in which nothing of a place was said nobody asks."""
    case = file.case
    said = no_place.PLACE in case.need_tonight_codes or any(step.step == "withdraw" for step in file.steps)
    if not said or case.state_code == "closed":
        return False
    return CaseAccess.objects.filter(no_place.without_place(file.now), case=case, ended_at=None).exists()


@require_POST
def found(request: HttpRequest, code: str) -> HttpResponse:
    """What is needed tonight, without the place: somebody has one, whoever gave it."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "case.edit", case)
    codes = {"need_tonight_codes": no_place.found(case.need_tonight_codes)}
    act.edit(actor, case, version=version_of(request), codes=codes, sealed=place_found(actor, case))
    messages.success(request, _("Saved: a place for tonight was found. Today no longer asks for one."))
    return done(actor, reverse("case", args=[case.code]))
