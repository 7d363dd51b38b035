"""The safe way where somebody says in the person's name that they want no help (ADR 195)."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hamkori.access.scope import require
from hamkori.casework.case.actions import ask_alone as act
from hamkori.casework.case.queries import cases
from hamkori.web.cases.editing import saved_step
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.nav import places
from hamkori.web.words import sections

RUNG: Final = "needs"
"""The locked part in which it is written who rang: what endangers the person stands there."""


@require_POST
def ask_alone(request: HttpRequest, code: str) -> HttpResponse:
    """Nothing is withdrawn and nobody is told: the person is asked, alone, and that is today's next step."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "case.edit", case)
    stood = (case.next_step_code, case.next_step_on)
    saved = act.ask_alone(actor, case)
    nothing = _("Nothing was withdrawn, and nobody was told.")
    at = f"{reverse('section', args=[case.code])}?of={RUNG}"
    where = _("Write who rang in “%(part)s”") % {"part": sections.name(RUNG)}
    link = format_html('<a href="{}">{}</a>', at, where)
    step = saved_step(saved, stood, places(request)["now"])
    messages.success(request, format_html("{} {} {}", nothing, step, link))
    return done(actor, reverse("case", args=[case.code]))
