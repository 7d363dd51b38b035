"""The worker's decision: presumed, not, not yet. With a reason, after the signs or in danger; it closes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hamkori.access.context import now
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.queries.cases import case as case_of
from hamkori.casework.screening.queries.screening import DecideStand, before_deciding
from hamkori.refusal import Invalid, NotNow
from hamkori.vocabulary import codelist
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.kit.refusals import sentence
from hamkori.web.kit.written import gives_back
from hamkori.web.screening.forms import DecideForm
from hamkori.web.words import lists
from hamkori.web.words.ways import to_case

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

# Guards that belong to a place of this page; every other one is a page of its own.
AT_ITS_FIELD = {"reason_given": "reason", "screening_done": None}


@require_http_methods(["GET", "POST"])
@gives_back(lambda _request: DecideForm())
def decide(request: HttpRequest, code: str) -> HttpResponse:
    """The decision of whoever leads the case."""
    actor = actor_of(request)
    found = case_of(actor, code)
    stands = before_deciding(actor, found)
    if found.state_code != "open":
        raise NotNow("case_open")
    if request.method == "GET":
        return _page(request, found, stands, DecideForm(initial={"version": found.version}))
    form = DecideForm(request.POST)
    if not form.is_valid():
        return _page(request, found, stands, form)
    given = form.cleaned_data
    try:
        cases.decide(actor, found, version=given["version"], decision=given["decision"], reason=given["reason"])
    except Invalid as refusal:
        form.say(refusal)
        return _page(request, found, stands, form)
    except NotNow as refusal:
        if refusal.guard == "version_same":
            return _again(request, case_of(actor, code), stands)
        if refusal.guard not in AT_ITS_FIELD:
            raise
        form.add_error(AT_ITS_FIELD[refusal.guard], sentence(refusal))
        return _page(request, found, stands, form, status=409)
    messages.success(request, _("Saved: the decision. It closes nothing; the case shows the next step."))
    return done(actor, reverse("case", args=[found.code]))


def _again(request: HttpRequest, found: Case, stands: DecideStand) -> HttpResponse:
    """Somebody changed the case meanwhile: what it says now, beside what was chosen here."""
    data = request.POST.copy()
    data["version"] = str(found.version)
    return _page(request, found, stands, DecideForm(data), status=409, changed=True)


def _page(
    request: HttpRequest,
    found: Case,
    stands: DecideStand,
    form: DecideForm,
    *,
    status: int = 200,
    changed: bool = False,
) -> HttpResponse:
    decided = found.decided_at is not None
    context = {
        "title": _("Decision"),
        "back": to_case(found.code),
        "in_task": True,
        "case": found,
        "now": now(),
        "form": form,
        "stands": stands,
        "changed": changed,
        "operation": request.POST.get("operation", ""),
        "now_says": lists.label("decision", found.decision_code) if decided else "",
        "now_because": lists.label("decide_reason", found.decision_reason_code) if decided else "",
        "signs_url": reverse("screening", args=[found.code]),
        "guard": sentence(NotNow("screening_done")),
        "provisional": codelist("decision").provisional,
    }
    return render(request, "screening/decide.html", context, status=status)
