"""What stands in the open about a case: next step and day, risk, language, what comes along."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hamkori.access.scope import require
from hamkori.casework.case.actions import case as act
from hamkori.casework.case.queries import cases
from hamkori.operations import first_stands
from hamkori.refusal import Invalid, NotNow
from hamkori.web.kit.both import pair, taken, unchosen
from hamkori.web.kit.forms import DateField, KitForm, Segments
from hamkori.web.kit.posting import actor_of, done, version_of
from hamkori.web.kit.written import gives_back
from hamkori.web.words import lists
from hamkori.web.words.comes_along import Known, questions
from hamkori.web.words.fields import Coded, Codes

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case


class OpenForm(KitForm):
    """The coded fields that the team may change at any time."""

    next_step_code = Coded(
        "next_step",
        gettext_lazy("Next step"),
        none=gettext_lazy("Choose"),
        needed=gettext_lazy("Choose the next step."),
        widget=forms.Select,
    )
    next_step_on = DateField(
        label=gettext_lazy("On which day"), error_messages={"required": gettext_lazy("Choose a day for it.")}
    )
    risk_code = Coded("risk_level", gettext_lazy("Risk"), widget=Segments(unasked="not_asked"))
    has_danger = forms.BooleanField(
        label=gettext_lazy("Somebody is in danger"),
        help_text=gettext_lazy("Telephone first. While this is ticked, requests leave at once."),
        required=False,
    )
    need_tonight_codes = Codes("need_tonight", gettext_lazy("What she needs tonight"), required=False)
    children_code, doctor_code, stairs_code = questions().values()
    sex_code = Coded("sex", gettext_lazy("Sex"), widget=Segments(unasked="other_or_not_said"))
    language_code = Coded("language", gettext_lazy("Her language"), widget=forms.Select)
    needs_interpreter = forms.BooleanField(label=gettext_lazy("An interpreter is needed"), required=False)

    def codes(self) -> dict[str, Any]:
        """What is written."""
        return {name: self.cleaned_data[name] for name in self.fields}


@require_http_methods(["GET", "POST"])
@gives_back(lambda _request: OpenForm())
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet of coded fields. Somebody else was faster: 409, both answers side by side, and a choice for each."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "case.edit", case)
    status = 400 if request.method == "POST" else 200
    both: list[dict[str, Any]] = []
    form = OpenForm(request.POST or None, initial={name: getattr(case, name) for name in OpenForm.base_fields})
    if request.method == "POST":
        if form.is_valid():
            try:
                if unchosen(request.POST):
                    raise NotNow("version_same")
                act.edit(actor, case, version=version_of(request), codes=_chosen(request, form, case))
            except Invalid as refusal:
                form.say(refusal)
            except NotNow as refusal:
                if refusal.guard != "version_same":
                    raise
                status = 409
                case = cases.case(actor, code)
                both = _meanwhile(request, form, case)
            else:
                return done(actor, reverse("case", args=[case.code]))
        first_stands(actor)
    context = {
        "title": _("Change what stands in the open"),
        "back": {"url": reverse("case", args=[case.code]), "label": _("The case")},
        "in_task": True,
        "case": case,
        "form": form,
        "both": both,
        "met": status == 409,
        "operation": request.POST.get("operation", ""),
    }
    return render(request, "cases/edit.html", context, status=status)


def _chosen(request: HttpRequest, form: OpenForm, case: Case) -> dict[str, Any]:
    """What was sent, with the other's answer wherever that one was taken; the version says whether it still stands."""
    others = taken(request.POST)
    return {name: getattr(case, name) if name in others else mine for name, mine in form.codes().items()}


def _meanwhile(request: HttpRequest, form: OpenForm, case: Case) -> list[dict[str, Any]]:
    """Somebody was faster: each answer that differs, mine and the one that stands now. What was typed stays."""
    who, missing = _("as it stands now"), unchosen(request.POST)
    answers = [(name, form.fields[name], mine, getattr(case, name)) for name, mine in form.codes().items()]
    return [
        pair(name, field.label, _said(field, mine), _said(field, theirs), who=who, missing=missing)
        for name, field, mine, theirs in answers
        if mine != theirs
    ]


def _said(field: forms.Field, value: Any) -> str:
    if isinstance(value, date):
        return str(formats.date_format(value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(field, Codes):
        return lists.in_turn(field.listed, value) or "\u2013"
    if isinstance(field, Known):
        return field.said(value)
    return lists.label(field.listed, value) if isinstance(field, Coded) else str(value or "\u2013")
