"""A desk changes its own services. Two who edit the same see both values, and nothing typed is lost."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hamkori.access.scope import require
from hamkori.directory import queries
from hamkori.directory.actions import service as act
from hamkori.directory.queries import Listing
from hamkori.operations import first_stands
from hamkori.people.queries import organisation
from hamkori.refusal import Invalid, NotNow
from hamkori.vocabulary.country import READ_FIRST
from hamkori.web.directory.forms import ServiceForm, values
from hamkori.web.kit.both import pair, taken
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.kit.written import choice_label, gives_back
from hamkori.web.words import lists


@require_http_methods(["GET", "POST"])
@gives_back(lambda _request: ServiceForm(shelters=False))
def edit(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """The sheet of one service."""
    actor = actor_of(request)
    record = queries.record(actor, service_id)
    require(actor, "service.edit", record)
    shown = queries.service(actor, service_id, language=lists.language())
    if request.method != "POST":
        form = ServiceForm(initial=values(shown), shelters=shown.is_shelter)
        return _sheet(request, form, shown)
    data = _chosen(request.POST, values(shown))
    form = ServiceForm(data, shelters=shown.is_shelter)
    if form.is_valid():
        try:
            act.edit(actor, record, version=form.cleaned_data["version"] or 0, sheet=form.sheet())
        except Invalid as refusal:
            form.say(refusal)
        except NotNow as refusal:
            if refusal.guard != "version_same":
                raise
            first_stands(actor)
            return _both(request, data, shown)
        else:
            messages.success(request, _("Saved. Organisations that look for help see this now."))
            return done(actor, reverse("service", args=[service_id]))
    first_stands(actor)
    return _sheet(request, form, shown, status=400)


@require_http_methods(["GET", "POST"])
@gives_back(lambda _request: ServiceForm(shelters=False, adding=True))
def add(request: HttpRequest) -> HttpResponse:
    """A new service of the own body."""
    actor = actor_of(request)
    require(actor, "service.edit", None)
    own = organisation(actor.organisation_id).region if actor.organisation_id else ""
    first = {"is_full": "no", "is_active": "yes", "region": own}
    form = ServiceForm(request.POST or None, initial=first, shelters=False, adding=True)
    if request.method == "POST":
        if form.is_valid():
            try:
                made = act.add(actor, service_code=form.cleaned_data["service_code"], sheet=form.sheet())
            except Invalid as refusal:
                form.say(refusal)
            else:
                messages.success(request, _("The service is added. Organisations that look for help can find it now."))
                return done(actor, reverse("service", args=[made.pk]))
        first_stands(actor)
    return _sheet(request, form, None, status=400 if form.is_bound else 200)


@require_POST
def mark(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """Full, or open again."""
    actor = actor_of(request)
    full = request.POST.get("full") == "1"
    act.mark(actor, queries.record(actor, service_id), full=full)
    said = (
        _("Marked as full. Nobody new can be accepted until you mark it as open.")
        if full
        else _("Marked as open. Organisations that look for help see that there is room.")
    )
    messages.success(request, said)
    return done(actor, reverse("service", args=[service_id]))


def _sheet(
    request: HttpRequest, form: ServiceForm, shown: Listing | None, *, status: int = 200, both: list[Any] | None = None
) -> HttpResponse:
    back = {"url": reverse("service", args=[shown.id]), "label": shown.name.text} if shown else None
    context = {
        "title": _("Change this service") if shown else _("Add a service"),
        "back": back or {"url": reverse("directory"), "label": _("Directory")},
        "in_task": True,
        "form": form,
        "service": shown,
        "both": both or [],
        "open_now": [form[name] for name in ("service_code", "is_full", "is_active") if name in form.fields],
        "areas_open": bool(form["areas"].value() or form["areas"].errors),
        "own_texts": _texts(form, lists.language()),
        "other_texts": [field for code in READ_FIRST if code != lists.language() for field in _texts(form, code)],
        "days": [form[f"day_{day}"] for day in range(1, 8)],
        "contact": [form[name] for name in ("phone", "address") if name in form.fields],
    }
    return render(request, "directory/edit.html", context, status=status)


def _texts(form: ServiceForm, code: str) -> list[Any]:
    return [form[f"name_{code}"], form[f"text_{code}"]] if code in READ_FIRST else []


def _chosen(posted: QueryDict, theirs: dict[str, Any]) -> QueryDict:
    """What was sent, with the other's value wherever it was chosen over one's own."""
    data = posted.copy()
    for name in taken(posted) & set(theirs):
        value = theirs[name]
        data.setlist(name, [str(one) for one in (value if isinstance(value, list) else [value])])
    return data


def _both(request: HttpRequest, data: QueryDict, shown: Listing) -> HttpResponse:
    """Somebody was faster: the sheet as typed, and above it each field that differs, with both values."""
    theirs = values(shown)
    data["version"] = str(shown.version)
    form = ServiceForm(data, shelters=shown.is_shelter)
    differing = []
    for name, value in theirs.items():
        if name == "version":
            continue
        mine = data.getlist(name) if isinstance(value, list) else data.get(name, "")
        if (sorted(mine) if isinstance(mine, list) else mine) != (sorted(value) if isinstance(value, list) else value):
            field = form.fields[name]
            differing.append(
                pair(name, field.label, _said(field, mine), _said(field, value), who=_("your referral desk"))
            )
    return _sheet(request, form, shown, status=409, both=differing)


def _said(field: Any, value: Any) -> str:
    """A value in words: labels for codes, a dash for nothing."""
    many = value if isinstance(value, list) else [value]
    return ", ".join(choice_label(field, str(one)) or str(one) for one in many if one not in ("", None)) or "\u2013"
