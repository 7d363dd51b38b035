"""Steps of a case that somebody answers for: age settled, child protection told, discarded, closed, opened again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hamkori.access.actor import Actor
from hamkori.access.scope import require
from hamkori.casework.case.actions import case as act
from hamkori.casework.case.queries import cases
from hamkori.casework.case.queries.cases import Standing
from hamkori.casework.case.rules import closing
from hamkori.casework.referral.queries.effects import running
from hamkori.casework.work.queries import case_page
from hamkori.casework.work.queries.case_page import File
from hamkori.operations import first_stands
from hamkori.refusal import NotNow, NotVisible
from hamkori.vocabulary import codelist
from hamkori.web.kit.forms import Choices, CodeField, KitForm, Segments
from hamkori.web.kit.posting import actor_of, done, version_of
from hamkori.web.kit.refusals import sentence
from hamkori.web.kit.written import gives_back
from hamkori.web.words import lists

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case


@require_POST
def tell_child_protection(request: HttpRequest, code: str) -> HttpResponse:
    """They were told; the clock stops."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    act.tell_child_protection(actor, case, version=version_of(request))
    return done(actor, reverse("case", args=[case.code]))


@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, code: str) -> HttpResponse:
    """Erases a draft. GET says what goes."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "case.discard", case)
    if request.method == "POST":
        act.discard(actor, case, version=version_of(request))
        return done(actor, reverse("today"))
    _possible(cases.standing(case), case, "discard")
    return _page(request, case, None, "discard", _("Throw this registration away?"))


class AgeForm(KitForm):
    """Her age as it is known now, and from where."""

    age_band = forms.ChoiceField(
        label=gettext_lazy("How old is she?"), error_messages={"required": gettext_lazy("Choose an age group.")}
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("How do you know?"), error_messages={"required": gettext_lazy("Choose a reason.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["age_band"].widget = Segments()
        fields["age_band"].choices = [pair for pair in lists.choices("age_band") if pair[0] != "unknown"]
        fields["reason"].widget = Choices()
        fields["reason"].choices = lists.choices("age_reason")


@require_http_methods(["GET", "POST"])
@gives_back(lambda _request: AgeForm())
def settle_age(request: HttpRequest, code: str) -> HttpResponse:
    """Child or not, with a reason. A child's clock starts at once."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "case.settle_age", case)
    form = AgeForm(request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            cleaned = form.cleaned_data
            act.settle_age(
                actor, case, version=version_of(request), age_band=cleaned["age_band"], reason=cleaned["reason"]
            )
            return done(actor, reverse("case", args=[case.code]))
        first_stands(actor)
    _possible(cases.standing(case), case, "settle_age")
    return _page(request, case, form, "settle_age", _("Settle the age"))


class CloseForm(KitForm):
    """With which outcome; for a duplicate, which older case."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("How did it end?"), error_messages={"required": gettext_lazy("Choose an outcome.")}
    )
    older = CodeField(
        label=gettext_lazy("Code of the older case"),
        help_text=gettext_lazy("Only for a duplicate: this case then points to the older one."),
        required=False,
    )

    def __init__(self, *args: Any, outcomes: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["outcome"]
        field.widget = Choices()
        listed = codelist("closing_outcome")
        field.choices = [(code, listed.label(code, lists.language())) for code in outcomes]
        if closing.DUPLICATE not in outcomes:
            del self.fields["older"]

    def clean(self) -> dict[str, Any]:
        """A duplicate names the older file."""
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == closing.DUPLICATE and not cleaned.get("older"):
            self.add_error("older", _("Write the code of the older case."))
        return cleaned


@require_http_methods(["GET", "POST"])
@gives_back(lambda _request: CloseForm(outcomes=closing.OUTCOMES))
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Ends the work. Requests that wait stand in the way, and are named."""
    actor = actor_of(request)
    file = case_page.file(actor, code, lists.language())
    case = file.case
    require(actor, "case.close", case)
    form = CloseForm(request.POST or None, outcomes=file.standing.outcomes)
    if request.method == "POST":
        if form.is_valid():
            try:
                _close(actor, case, form, version_of(request))
            except NotNow as refusal:
                if refusal.guard not in ("no_open_referral", "outcome_given", "not_self"):
                    raise
                form.add_error("outcome" if refusal.guard != "no_open_referral" else None, sentence(refusal))
            except NotVisible:
                form.add_error("older", _("No older case of yours has this code."))
            else:
                return done(actor, reverse("case", args=[case.code]))
        first_stands(actor)
    _possible(file.standing, case, "close")
    return _page(request, case, form, "close", _("Close the case"), blocking=_blocking(file), above=_above(file))


def _above(file: File) -> str:
    """The outcomes that the lead cannot close with, in words; '' for a supervisor."""
    if "SV" in file.standing.sides:
        return ""
    return lists.in_turn("closing_outcome", closing.SUPERVISOR_OUTCOMES)


def _close(actor: Actor, case: Case, form: CloseForm, version: int) -> None:
    older: UUID | None = None
    if form.cleaned_data["outcome"] == closing.DUPLICATE:
        older = cases.of_code(actor, form.cleaned_data["older"]).pk
    act.close(actor, case, version=version, outcome=form.cleaned_data["outcome"], older_case=older)


def _blocking(file: File) -> str:
    if not file.blocking:
        return ""
    return sentence(NotNow("no_open_referral", n=file.blocking))


class ReopenForm(KitForm):
    """Why."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why is it opened again?"), error_messages={"required": gettext_lazy("Choose a reason.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["reason"]
        field.widget = Choices()
        field.choices = lists.choices("reopen_reason")


@require_http_methods(["GET", "POST"])
@gives_back(lambda _request: ReopenForm())
def reopen(request: HttpRequest, code: str) -> HttpResponse:
    """A supervisor's decision; what she agreed to is asked again."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "case.reopen", case)
    form = ReopenForm(request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            act.reopen(actor, case, version=version_of(request), reason=form.cleaned_data["reason"])
            return done(actor, reverse("case", args=[case.code]))
        first_stands(actor)
    _possible(cases.standing(case), case, "reopen")
    return _page(request, case, form, "reopen", _("Open it again"), goes_on=bool(running(case)))


def _possible(standing: Standing, case: Case, step: str) -> None:
    """A page that could not be sent is not shown: 409 with the state."""
    if not standing.may(step, case.state_code):
        raise NotNow("from_state", state=lists.label("case_state", case.state_code))


def _page(
    request: HttpRequest,
    case: Case,
    form: KitForm | None,
    step: str,
    title: str,
    *,
    blocking: str = "",
    above: str = "",
    goes_on: bool = False,
) -> HttpResponse:
    context = {
        "title": title,
        "back": {"url": reverse("case", args=[case.code]), "label": _("The case")},
        "in_task": True,
        "case": case,
        "form": form,
        "step": step,
        "blocking": blocking,
        "above": above,
        "goes_on": goes_on,
        "operation": request.POST.get("operation", ""),
    }
    return render(request, "cases/step.html", context, status=400 if form is not None and form.is_bound else 200)
