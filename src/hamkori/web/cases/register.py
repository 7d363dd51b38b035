"""Registering somebody: three short pages. The first one begins a draft, the last one opens the case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hamkori.access.actor import Actor
from hamkori.access.scope import require
from hamkori.casework.case.actions import case as act
from hamkori.casework.case.actions.section import open_section
from hamkori.casework.case.queries import cases
from hamkori.casework.screening.actions import screening
from hamkori.operations import first_stands
from hamkori.people.queries import organisation
from hamkori.refusal import Invalid, NotNow
from hamkori.web.cases import child_contact, meanwhile
from hamkori.web.cases.register_forms import AboutForm, FirstForm, SignsForm, answers
from hamkori.web.kit import begun, drafts
from hamkori.web.kit.posting import actor_of, done, version_of
from hamkori.web.kit.refusals import sentence
from hamkori.web.kit.written import gives_back
from hamkori.web.nav import places
from hamkori.web.words import calling, lists
from hamkori.web.words import case as words

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

Form = FirstForm | AboutForm | SignsForm
PAGES = 3
NEW = "/cases/new/"
"""The first page of a registration, whatever operation its address carries: what was typed is offered at the next."""
CALLED = {"call_name", "by_code"}
"""One answer in two fields."""
LOCKED = {*CALLED, "safe_to_talk", "district"}
# Where a guard of the last step is mended: page and field.
MENDED: Mapping[str, tuple[int, str]] = {
    "need_tonight": (1, "need_tonight_codes"),
    "name_or_code": (1, "call_name"),
    "district": (2, "district"),
}


@require_http_methods(["GET", "POST"])
@gives_back(lambda _request: FirstForm())
def new(request: HttpRequest) -> HttpResponse:
    """The first page; sent, it is a draft that can be resumed. Whoever comes Back to it comes to that draft.

    The address carries the operation of its form: another registration has another one.
    """
    actor = actor_of(request)
    require(actor, "case.begin")
    begun.unsealed(actor)
    if request.method != "POST":
        return begun.drawn(
            request, actor, lambda operation: _page(request, FirstForm(), 1, operation=operation), "?page=1"
        )
    form = FirstForm(request.POST)
    if form.is_valid():
        try:
            case = act.begin(actor, codes=form.codes(), sealed=form.sealed())
        except Invalid as refusal:
            form.say(refusal)
        else:
            drafts.saved(request, NEW)
            return done(actor, _address(case.code, 2))
    first_stands(actor)
    return _page(request, form, 1, status=400)


def _drawn(request: HttpRequest) -> Form:
    number = _number(request)
    return FirstForm() if number == 1 else AboutForm() if number == 2 else SignsForm(contact=child_contact.fields(()))


@require_http_methods(["GET", "POST"])
@gives_back(_drawn)
def register(request: HttpRequest, code: str) -> HttpResponse:
    """Pages of a draft that exists: `?page=1`, 2 or 3."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "case.register", case)
    if case.state_code != "draft":
        raise NotNow("from_state", state=lists.label("case_state", case.state_code))
    begun.unsealed(actor)
    if "page" not in request.GET and request.method == "GET":
        return HttpResponseRedirect(_goes_on(case))
    number = _number(request)
    if request.method != "POST":
        form = _form(actor, case, number)
        was = meanwhile.opened_with(meanwhile.drawn_with(form))
        return _page(request, form, number, case=case, actor=actor, was=was)
    form = _form(actor, case, number, request.POST)
    if form.is_valid() and number == PAGES and case.is_child and request.POST.get("then") == "refer":
        child_contact.require(form)
    if form.is_valid():
        try:
            return _take(request, actor, case, form, number)
        except Invalid as refusal:
            form.say(refusal)
        except NotNow as refusal:
            if refusal.guard == "version_same":
                return _again(request, actor, code, form, refusal)
            if refusal.guard not in MENDED:
                raise
            page, field = MENDED[refusal.guard]
            form.add_error(field if page == number and field in form.fields else None, sentence(refusal))
    first_stands(actor)
    was, version = (request.POST.get(name, "") for name in ("was", "version"))
    return _page(request, form, number, case=case, actor=actor, was=was, version=version, status=400)


def _again(request: HttpRequest, actor: Actor, code: str, form: Form, refusal: NotNow) -> HttpResponse:
    """Another window saved this page: with what is saved by now, and what was changed here."""
    first_stands(actor)
    case, number = cases.case(actor, code), _number(request)
    stands = meanwhile.drawn_with(_form(actor.doing(None), case, number))
    again = meanwhile.drawn_again(
        request.POST,
        form.cleaned_data,
        stands,
        lambda sent: _form(actor, case, number, sent),
        refusal,
        age_drawn=case.age_band_code,
    )
    return _page(request, again, number, case=case, actor=actor, was=meanwhile.opened_with(stands), status=400)


def _take(request: HttpRequest, actor: Actor, case: Case, form: Form, number: int) -> HttpResponse:
    """Saves one page; the last one registers, keeps the signs for the screening, and may lead on to a request."""
    version = version_of(request)
    if isinstance(form, FirstForm | AboutForm):
        act.edit(actor, case, version=version, codes=form.codes(), sealed=_changed(request, form))
        drafts.saved(request)
        return done(actor, _address(case.code, number + 1))
    signs = form.cleaned_data["signs"]
    first_step = {"next_step_code": "signs", "next_step_on": timezone.localdate(places(request)["now"])}
    act.register(actor, case, version=version, codes=first_step, sealed=form.sealed())
    drafts.saved(request)
    if signs:
        # The same press of a button, but a second act: it has no operation of its own.
        screening.start(actor.doing(None), case, signs=signs)
    if request.POST.get("then") == "refer":
        messages.success(request, _("Registered. Next: ask for consent, then choose an organisation."))
        return done(actor, f"{reverse('consent', args=[case.code])}?then=refer")
    messages.success(request, _("Registered. Next: ask about the signs, and for consent before anything is sent."))
    return done(actor, reverse("case", args=[case.code]))


def _changed(request: HttpRequest, form: FirstForm | AboutForm) -> dict[str, dict[str, Any]]:
    """The locked answers, where one of them was changed on this page: an untouched one writes over nothing."""
    typed = {*meanwhile.changed(request.POST, {name: form.cleaned_data[name] for name in LOCKED & {*form.fields}})}
    if typed & CALLED:
        typed |= CALLED
    return {
        section: {name: value for name, value in fields.items() if name in typed}
        for section, fields in form.sealed().items()
    }


def _goes_on(case: Case) -> str:
    """Where a draft goes on: in the way of the first contact, if it was begun there, else on its first open page."""
    if screening.draft_of(case) is not None:
        return reverse("first_step", args=[case.code])
    return _address(case.code, 2 if case.need_tonight_codes else 1)


def _number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "1")
    return int(asked) if asked in {"1", "2", "3"} else 1


def _address(code: str, page: int) -> str:
    return f"{reverse('register', args=[code])}?page={page}"


def _form(actor: Actor, case: Case, number: int, typed: QueryDict | None = None) -> Form:
    """A page as it was sent, or as it was left: what is sealed is opened for that, and that is written down."""
    if number == PAGES:
        return SignsForm(typed, contact=child_contact.asked(actor, case))
    form, section = (FirstForm, "contact") if number == 1 else (AboutForm, "place")
    region = {"region": organisation(actor.organisation_id).region} if number == 2 and actor.organisation_id else {}
    if typed is not None:
        return form(typed, **region)
    return form(initial=answers(form, case, open_section(actor, case, section=section, in_step=True).fields), **region)


def _page(
    request: HttpRequest,
    form: Form,
    number: int,
    *,
    was: str = "",
    version: str = "",
    case: Case | None = None,
    actor: Actor | None = None,
    status: int = 200,
    operation: UUID | None = None,
) -> HttpResponse:
    back = {"url": reverse("cases"), "label": _("Cases")}
    if case is not None and number > 1:
        back = {"url": _address(case.code, number - 1), "label": _("The page before")}
    context: dict[str, Any] = {
        "title": _("New case"),
        "back": back,
        "in_task": True,
        "form": form,
        "number": number,
        "form_of": "" if case else NEW,
        "case": case,
        "was": was,
        "version": version or (case and case.version),
        "operation": request.POST.get("operation", operation or ""),
        "parts": _parts(case, number),
        "in_danger": bool(case and case.has_danger),
        "no_police": case is not None and case.has_danger and calling.no_police_in(case.pk),
        "rows": _check(actor, case) if number == PAGES and case and actor else [],
        "may_refer": bool(case),
    }
    return render(request, "cases/register.html", context, status=status)


def _parts(case: Case | None, number: int) -> list[dict[str, str]]:
    names = (_("Now and tonight"), _("About the person"), _("Signs and check"))
    return [
        {
            "label": name,
            "url": _address(case.code, at) if case and at < number else "",
            "state": "done" if at < number else "now" if at == number else "todo",
        }
        for at, name in enumerate(names, start=1)
    ]


def _check(actor: Actor, case: Case) -> list[dict[str, str]]:
    """Everything said so far, each with the way back to its question."""
    actor = actor.doing(None)  # to look again is not the write that the form carries
    contact = open_section(actor, case, section="contact", in_step=True).fields
    place = open_section(actor, case, section="place", in_step=True).fields
    first, about = _address(case.code, 1), _address(case.code, 2)
    called = contact.get("call_name") or (_("by the number") if contact.get("by_code") else "")
    spoken = lists.label("language", case.language_code)
    if case.needs_interpreter:
        spoken = _("%(language)s, with an interpreter") % {"language": spoken}
    rows = (
        (_("Is it safe to talk now?"), words.field_value("safe_to_talk", contact.get("safe_to_talk")), first),
        (_("Tonight"), lists.in_turn("need_tonight", case.need_tonight_codes), first),
        (_("What to call the person"), called, first),
        (_("District"), lists.label("area", str(place.get("district", ""))), about),
        (_("Sex"), lists.label("sex", case.sex_code), about),
        (_("Age"), lists.label("age_band", case.age_band_code), about),
        (_("Language"), spoken, about),
    )
    return [{"label": name, "value": value, "href": href} for name, value, href in rows]
