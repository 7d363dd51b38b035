"""The text and her answers on paper, in two languages side by side. No name and no code: a paper can be found."""

from datetime import datetime, timedelta
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hamkori.access.context import now
from hamkori.audit.ledger import looked
from hamkori.casework.case.queries.cases import case as case_of
from hamkori.casework.consent import texts
from hamkori.casework.consent.queries.consent import Asked, Said, Version, asked
from hamkori.casework.consent.rules.consent import LIVE_STATES, ROWS, RowKey
from hamkori.casework.work.queries.other_age import is_plainly_grown
from hamkori.vocabulary import codelist
from hamkori.vocabulary.country import FALLBACK, READ_FIRST, SOURCE
from hamkori.web.consent import words
from hamkori.web.consent.views import head
from hamkori.web.kit import complaints, moments
from hamkori.web.kit.posting import actor_of
from hamkori.web.words import lists

OTHERS = (SOURCE, FALLBACK)
"""The languages that stand beside hers: those of the people who will file it."""
ANSWERS = {"given": "yes", "without_name": "without_name", "refused": "no", "withdrawn": "withdrawn"}
"""As the person said it; of other states their own word stands on the paper."""
BY_HAND = "_" * 24
"""A line on paper."""


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
    grown = is_plainly_grown(found)
    left, right = (texts.read_to(language, child=False, grown=grown) for language in (hers, other))
    at = now()
    said = asked(found, at)
    wanted = request.GET.get("version", "")
    version = next((one for one in said.versions[1:] if str(one.number) == wanted), None)
    told = partial(_row, said) if version is None else partial(_row_then, version, said.unheard_then(version))
    rows = [{"left": told(key, hers), "right": told(key, other)} for key in ROWS]
    of_version = f"&version={version.number}" if version is not None else ""
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
        "complain_by_hand": not complaints.recorded(),
        "foot": {"left": _foot(left, said, version), "right": _foot(right, said, version)},
        "print_now": "now" in request.GET,
        "choices": [
            {
                "label": codelist("language").label(language, lists.language()),
                "url": f"?in={language}&with={other}{of_version}",
                "on": language == hers,
            }
            for language in READ_FIRST
        ],
    }
    return render(request, "consent/print.html", context)


def _complain(language: str) -> str:
    """Where the person can complain, in one language; where nobody has recorded it, a line to write on."""
    with translation.override(language):
        return _("Where you can complain: %(place)s") % {"place": complaints.recorded() or BY_HAND}


def _answers(language: str) -> str:
    """What stands over the answers."""
    with translation.override(language):
        return _("Your answers")


def _foot(text: texts.Text, said: Asked, version: Version | None) -> str:
    """Which text it is, and the day of the answers; of earlier ones that they are. A paper lives on: no "today" on it.

    The text of an earlier version is not kept: only its number.
    """
    with translation.override(text.language):
        which = _("Text of %(day)s, provisional") % {"day": text.day}
        if version is not None:
            day = _("Earlier answers, of %(day)s. Later ones count.") % {"day": _day(version.at)}
        else:
            day = _day(said.said_at) if said.said_at else ""
        return " · ".join(filter(None, (which, day)))


def _question(key: RowKey) -> str:
    """A question as it is put to the person who reads the paper."""
    return _("Police: to protect you from danger") if key == ("police", "protection") else words.row(key)


def _parts(row: Said) -> str:
    """What is shared, and in plain words what that says of the name."""
    if parts := words.sections(row.sections):
        said = [_("Shared: what you want them to know; %(sections)s.") % {"sections": parts}]
    else:
        said = [_("Shared: %(sections)s.") % {"sections": _("only what you want them to know")}]
    if row.answer == "yes" and "contact" in row.sections:
        said.append(_("They are told what to call you."))
    else:
        said.append(_("They are not told what to call you."))
    if "identity" not in row.sections:
        said.append(_("Your full name and your documents are not sent."))
    return " ".join(said)


def _row_then(version: Version, brought: frozenset[RowKey], key: RowKey, language: str) -> dict[str, str]:
    """A question and its answer as an earlier version has it."""
    row = next((one for one in version.rows if (one.kind, one.purpose) == key), None)
    with translation.override(language):
        answer, shared = words.choice(row.answer if row is not None else "not_asked"), ""
        answer = _("no, not certain to be yours") if key in brought else answer
        if key in version.child_refused:
            answer = _("The child said no")
        elif row is not None and row.agrees and row.until is not None:
            day = _day(row.until - timedelta(microseconds=1))
            answer, shared = _("%(answer)s, until %(day)s") % {"answer": answer, "day": day}, _parts(row)
        return {"question": _question(key), "answer": answer, "shared": shared}


def _row(said: Asked, key: RowKey, language: str) -> dict[str, str]:
    """A question and its answer in one language, with its last day and what may be shared. A child's no says so."""
    state = said.states.get(key, "not_asked")
    row, shared = said.rows.get(key), ""
    with translation.override(language):
        answer = words.choice(ANSWERS[state]) if state in ANSWERS else lists.label("consent_state", state)
        if key in said.unheard_rows:
            answer = _("no, not certain to be yours")
        elif state == "expired":
            answer = _not_again(said.ends.get(key))
        if key in said.child_refused:
            answer = _("The child said no")
        elif state in LIVE_STATES and row is not None and (end := said.ends.get(key)) is not None:
            day = _day(end - timedelta(microseconds=1))
            answer = _("%(answer)s, until %(day)s") % {"answer": answer, "day": day}
            shared = _parts(row)
        return {"question": _question(key), "answer": answer, "shared": shared}


def _not_again(end: datetime | None) -> str:
    """Of an answer that has run out: it was a yes, and this is no answer of today."""
    if end is None:
        return _("not asked again; the earlier yes has ended")
    day = _day(end - timedelta(microseconds=1))
    return _("not asked again; the earlier yes was valid until %(day)s") % {"day": day}


def _day(at: datetime) -> str:
    return moments.dated(timezone.localdate(at))
