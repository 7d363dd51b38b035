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
from hamkori.casework.referral.rules.card import CHILDREN
from hamkori.operations import first_stands
from hamkori.refusal import Invalid, NotNow
from hamkori.web.kit.forms import DateField, KitForm, Segments, Ticks
from hamkori.web.kit.posting import actor_of, done, version_of
from hamkori.web.kit.written import gives_back
from hamkori.web.words import lists
from hamkori.web.words.referral import children

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

NAMES = (
    "next_step_code",
    "next_step_on",
    "risk_code",
    "has_danger",
    "need_tonight_codes",
    "flag_codes",
    "children_code",
    "sex_code",
    "language_code",
    "needs_interpreter",
)
LISTS = {
    "next_step_code": "next_step",
    "risk_code": "risk_level",
    "need_tonight_codes": "need_tonight",
    "flag_codes": "card_flag",
    "sex_code": "sex",
    "language_code": "language",
}
CHOICES = ("mine", "theirs")


class OpenForm(KitForm):
    """The coded fields that the team may change at any time."""

    next_step_code = forms.ChoiceField(
        label=gettext_lazy("Next step"), error_messages={"required": gettext_lazy("Choose the next step.")}
    )
    next_step_on = DateField(
        label=gettext_lazy("On which day"), error_messages={"required": gettext_lazy("Choose a day for it.")}
    )
    risk_code = forms.ChoiceField(label=gettext_lazy("Risk"))
    has_danger = forms.BooleanField(
        label=gettext_lazy("Somebody is in danger"),
        help_text=gettext_lazy("Telephone first. While this is ticked, requests leave at once."),
        required=False,
    )
    need_tonight_codes = forms.MultipleChoiceField(label=gettext_lazy("What she needs tonight"), required=False)
    flag_codes = forms.MultipleChoiceField(label=gettext_lazy("A helping body must know"), required=False)
    children_code = forms.ChoiceField(label=gettext_lazy("Children who come along"), required=False)
    sex_code = forms.ChoiceField(label=gettext_lazy("Sex"))
    language_code = forms.ChoiceField(label=gettext_lazy("Her language"))
    needs_interpreter = forms.BooleanField(label=gettext_lazy("An interpreter is needed"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["next_step_code"].choices = [("", _("Choose")), *lists.choices("next_step")]
        for name, listed in (("risk_code", "risk_level"), ("sex_code", "sex")):
            fields[name].widget = Segments(unasked="other_or_not_said")
            fields[name].choices = lists.choices(listed)
        for name, listed in (("need_tonight_codes", "need_tonight"), ("flag_codes", "card_flag")):
            fields[name].widget = Ticks()
            fields[name].choices = lists.choices(listed)
        fields["children_code"].widget = Segments()
        fields["children_code"].choices = [(code, children(code)) for code in CHILDREN]
        fields["language_code"].choices = lists.choices("language")

    def codes(self) -> dict[str, Any]:
        """What is written."""
        chosen = {name: self.cleaned_data[name] for name in NAMES}
        return {**chosen, "children_code": chosen["children_code"] or "0"}


@require_http_methods(["GET", "POST"])
@gives_back(lambda _request: OpenForm())
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet of coded fields. Somebody else was faster: 409, both answers side by side, and a choice for each."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "case.edit", case)
    status = 400 if request.method == "POST" else 200
    both: list[dict[str, Any]] = []
    form = OpenForm(request.POST or None, initial={name: getattr(case, name) for name in NAMES})
    if request.method == "POST":
        if form.is_valid():
            try:
                if unchosen(request):
                    raise NotNow("version_same")
                act.edit(actor, case, version=version_of(request), codes=_chosen(request, form, case))
            except Invalid as refusal:
                for name, text in refusal.errors.items():
                    form.add_error(name if name in form.fields else None, text)
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


def unchosen(request: HttpRequest) -> set[str]:
    """Answers that stood there twice, and of which neither was taken."""
    return {name for name in request.POST.getlist("choose") if request.POST.get(f"keep_{name}") not in CHOICES}


def _chosen(request: HttpRequest, form: OpenForm, case: Case) -> dict[str, Any]:
    """What was sent, with the other's answer wherever that one was taken; the version says whether it still stands."""
    taken = {name for name in NAMES if request.POST.get(f"keep_{name}") == "theirs"}
    return {name: getattr(case, name) if name in taken else mine for name, mine in form.codes().items()}


def _meanwhile(request: HttpRequest, form: OpenForm, case: Case) -> list[dict[str, Any]]:
    """Somebody was faster: each answer that differs, mine and the one that stands now. What was typed stays."""
    missing = unchosen(request)
    return [
        {
            "field": name,
            "name": f"keep_{name}",
            "legend": form.fields[name].label,
            "mine": {"value": _said(name, mine)},
            "theirs": {"value": _said(name, theirs), "who": _("as it stands now")},
            "error": _("Choose one of the two.") if name in missing else "",
        }
        for name, mine in form.codes().items()
        if mine != (theirs := getattr(case, name))
    ]


def _said(name: str, value: Any) -> str:
    if isinstance(value, date):
        return str(formats.date_format(value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return lists.in_turn(LISTS[name], value) or "\u2013"
    return lists.label(LISTS[name], value) if name in LISTS else str(value or "\u2013")
