"""The steps of whoever helps: another time, she did not come, she came, who helps, the result, and giving it back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from hamkori.access.actor import Actor
from hamkori.casework.referral.actions import receive, send
from hamkori.casework.referral.queries.received import Received, who_could_meet_her
from hamkori.casework.referral.queries.referrals import is_being_closed
from hamkori.operations import first_stands
from hamkori.web.kit import posting
from hamkori.web.kit.written import gives_back
from hamkori.web.received import forms, trying
from hamkori.web.received.steps import at_work, fill, home, of_side, possible, press
from hamkori.web.words import lists
from hamkori.web.words import referral as referral_words

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral


@require_http_methods(["GET", "POST"])
def unaccept(request: HttpRequest, code: str) -> HttpResponse:
    """Gives the acceptance back, within 24 hours."""
    return fill(
        request,
        code,
        "unaccept",
        lambda _received, typed: forms.UnacceptForm(typed, auto_id="unaccept_%s"),
        lambda actor, received, version, form: receive.unaccept(
            actor, received.referral, version=version, reason=form.cleaned_data["reason"]
        ),
        _("Given back. The sender has been told and can ask somebody else."),
    )


@sensitive_post_parameters(*forms.MEETING)
@require_http_methods(["GET", "POST"])
@gives_back(lambda _request: forms.ArrivalForm(today=timezone.localdate()))
def expect(request: HttpRequest, code: str) -> HttpResponse:
    """Another time, agreed with the sender."""
    return fill(
        request,
        code,
        "expect",
        lambda received, typed: forms.ArrivalForm(typed, today=timezone.localdate(received.at), auto_id="expect_%s"),
        lambda actor, received, version, form: receive.expect(
            actor,
            received.referral,
            version=version,
            arrival_on=form.cleaned_data["arrival_on"],
            arrival_part=form.cleaned_data["arrival_part"],
            meeting=form.meeting() or None,
        ),
        _("The new time is kept. The sender has been told."),
    )


@require_http_methods(["GET", "POST"])
def finish(request: HttpRequest, code: str) -> HttpResponse:
    """The result, in one code."""
    return fill(
        request,
        code,
        "finish",
        lambda received, typed: forms.FinishForm(typed, state=received.state, auto_id="finish_%s"),
        lambda actor, received, version, form: receive.finish(
            actor,
            received.referral,
            version=version,
            result=form.cleaned_data["result"],
            reason=form.cleaned_data["reason"] if form.cleaned_data["result"] == "not_given" else "",
        ),
        _("Finished. The packet is deleted; the sender asks the person and confirms."),
    )


@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, code: str) -> HttpResponse:
    """A wrong or questioned result, mended."""
    return fill(
        request,
        code,
        "amend",
        lambda _received, typed: forms.AmendForm(typed, auto_id="amend_%s"),
        lambda actor, received, version, form: receive.amend(
            actor,
            received.referral,
            version=version,
            result=form.cleaned_data["result"],
            reason=form.cleaned_data["reason"],
        ),
        _("The result is mended. The sender has been told."),
    )


@require_http_methods(["GET", "POST"])
def miss(request: HttpRequest, code: str) -> HttpResponse:
    """She did not come."""
    return press(
        request,
        code,
        "miss",
        lambda actor, received, version: receive.miss(actor, received.referral, version=version),
        _("Noted. The sender was told at once."),
    )


@require_http_methods(["GET", "POST"])
def serve(request: HttpRequest, code: str) -> HttpResponse:
    """She has come: help begins, and the own case with it."""
    return press(
        request,
        code,
        "serve",
        lambda actor, received, version: receive.serve(actor, received.referral, version=version),
        _("Help has begun. Your own case is open; nothing of the packet was copied into it."),
    )


@require_http_methods(["GET", "POST"])
def staff(request: HttpRequest, code: str) -> HttpResponse:
    """Who helps: add a colleague, release one. A page of its own."""
    actor = posting.actor_of(request)
    received = at_work(actor, code, "staff")
    possible(received, "staff")
    able, keyless = who_could_meet_her(actor, [one.membership_id for one in received.workers])
    mine = str(actor.membership_id)
    form = forms.StaffForm(
        request.POST if request.method == "POST" else None,
        received=received,
        people=able,
        mine=mine,
        auto_id="staff_%s",
    )
    said_no = ""
    if request.method == "POST":
        said_no = "invalid"
        if form.is_valid():
            said_no = trying.attempt(form, lambda: _staff(request, actor, received, form), {"may_join": "joins"})
            if not said_no:
                left = mine in form.cleaned_data["leaves"]
                messages.success(request, _("The team is changed. Whoever was added has been told."))
                gone = left and "D" not in received.sides
                return posting.done(actor, reverse("today") if gone else home(code))
        first_stands(actor)
    context = {
        "title": _("Who helps"),
        "back": {"url": home(code), "label": _("Request")},
        "in_task": True,
        "now": received.at,
        "it": received,
        "referral": received.referral,
        "service": lists.label("service", received.referral.service_code),
        "form": form,
        "keyless": [one.name for one in keyless],
        "nobody": not form.someone_free,
        "needs_vault": said_no == trying.SEALED,
        "passphrase_url": f"{reverse('account_unlock')}?next={request.path}",
    }
    return render(request, "received/staff.html", context, status=409 if said_no not in ("", "invalid") else 200)


def _staff(request: HttpRequest, actor: Actor, received: Received, form: forms.StaffForm) -> None:
    receive.staff(
        actor,
        received.referral,
        version=posting.version_of(request),
        joins=[UUID(one) for one in form.cleaned_data["joins"]],
        leaves=[UUID(one) for one in form.cleaned_data["leaves"]],
    )


def withdraw(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Her word to those who help her: ends this request and nothing else. The address is the sender's too.

    By POST it ends whatever it finds: somebody who was faster does not make her say it twice.
    """
    form = forms.WithdrawForm(request.POST if request.method == "POST" else None)
    said_no = "invalid" if request.method == "POST" else ""
    if request.method == "POST" and form.is_valid():  # it needs nothing of what a page shows
        found, _sides = of_side(actor, code, "withdraw")
        said_no = trying.attempt(form, lambda: _withdraw(request, actor, found, form))
        if not said_no:
            return posting.done(actor, home(code))
    received = at_work(actor, code, "withdraw")
    if request.method != "POST":
        possible(received, "withdraw")
    context = {
        "title": _("The person wants to stop"),
        "back": {"url": home(code), "label": _("Request")},
        "in_task": True,
        "now": received.at,
        "it": received,
        "referral": received.referral,
        "service": lists.label("service", received.referral.service_code),
        "form": form,
    }
    return render(request, "received/withdraw.html", context, status=409 if said_no not in ("", "invalid") else 200)


def _withdraw(request: HttpRequest, actor: Actor, referral: Referral, form: forms.WithdrawForm) -> None:
    if send.withdraw(actor, referral, how_said=form.cleaned_data["how_said"]):
        if is_being_closed(referral):
            messages.info(request, referral_words.being_closed())
        else:
            messages.success(request, _("Ended. The sender has been told and asks about the rest."))
    else:
        messages.info(request, _("This referral had already ended. What was sent can no longer be opened."))
