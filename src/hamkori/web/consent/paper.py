"""The text and her answers on paper, in two languages side by side. No name and no code: a paper can be found."""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone, translation
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
from hamkori.web.kit import complaints
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
    rows = [{"left": _row(key, said, hers), "right": _row(key, said, other)} for key in ROWS]
    context = {
        **head(request, found),
        "title": _("Text for reading"),
        "back": {"url": reverse("consent", args=[found.code]), "label": _("Consent")},
        "now": at,
        "left": left,
        "right": right,
        "pairs": list(zip(left.blocks, right.blocks, strict=True)),
        "rows": rows if said.newest else [],
        "complain": {"left": _complain(hers), "right": _complain(other)},
        "answers": {"left": _answers(hers), "right": _answers(other)},
        "foot": {"left": _foot(left, said), "right": _foot(right, said)},
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


def _complain(language: str) -> str:
    """Where the person can complain, in one language; where nobody has recorded it, whom to ask."""
    with translation.override(language):
        return _("Where you can complain: %(place)s") % {"place": complaints.where()}


def _answers(language: str) -> str:
    """What stands over the answers."""
    with translation.override(language):
        return _("What the person answered")


def _foot(text: texts.Text, said: Asked) -> str:
    """Which text it is, and the day of the newest answer. A paper lives on: no "today" on it."""
    with translation.override(text.language):
        which = _("Text of %(day)s, provisional") % {"day": text.day}
        return " · ".join(filter(None, (which, _day(said.said_at) if said.said_at else "")))


def _row(key: RowKey, said: Asked, language: str) -> dict[str, str]:
    """A question and its answer in one language, with its last day and what may be shared. A child's no says so."""
    state = said.states.get(key, "not_asked")
    row, answer = said.rows.get(key), codelist("consent_state").label(state, language)
    shared = ""
    with translation.override(language):
        if key in said.child_refused:
            answer = _("The child said no")
        elif state in LIVE_STATES and row is not None and row.until is not None:
            day = _day(row.until - timedelta(microseconds=1))
            answer = _("%(answer)s, until %(day)s") % {"answer": answer, "day": day}
            parts = words.sections(row.sections) or _("only what the person wants them to know")
            shared = _("Shared: %(sections)s.") % {"sections": parts}
        return {"question": words.question(key), "answer": answer, "shared": shared}


def _day(at: datetime) -> str:
    return formats.date_format(timezone.localdate(at), "SHORT_DATE_FORMAT")
