"""She takes something back: everything, some of it, some of what may go. In any state of the case, at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hamkori.access.context import now
from hamkori.casework.case.queries.cases import case as case_of
from hamkori.casework.case.queries.cases import standing
from hamkori.casework.consent.actions import consent as act
from hamkori.casework.consent.queries.consent import Asked, after_withdrawal, asked
from hamkori.operations import first_stands
from hamkori.people.queries import organisations
from hamkori.refusal import NotAllowed, NotNow
from hamkori.web.consent import said
from hamkori.web.consent.unread import AWAY, NOTHING, ends, not_read, unless_unread
from hamkori.web.consent.views import head, say_what_is_being_closed, show_effects
from hamkori.web.consent.withdraw_form import WithdrawForm
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.kit.refusals import sentence
from hamkori.web.kit.written import reads
from hamkori.web.words import lists

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case


@require_http_methods(["GET", "POST"])
@reads(said.taking_back)
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """What she takes back is shown with what it ends, and then done: also where more or less has begun meanwhile."""
    actor = actor_of(request)
    found = case_of(actor, code)
    if request.method == "GET" and not standing(found).works:
        raise NotAllowed("consent.withdraw")
    former = unless_unread(partial(asked, found, now(), to_take_back=True), NOTHING, AWAY)
    if former is AWAY and (request.method == "GET" or "again" in request.POST):
        raise not_read(found, former)
    if request.method == "GET" or "again" in request.POST:
        return _page(request, found, former, WithdrawForm(former=former, initial=_kept(request)))
    form = WithdrawForm(request.POST, former=former)
    if not form.is_valid():
        first_stands(actor)
        if former is AWAY:
            raise not_read(found, former)
        return _page(request, found, former, form)
    after = after_withdrawal(former, form.rows(), form.sections())
    ending = ends(found, former, after, former.excluded)
    if ending != () and "seen" not in request.POST:
        nobody: dict[UUID, str] = {}
        return show_effects(request, found, ending, unless_unread(_names, nobody) if ending else nobody)
    try:
        act.withdraw(actor, found, rows=form.rows(), sections=form.sections(), how_said=form.cleaned_data["how_said"])
    except NotNow as refusal:
        if refusal.guard != "how_said":
            raise
        form.add_error("how_said", sentence(refusal))
        return _page(request, found, former, form, status=409)
    say_what_is_being_closed(request, found)
    return done(actor, reverse("case", args=[found.code]))


def _names() -> dict[UUID, str]:
    return {body.id: body.name(lists.language()) for body in organisations()}


def _kept(request: HttpRequest) -> dict[str, object]:
    """What was chosen before the effects were shown, when she thinks again."""
    return {
        "what": request.POST.get("what", ""),
        "rows": request.POST.getlist("rows"),
        "sections": request.POST.getlist("sections"),
        "how_said": request.POST.get("how_said", ""),
    }


def _page(request: HttpRequest, found: Case, former: Asked, form: WithdrawForm, *, status: int = 200) -> HttpResponse:
    context = {
        **head(request, found),
        "title": _("Withdrawing consent"),
        "form": form,
        "sure": former.sure,
        "agreed": former.unwritten or any(row.agrees or row.answer == "not_asked" for row in former.rows.values()),
    }
    return render(request, "consent/withdraw.html", context, status=status)
