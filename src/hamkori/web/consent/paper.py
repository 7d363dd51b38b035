"""The text and her answers on paper, in two languages side by side. No name and no code: a paper can be found."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hamkori.access.context import now
from hamkori.audit.ledger import looked
from hamkori.casework.case.queries.cases import case as case_of
from hamkori.casework.consent import texts
from hamkori.casework.consent.queries.consent import Asked, asked
from hamkori.casework.consent.rules.consent import LIVE_STATES, ROWS, RowKey
from hamkori.vocabulary import codelist
from hamkori.vocabulary.country import FALLBACK, READ_FIRST, SOURCE
from hamkori.web.consent import words
from hamkori.web.consent.views import head
from hamkori.web.kit import moments
from hamkori.web.kit.posting import actor_of
from hamkori.web.words import lists

OTHERS = (SOURCE, FALLBACK)
"""The languages that stand beside hers: those of the people who will file it."""


@require_safe
def printed(request: HttpRequest, code: str) -> HttpResponse:
    """Her language on the left, English or Tajik on the right."""
    actor = actor_of(request)
    found = case_of(actor, code)
    looked("consent.print", found.pk)
    hers = request.GET.get("in", found.language_code)
    if hers not in READ_FIRST:
        hers = FALLBACK
    other = request.GET.get("with", "")
    if other not in OTHERS or other == hers:
        other = next(language for language in OTHERS if language != hers)
    left, right = texts.consent(hers), texts.consent(other)
    at = now()
    said = asked(found, at)
    rows = [{"left": _row(key, said, hers, at), "right": _row(key, said, other, at)} for key in ROWS]
    context = {
        **head(request, found),
        "title": _("Text for reading"),
        "back": {"url": reverse("consent", args=[found.code]), "label": _("Consent")},
        "now": at,
        "left": left,
        "right": right,
        "pairs": list(zip(left.blocks, right.blocks, strict=True)),
        "rows": rows if said.newest else [],
        "said_at": said.said_at,
        "print_now": "now" in request.GET,
        "choices": [
            {
                "label": codelist("language").label(language, lists.language()),
                "url": f"?in={language}&with={other}",
                "on": language == hers,
            }
            for language in READ_FIRST
        ],
    }
    return render(request, "consent/print.html", context)


def _row(key: RowKey, said: Asked, language: str, at: datetime) -> dict[str, str]:
    """A question and its answer in one language, with its last day. A child's no is said to be one."""
    state = said.states.get(key, "not_asked")
    row, answer = said.rows.get(key), codelist("consent_state").label(state, language)
    with translation.override(language):
        if key in said.child_refused:
            answer = _("The child said no")
        elif state in LIVE_STATES and row is not None and row.until is not None:
            answer = _("%(answer)s, until %(day)s") % {"answer": answer, "day": moments.last_day(row.until, at)}
        return {"question": words.question(key), "answer": answer}
