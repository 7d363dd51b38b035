"""The receiving side of a referral: who may take a step, whether its time has come, and what its page answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.access.actor import Actor
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.queries.received import OURS, Received, of_code, whole
from hamkori.casework.referral.rules.lifecycle import REFERRAL
from hamkori.refusal import NotAllowed, NotNow
from hamkori.web.kit.stepping import PageOfSteps, Step, Taking
from hamkori.web.received import showing, trying
from hamkori.web.words import lists

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral

At = Taking[Received]


class Receiving(PageOfSteps[Received]):
    """Most steps are asked on the referral's own page; what says something by itself (`says`) has a page of its own."""

    machine = REFERRAL
    sides = OURS
    address = "referrals/<str:code>/{}/"
    name = "referral_{}"

    def find(self, actor: Actor, code: str, step: Step[Received]) -> Received:
        """The referral for a step. Another side of the same body: NotAllowed."""
        return at_work(actor, code, step.name)

    def possible(self, taking: At) -> None:
        """NotNow("from_state"): another person was faster."""
        possible(taking.thing, taking.step.name)

    def tried(self, taking: At) -> str:
        """The guard's sentence stands beside its field."""
        return trying.attempt(taking.form, lambda: self.act(taking), taking.step.beside)

    def home(self, taking: At) -> str:
        """The referral's page; who has just left has none."""
        mine = str(taking.actor.membership_id)
        if taking.step.name == "staff" and mine in taking.said["leaves"] and Side.DESK not in taking.thing.sides:
            return reverse("today")
        return home(taking.code)

    def shows(self, step: Step[Received]) -> bool:
        """A step of the referral's page is led there."""
        return step.says is not None

    def show(self, taking: At) -> HttpResponse:
        """The page as it is now, with what was typed and what said no."""
        step, request = taking.step, taking.request
        if step.says is None:
            return again(request, taking.actor, taking.code, {step.name: taking.form}, taking.said_no)
        return own_page(request, taking.thing, step.name, taking.form, taking.said_no, taking.says)


RECEIVING = Receiving()


def home(code: str) -> str:
    """The page of this referral."""
    return reverse("referral", args=[code])


def at_work(actor: Actor, code: str, step: str) -> Received:
    """The referral for a step. Another side of the same body: NotAllowed."""
    return whole(actor, *of_side(actor, code, step))


def of_side(actor: Actor, code: str, step: str) -> tuple[Referral, frozenset[str]]:
    """The same without what a page shows of it: the referral, and which sides of it the actor has."""
    found, mine = of_code(actor, code)
    if not mine & RECEIVING.who(step):
        raise NotAllowed(f"referral.{step}")
    return found, mine


def possible(received: Received, step: str) -> None:
    """NotNow("from_state") in words that the receiver may read."""
    if step not in received.steps:
        raise trying.said(NotNow("from_state", state=received.state))


def again(
    request: HttpRequest, actor: Actor, code: str, tried: dict[str, Any], said_no: str, *, sealed: str = ""
) -> HttpResponse:
    """The referral's page as it is now, with what was typed and what said no."""
    found, mine = of_code(actor, code)
    return showing.show(request, actor, whole(actor, found, mine), tried, status=_status(said_no), sealed=sealed)


def own_page(
    request: HttpRequest, received: Received, step: str, form: Any, said_no: str, says: Mapping[str, Any]
) -> HttpResponse:
    """A page for one step alone."""
    context = {
        "back": {"url": home(received.referral.code), "label": _("Request")},
        "in_task": True,
        "now": received.at,
        "it": received,
        "referral": received.referral,
        "service": lists.label("service", received.referral.service_code),
        "form": form,
        **says,
    }
    return render(request, f"received/{step}.html", context, status=_status(said_no))


def _status(said_no: str) -> int:
    return 200 if said_no in ("", "invalid") else 409
