"""Writing one sealed section. What two changed at once is asked, the rest is put together; nothing is lost."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hamkori.access.scope import require
from hamkori.casework.case.actions.section import Sheet, Written, open_section, open_set_aside, write_section
from hamkori.casework.case.queries import cases
from hamkori.casework.case.queries.team import people
from hamkori.casework.case.rules.merging import KEPT_FOR, merged
from hamkori.casework.case.rules.sheets import LONGEST, SHEET_FIELDS
from hamkori.casework.referral.queries.copies import copies
from hamkori.casework.referral.queries.origin import came_by_referral
from hamkori.operations import first_stands
from hamkori.people.queries import names
from hamkori.refusal import Invalid, NotAllowed, NotNow, NotVisible
from hamkori.web.cases import beforehand, corrected, danger, writers
from hamkori.web.cases import copies as elsewhere
from hamkori.web.cases.register_forms import districts
from hamkori.web.kit import drafts, moments, versions
from hamkori.web.kit.forms import Choices, KitForm, LongText, TextField
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.kit.written import gives_back
from hamkori.web.nav import places
from hamkori.web.words import case as words
from hamkori.web.words import sections
from hamkori.web.words.people import name_or
from hamkori.web.words.ways import to_case

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case


CODED: Final = ("by_code", "safe_to_talk", "district")
NAMES: Final = ("legal_names",)
"""Fields that no text of two versions can hold: answers, and the names of a person."""


class SectionForm(KitForm):
    """The fields of one section's sheet; nothing is required."""

    seal_no = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, section: str, **kwargs: Any) -> None:
        self.names = SHEET_FIELDS[section]
        made = {name: _field(name) for name in self.names}
        self.sensitive = tuple(name for name, field in made.items() if isinstance(field, forms.CharField))
        self.base_fields = {**self.base_fields, **made}  # type: ignore[misc]  # this form's own
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """One way to address the person, the name or the number; nothing holds danger back: then the name counts."""
        cleaned = super().clean() or {}
        if cleaned.get("by_code") and cleaned.get("call_name"):
            if cleaned.get("safe_to_talk") != "danger":
                self.add_error("by_code", _("A name is written. Take this tick away, or take the name out."))
            cleaned["by_code"] = False
        return cleaned

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
    widget = forms.TextInput({"class": "short"}) if name in words.SHORT_FIELDS else LongText(rows=3)
    return TextField(label=label, required=False, max_length=LONGEST, widget=widget)


def _drawn(request: HttpRequest) -> SectionForm | None:
    which = request.GET.get("of", "")
    if which not in SHEET_FIELDS:
        return None
    form = SectionForm(section=which)
    for name in _long_texts(which):  # a text in which both versions were put together is given back too
        if f"both_{name}" in request.POST:
            form.fields[f"both_{name}"] = versions.both_texts(LONGEST)
    return form


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
        was = versions.opened_with({name: read.fields.get(name, "") for name in form.names})
        return _sheet(request, case, which, form, was=was)
    sent, long = versions.put_as_mine(request.POST, _long_texts(which), LONGEST)
    form = SectionForm(sent, section=which)
    if form.is_valid() and (asks := _asked_first(request, case, which, form, sent)) is not None:
        return asks
    if form.is_valid():
        keep, region = versions.kept(sent, form.names), case.region_code
        try:
            written = write_section(
                actor,
                case,
                section=which,
                fields=form.sheet(),
                seal_no=form.cleaned_data["seal_no"],
                was=versions.was(sent, form.names),
                keep=keep,
            )
        except Invalid as refusal:
            form.say(refusal)
        except NotNow as refusal:
            if refusal.guard != "version_same":
                raise
            first_stands(actor)
            theirs = open_section(actor.doing(None), case, section=which)
            return _both(request, case, which, form, theirs, sent=sent, long=long)
        else:
            copied = any(one.section == which for one in copies(case))
            said = [_said(written, keep, by_me=written.other == actor.membership_id, sent=copied)]
            if case.region_code != region:
                said += corrected.of_region(case)
            if which == "contact":
                said += danger.said_in_contact(
                    actor, code, form.sheet(), versions.was(sent, form.names) or {}, copied=copied
                )
            messages.success(request, " ".join(said))
            drafts.saved(request)
            return done(actor, f"{reverse('case', args=[case.code])}?open={which}#{which}")
    first_stands(actor)
    return _sheet(request, case, which, form, status=400)


def _asked_first(
    request: HttpRequest, case: Case, which: str, form: SectionForm, sent: QueryDict
) -> HttpResponse | None:
    """The same sheet, with what was typed folded away: who reads the region once this is saved. None: nobody does."""
    was, keep = versions.was(sent, form.names), versions.kept(sent, form.names)
    theirs = keep.get(beforehand.DISTRICT) == versions.THEIRS
    asks = {} if theirs else beforehand.asked(case, form.sheet(), was, sent)
    if not asks:
        return None
    if "back" in request.POST:
        return _sheet(request, case, which, form)
    return _sheet(request, case, which, form, status=409, asks={**asks, "keep": keep})


def _said(written: Written, keep: Mapping[str, str], *, by_me: bool, sent: bool) -> str:
    """One line after a save: what happened, also to what another wrote meanwhile. `by_me`: in another window.

    `sent`: an older copy lies at another organisation.
    """
    if keep:
        return writers.chosen(by_me=by_me)
    if not written.by_them and sent:
        return _("Saved and locked. What another organisation was sent is still as it was.")
    if not written.by_them:
        return _("Saved and locked. Only those who may read this part can open it.")
    fields = {"fields": ", ".join(str(words.FIELD_LABELS[name]) for name in written.by_them)}
    if by_me:
        return _("Saved, and put together with what you changed in another window: %(fields)s.") % fields
    return _("Saved, and put together with what a colleague changed meanwhile: %(fields)s.") % fields


def _long_texts(which: str) -> tuple[str, ...]:
    """The fields of which both versions can be kept, in one text."""
    return tuple(name for name in SHEET_FIELDS[which] if name not in (*words.SHORT_FIELDS, *CODED, *NAMES))


def _both(
    request: HttpRequest,
    case: Case,
    which: str,
    form: SectionForm,
    theirs: Sheet,
    *,
    sent: QueryDict,
    long: Collection[str],
) -> HttpResponse:
    """Each field that both changed, with a button for each version, and of a long text for both of them, unless that is
    too `long`; the form below keeps what was typed.
    """
    was, keep = versions.was(sent, form.names), versions.kept(sent, form.names)
    shown = form.cleaned_data["seal_no"] == theirs.seal_no
    if not shown:
        keep = {}  # they were for another version than the one that is shown now
    put = merged(was, form.sheet(), theirs.fields, keep)
    texts = _long_texts(which)
    who = writers.other(actor_of(request), theirs.written_by, theirs.written_at, places(request)["now"])
    both = versions.Meeting(
        who=who,
        fields=[
            versions.question(
                name,
                words.FIELD_LABELS[name],
                partial(words.field_value, name),
                before=None if was is None else was.get(name, ""),
                mine=(mine := form.sheet()[name]),
                theirs=(other := theirs.fields.get(name, "")),
                who=who,
                both=versions.both_of(name, sent, mine, other, LONGEST, long=name in long, shown=shown)
                if name in texts
                else None,
            )
            for name in put.asked
        ],
        together=versions.together(words.FIELD_LABELS, put.by_me, put.by_them, who),
        kept={name: keep[name] for name in put.not_kept},
    )
    again = SectionForm({**sent.dict(), "seal_no": str(theirs.seal_no)}, section=which)
    return _sheet(request, case, which, again, status=409, both=both, was=request.POST.get("was", ""))


@require_safe
def aside(request: HttpRequest, code: str) -> HttpResponse:
    """`?of=needs`: what two wrote in this part at the same time and was not kept, for these two."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "section.open", case)
    which = request.GET.get("of", "")
    if not SHEET_FIELDS.get(which):
        raise NotVisible
    found, now = open_set_aside(actor, case, section=which), places(request)["now"]
    who = names({one.by for one in found})
    context = {
        "title": _("A version that was not kept"),
        "back": {"url": f"{reverse('case', args=[case.code])}?open={which}#{which}", "label": sections.name(which)},
        "in_task": True,
        "case": case,
        "name": sections.name(which),
        "rows": [
            {
                "label": words.FIELD_LABELS[one.field],
                "said": words.field_value(one.field, one.value) or "\u2013",
                "by": who.get(one.by, ""),
                "at": one.at,
                "until": moments.full_day(timezone.localdate(one.at + KEPT_FOR), timezone.localdate(now)),
            }
            for one in found
            if one.field in words.FIELD_LABELS
        ],
    }
    return render(request, "cases/aside.html", context)


def _without_what_is_of_a_child(case: Case, form: SectionForm) -> None:
    """Of an adult nobody asks whom we tell for a child; what is written there already stays in the open."""
    name, is_adult = "child_contact", not case.is_child and case.age_band_code != "unknown"
    if name in form.fields and is_adult and not form[name].value() and not form[name].errors:
        form.fields[name].widget = forms.HiddenInput()


def _sheet(
    request: HttpRequest,
    case: Case,
    which: str,
    form: SectionForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    sent = copies(case)
    _without_what_is_of_a_child(case, form)
    shown = [form[name] for name in form.names]
    context: Mapping[str, Any] = {
        "title": _("Write a locked part"),
        "back": to_case(case.code),
        "in_task": True,
        "case": case,
        "form": form,
        "fields": [one for one in shown if not one.is_hidden],
        "kept": [one for one in shown if one.is_hidden],
        "name": sections.name(which),
        "readers": [name_or(one.name) for one in people(case) if which in one.sections],
        "came_by_referral": came_by_referral(case),
        "copies": elsewhere.sentences(sent, which, elsewhere.names(sent), places(request)["now"]),
        "operation": request.POST.get("operation", "") if status == 400 else "",
        "was": request.POST.get("was", ""),
        "both": None,
        "told": request.POST.get(beforehand.TOLD, ""),
        "asks": {},
        "reads": beforehand.of_region(case) if beforehand.DISTRICT in form.names else {},
        "kept_days": KEPT_FOR.days,
        **more,
    }
    return render(request, "cases/section.html", context, status=status)
