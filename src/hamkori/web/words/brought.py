"""What the person said, once asked, of a no that somebody else brought (ADR 200)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from hamkori.casework.consent.queries.unheard import Answer
from hamkori.web.kit import moments
from hamkori.web.words import lists


def said(answer: Answer | None, now: datetime) -> str:
    """When they were asked, and what they said; inside a line. A no that came later is said. '' while unasked."""
    if answer is None:
        return ""
    when = {"when": moments.moment(answer.at, now)}
    if answer.agrees and answer.no_at is not None:
        wanted = _("the person wanted this help (%(when)s), and said no %(then)s")
        return wanted % {**when, "then": moments.moment(answer.no_at, now)}
    no = _("asked %(when)s: the person does not want this help")
    return (_("asked %(when)s: the person wants this help") if answer.agrees else no) % when


def how(code: str) -> str:
    """How such a no was said, as it was entered; '' where that is not known."""
    return _("How it was said: %(how)s.") % {"how": lists.label("how_said", code)} if code else ""
