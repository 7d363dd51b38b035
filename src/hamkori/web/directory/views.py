"""Looking into the directory: the list with its filters, and one service."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hamkori.directory import queries
from hamkori.directory.queries import Listing
from hamkori.directory.rules.suit import kinds
from hamkori.people.queries import phones_for_referring
from hamkori.people.rules.desk_phone import is_invented
from hamkori.vocabulary import codelist
from hamkori.web.directory.forms import FilterForm
from hamkori.web.kit.filters import Asked
from hamkori.web.nav import places
from hamkori.web.sessions.signed_in import actor_of
from hamkori.web.words import desk_phone, lists
from hamkori.web.words import directory as words


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """A page of the list. A filter that is no filter is dropped."""
    actor = actor_of(request)
    form = FilterForm(request.GET)
    found = queries.services(
        actor,
        form.filters(),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        language=lists.language(),
    )
    asked = Asked("directory", form.asked())
    context = {
        "title": _("Directory"),
        "form": form,
        "chips": _chips(asked),
        "items": [_item(one, places(request)["now"]) for one in found.listings],
        **asked.pages(found.before, found.after),
        "filtered": bool(asked.filters),
        "fewer": asked.fewer(FilterForm.said),
        "may_add": "desk_officer" in actor.roles,
    }
    return render(request, "directory/list.html", context)


@require_safe
def page(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """One service, with everything that is known of it."""
    actor = actor_of(request)
    shown = queries.service(actor, service_id, language=lists.language())
    entry = codelist("service").entry(shown.service_code)
    closed = words.closed_now(shown, places(request)["now"])
    phone = phones_for_referring([shown.organisation_id]).get(shown.organisation_id, "")
    context = {
        "title": shown.name.text,
        "back": {"url": reverse("directory"), "label": _("Directory")},
        "service": shown,
        "name_mark": words.other_language(shown.name),
        "body_mark": words.other_language(shown.body),
        "text_mark": words.other_language(shown.text),
        "rows": facts(shown, closed=closed, phone=phone),
        "closed": closed,
        "counts_places": shown.service_code in kinds(["safe_place"]),
        "week": words.week(shown),
        "provisional": entry.provisional or (bool(shown.admits) and codelist("admission_group").provisional),
        "unverified": entry.unverified,
        "may_edit": queries.may_edit(actor, shown),
    }
    return render(request, "directory/service.html", context)


def facts(shown: Listing, *, closed: str = "", phone: str = "") -> list[tuple[str, str]]:
    """What is known of a service, as label and value. `closed`: that nobody is there now, and until when."""
    rows = [
        (_("What it is"), shown.kind),
        (_("Kind of organisation"), lists.labels("organisation_kind", [shown.body_kind])),
        (_("Where it works"), words.areas(shown)),
        (_("Whom it admits"), lists.labels("admission_group", shown.admits) or _("It does not say")),
        (_("Languages"), lists.labels("language", shown.languages) or _("It does not say")),
        # What it answers in while somebody is there says nothing of a time in which nobody is.
        (_("Now"), closed)
        if closed
        else (_("Usual time to an answer, by their own account"), words.usual_answer(shown.usual_answer_minutes)),
        (
            _("How to ask"),
            _("Its referral desk answers in Hamkori") if shown.desk_ready else _("Nobody there can answer in Hamkori."),
        ),
    ]
    if shown.imported:
        rows.append((_("Source"), _("Taken in from a list; its own referral desk has not looked at it")))
    if phone:
        rows.append((_("Where to call"), desk_phone.short(phone)))
    if shown.phone:
        rows.append((_("Telephone"), desk_phone.own(shown.phone) if is_invented(shown.phone) else shown.phone))
    if shown.address:
        rows.append((_("Address"), shown.address))
    if shown.is_shelter:
        rows.append((_("Address"), _("Not kept. The directory has no address of a shelter.")))
    return rows


def _item(one: Listing, now: datetime) -> dict[str, Any]:
    closed = _("not offered now") if not one.is_active else _("full") if one.is_full else ""
    if not closed and one.desk_ready and words.closed_now(one, now):
        closed = _("closed now")
    # Where no places are counted there is no room to have.
    counted = _("has room") if one.service_code in kinds(["safe_place"]) else ""
    admits = lists.labels("admission_group", one.admits)
    kind = one.kind if one.kind != one.name.text else ""
    unverified = _("unverified") if codelist("service").entry(one.service_code).unverified else ""
    parts = (kind, unverified, one.body.text, words.area(one.region), admits, words.other_language(one.name))
    return {
        "href": reverse("service", args=[one.id]),
        "what": one.name.text,
        "sub": "\u00a0· ".join(part for part in parts if part),
        "icon": words.service_icon(one.service_code),
        "tag": closed or (counted if one.desk_ready else _("not in Hamkori")),
        "tone": "wait" if one.is_full else "done" if one.desk_ready and not closed else "",
    }


def _chips(asked: Asked) -> list[dict[str, Any]]:
    """Two switches, and each other filter that is on."""
    switches = {"open": "1", "own": "1"}
    return asked.chips(
        [*switches.items(), *(pair for pair in asked.filters.items() if pair[0] not in switches)], FilterForm.said
    )
