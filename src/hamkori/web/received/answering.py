"""The desk's three answers to a waiting request: accept, ask first, decline."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from hamkori.access.actor import Actor
from hamkori.casework.actions import receive
from hamkori.casework.queries.received import Received, of_code, whole
from hamkori.refusal import NotAllowed, NotNow
from hamkori.web import posting
from hamkori.web.received import forms, showing, trying
from hamkori.web.refusals import unlock_address

Answer = HttpResponse


def waiting(actor: Actor, code: str, step: str) -> Received:
    """The request for a step that only its desk may take. Another side of the same body: NotAllowed."""
    found, mine = of_code(actor, code)
    if "D" not in mine:
        raise NotAllowed(f"referral.{step}")
    return whole(actor, found, mine)


def home(code: str) -> str:
    """The page of this referral."""
    return reverse("referral", args=[code])


@sensitive_post_parameters(*forms.MEETING)
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, code: str) -> Answer:
    """Yes. GET shows the page with what was chosen before the passphrase was asked."""
    actor = posting.actor_of(request)
    received = waiting(actor, code, "accept")
    if request.method == "GET":
        if received.state != "sent" or not request.GET:
            return HttpResponseRedirect(home(code))
        return showing.show(request, actor, received, kept=request.GET)
    _still(received, "accept")
    form = showing.accept_form(actor, received, typed=request.POST)
    said_no = "invalid"
    if form.is_valid():
        typed = form.cleaned_data
        said_no = trying.attempt(
            form,
            lambda: receive.accept(
                actor,
                received.referral,
                version=posting.version_of(request),
                team=[UUID(one) for one in typed["team"]],
                arrival_on=typed["arrival_on"],
                arrival_part=typed["arrival_part"],
                meeting=form.meeting() or None,
            ),
            {"may_join": "team"},
        )
        if not said_no:
            messages.success(request, _("Accepted. The sender and the people you named have been told."))
            return posting.done(actor, home(code))
    sealed = _through_unlock(request, code) if said_no == trying.SEALED else ""
    return _again(request, actor, code, {"accept": form}, said_no, sealed=sealed)


def _through_unlock(request: HttpRequest, code: str) -> str:
    """To the passphrase and back, with the codes that were chosen; the meeting line is not put into an address."""
    kept = [(name, value) for name in showing.KEPT for value in request.POST.getlist(name)]
    return unlock_address(f"{reverse('referral_accept', args=[code])}?{urlencode(kept)}")


def _still(received: Received, step: str) -> None:
    """Another officer was faster: said before the form is read."""
    if step not in received.steps:
        raise trying.said(NotNow("from_state", state=received.state))


def _again(
    request: HttpRequest, actor: Actor, code: str, tried: dict[str, Any], said_no: str, *, sealed: str = ""
) -> Answer:
    found, mine = of_code(actor, code)
    status = 200 if said_no == "invalid" else 409
    return showing.show(request, actor, whole(actor, found, mine), tried, status=status, sealed=sealed)


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, code: str) -> Answer:
    """One coded question first."""
    actor = posting.actor_of(request)
    received = waiting(actor, code, "ask")
    if request.method == "GET":
        return HttpResponseRedirect(home(code))
    _still(received, "ask")
    form = showing.ask_form(received, request.POST)
    said_no = "invalid"
    if form.is_valid():
        said_no = trying.attempt(
            form,
            lambda: receive.ask(
                actor,
                received.referral,
                version=posting.version_of(request),
                question_code=form.cleaned_data["question_code"],
            ),
        )
        if not said_no:
            messages.success(request, _("Asked. The answer target stays as it is."))
            return posting.done(actor, home(code))
    return _again(request, actor, code, {"ask": form}, said_no)


@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, code: str) -> Answer:
    """No, with a reason."""
    actor = posting.actor_of(request)
    received = waiting(actor, code, "decline")
    if request.method == "GET":
        return HttpResponseRedirect(home(code))
    _still(received, "decline")
    form = forms.DeclineForm(request.POST, auto_id="decline_%s")
    said_no = "invalid"
    if form.is_valid():
        said_no = trying.attempt(
            form,
            lambda: receive.decline(
                actor,
                received.referral,
                version=posting.version_of(request),
                reason=form.cleaned_data["reason"],
                suggested_service=form.cleaned_data["suggested_service"],
            ),
        )
        if not said_no:
            messages.success(request, _("Declined. The sender has been told and can ask somebody else."))
            return posting.done(actor, home(code))
    return _again(request, actor, code, {"decline": form}, said_no)
