"""The safe way where somebody says in the person's name that they want no help (ADR 195)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hamkori.access.scope import require
from hamkori.casework.case.actions import ask_alone as act
from hamkori.casework.case.queries import cases
from hamkori.web.cases.editing import saved_step
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.nav import places


@require_POST
def ask_alone(request: HttpRequest, code: str) -> HttpResponse:
    """Nothing is withdrawn and nobody is told: the person is asked, alone, and that is today's next step."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "case.edit", case)
    stood = (case.next_step_code, case.next_step_on)
    saved = act.ask_alone(actor, case)
    nothing = _("Nothing was withdrawn, and nobody was told.")
    messages.success(request, f"{nothing} {saved_step(saved, stood, places(request)['now'])}")
    return done(actor, reverse("case", args=[case.code]))
