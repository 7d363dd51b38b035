"""Writing one sealed section. Two who wrote at once see both versions, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hamkori.access.scope import require
from hamkori.casework.case.actions.section import Sheet, open_section, write_section
from hamkori.casework.case.queries import cases
from hamkori.casework.case.queries.team import people
from hamkori.casework.case.rules.sheets import LONGEST, SHEET_FIELDS
from hamkori.operations import first_stands
from hamkori.people.queries import names
from hamkori.refusal import Invalid, NotAllowed, NotNow, NotVisible
from hamkori.web.cases.register_forms import districts
from hamkori.web.kit import moments
from hamkori.web.kit.both import pair, taken, unchosen
from hamkori.web.kit.forms import Choices, KitForm, LongText
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.kit.written import gives_back
from hamkori.web.nav import places
from hamkori.web.words import case as words
from hamkori.web.words import sections
from hamkori.web.words.people import name_or

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case


class SectionForm(KitForm):
    """The fields of one section's sheet; nothing is required."""

    seal_no = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, section: str, **kwargs: Any) -> None:
        self.names = SHEET_FIELDS[section]
        made = {name: _field(name) for name in self.names}
        self.sensitive = tuple(name for name, field in made.items() if isinstance(field, forms.CharField))
        self.base_fields = {**self.base_fields, **made}  # type: ignore[misc]  # this form's own
        super().__init__(*args, **kwargs)

    def sheet(self) -> dict[str, Any]:
        """The fields as they are sealed."""
        return {name: self.cleaned_data[name] for name in self.names}


def _field(name: str) -> forms.Field:
    label = words.FIELD_LABELS[name]
    if name == "by_code":
        return forms.BooleanField(label=label, required=False)
    if name == "safe_to_talk":
        return forms.ChoiceField(label=label, required=False, choices=words.safe_answers, widget=Choices())
    if name == "district":
        return forms.ChoiceField(label=label, required=False, choices=lambda: [("", "\u2013"), *districts()])
    widget = forms.TextInput() if name in words.SHORT_FIELDS else LongText(rows=3)
    return forms.CharField(label=label, required=False, max_length=LONGEST, widget=widget)


def _drawn(request: HttpRequest) -> SectionForm | None:
    which = request.GET.get("of", "")
    return SectionForm(section=which) if which in SHEET_FIELDS else None


@require_http_methods(["GET", "POST"])
@gives_back(_drawn)
def section(request: HttpRequest, code: str) -> HttpResponse:
    """`?of=contact`: the sheet of that section, opened to be written."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "section.write", case)
    which = request.GET.get("of", "")
    if not SHEET_FIELDS.get(which):
        raise NotVisible
    if which not in cases.standing(case).writes:
        raise NotAllowed("section.write")  # it may be read; a form that cannot be saved would lose what is typed
    if request.method != "POST":
        read = open_section(actor, case, section=which)
        form = SectionForm(initial={**read.fields, "seal_no": read.seal_no}, section=which)
        return _sheet(request, case, which, form)
    form = SectionForm(_chosen(request), section=which)
    if form.is_valid():
        try:
            if unchosen(request.POST):
                raise NotNow("version_same")
            write_section(actor, case, section=which, fields=form.sheet(), seal_no=form.cleaned_data["seal_no"])
        except Invalid as refusal:
            form.say(refusal)
        except NotNow as refusal:
            if refusal.guard != "version_same":
                raise
            first_stands(actor)
            theirs = open_section(actor.doing(None), case, section=which)
            return _both(request, case, which, form, theirs)
        else:
            return done(actor, f"{reverse('case', args=[case.code])}?open={which}#{which}")
    first_stands(actor)
    return _sheet(request, case, which, form, status=400)


def _chosen(request: HttpRequest) -> Any:
    """What was sent, with the other version wherever the worker took it over their own."""
    data = request.POST.copy()
    for name in taken(request.POST):
        data[name] = request.POST.get(f"theirs_{name}", "")
    return data


def _both(request: HttpRequest, case: Case, which: str, form: SectionForm, theirs: Sheet) -> HttpResponse:
    """Each field that differs, mine and theirs, nothing chosen; the form below keeps what was typed."""
    data = _chosen(request)
    data["seal_no"] = str(theirs.seal_no)
    again = SectionForm(data, section=which)
    who = names([theirs.written_by]).get(theirs.written_by, "") if theirs.written_by else ""
    when = moments.moment(theirs.written_at, places(request)["now"]) if theirs.written_at else ""
    differing = []
    for name, mine in form.sheet().items():
        value = theirs.fields.get(name, "")
        if value != mine and (value or mine):
            said = [words.field_value(name, one) or "\u2013" for one in (mine, value)]
            both = pair(name, words.FIELD_LABELS[name], *said, who=who, when=when, missing=unchosen(request.POST))
            differing.append({**both, "raw": "on" if value is True else value or ""})
    return _sheet(request, case, which, again, status=409, both=differing, who=who, when=when)


def _sheet(
    request: HttpRequest,
    case: Case,
    which: str,
    form: SectionForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context: Mapping[str, Any] = {
        "title": _("Write a locked part"),
        "back": {"url": reverse("case", args=[case.code]), "label": _("The case")},
        "in_task": True,
        "case": case,
        "form": form,
        "fields": [form[name] for name in form.names],
        "name": sections.name(which),
        "holds": sections.holds(which),
        "readers": [name_or(one.name) for one in people(case) if which in one.sections],
        "operation": request.POST.get("operation", "") if status == 400 else "",
        **more,
    }
    return render(request, "cases/section.html", context, status=status)
