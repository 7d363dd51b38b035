"""How a step of the receiving side goes: who may take it, whether its time has come, and what its page answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from hamkori.access.actor import Actor
from hamkori.casework.referral.queries.received import Received, of_code, whole
from hamkori.operations import first_stands
from hamkori.refusal import NotAllowed, NotNow
from hamkori.web.kit import posting
from hamkori.web.received import showing, trying

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral

SIDES = {
    "accept": {"D"},
    "ask": {"D"},
    "decline": {"D"},
    "unaccept": {"D", "R"},
    "expect": {"R"},
    "miss": {"R"},
    "serve": {"R"},
    "staff": {"R", "RV"},
    "finish": {"R"},
    "amend": {"R", "RV"},
    "withdraw": {"R"},
}
"""Who may take a step at all; the lifecycle says when."""

Make = Callable[[Received, Any], Any]
Do = Callable[[Actor, Received, int, Any], object]


def home(code: str) -> str:
    """The page of this referral."""
    return reverse("referral", args=[code])


def at_work(actor: Actor, code: str, step: str) -> Received:
    """The referral for a step. Another side of the same body: NotAllowed."""
    return whole(actor, *of_side(actor, code, step))


def of_side(actor: Actor, code: str, step: str) -> tuple[Referral, frozenset[str]]:
    """The same without what a page shows of it: the referral, and which sides of it she has."""
    found, mine = of_code(actor, code)
    if not mine & SIDES[step]:
        raise NotAllowed(f"referral.{step}")
    return found, mine


def possible(received: Received, step: str) -> None:
    """NotNow("from_state") in words that the receiver may read: another person was faster."""
    if step not in received.steps:
        raise trying.said(NotNow("from_state", state=received.state))


def fill(request: HttpRequest, code: str, step: str, make: Make, do: Do, told: str) -> HttpResponse:
    """A step with a form on the referral's page: GET goes there, POST tries it once."""
    actor = posting.actor_of(request)
    received = at_work(actor, code, step)
    if request.method == "GET":
        return HttpResponseRedirect(home(code))
    possible(received, step)
    form = make(received, request.POST)
    said_no = "invalid"
    if form.is_valid():
        said_no = trying.attempt(form, lambda: do(actor, received, posting.version_of(request), form))
        if not said_no:
            messages.success(request, told)
            return posting.done(actor, home(code))
    else:
        first_stands(actor)  # done by the same press from another window, after which nothing of it can be chosen
    return again(request, actor, code, {step: form}, said_no)


def press(
    request: HttpRequest, code: str, step: str, do: Callable[[Actor, Received, int], object], told: str
) -> HttpResponse:
    """A step that is one button on the referral's page: GET goes there, POST takes it."""
    actor = posting.actor_of(request)
    received = at_work(actor, code, step)
    if request.method == "GET":
        return HttpResponseRedirect(home(code))
    possible(received, step)
    do(actor, received, posting.version_of(request))
    messages.success(request, told)
    return posting.done(actor, home(code))


def again(
    request: HttpRequest, actor: Actor, code: str, tried: dict[str, Any], said_no: str, *, sealed: str = ""
) -> HttpResponse:
    """The page as it is now, with what was typed and what said no."""
    found, mine = of_code(actor, code)
    status = 200 if said_no == "invalid" else 409
    return showing.show(request, actor, whole(actor, found, mine), tried, status=status, sealed=sealed)
