"""The receiving side of a referral: who may take a step, whether its time has come, and what its page answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.consent.machinery.her_no import GONE
from hamkori.casework.referral.queries.received import OURS, Received, of_code, whole
from hamkori.casework.referral.rules.lifecycle import REFERRAL
from hamkori.refusal import ENDED, Invalid, NotAllowed, NotNow
from hamkori.web.kit import moments, refusals
from hamkori.web.kit.forms import KitForm
from hamkori.web.kit.stepping import PageOfSteps, Step, Taking
from hamkori.web.received import showing, wanted
from hamkori.web.words import arrival, lists
from hamkori.web.words import referral as words

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

    def leads_on(self, taking: At) -> None:
        """To the referral; and whom to call where somebody stands at the door whom nobody expects any more."""
        comes = taking.step.name == "serve"
        refusals.goes_on(taking.request, home(taking.code), wanted.at_the_door(taking.thing) if comes else "")

    def possible(self, taking: At) -> None:
        """NotNow("from_state"): another person was faster."""
        possible(taking.thing, taking.step.name)

    def act(self, taking: At) -> None:
        """Of a step that is one button it is said what changed; a form is given back with what was typed."""
        try:
            super().act(taking)
        except NotNow as refusal:
            if taking.form is not None or refusal.guard != "version_same":
                raise
            raise since(taking.thing.referral, refusal, taking.actor.membership_id) from None

    def tried(self, taking: At) -> str:
        """The guard's sentence stands beside its field."""
        try:
            return attempt(taking.form, lambda: self.act(taking), taking.step.beside)
        except NotNow as refusal:
            before = words.said_before(taking.thing.referral, taking.actor.membership_id)
            raise (before if refusal.guard == "from_state" and before else refusal) from None

    def home(self, taking: At) -> str:
        """The referral's page; who has just left has none."""
        mine = str(taking.actor.membership_id)
        if taking.step.name == "staff" and mine in taking.said["leaves"] and Side.DESK not in taking.thing.sides:
            return reverse("today")
        # What was unlocked stays open: who has come is whom it is about.
        there = "?open=packet" if taking.step.name == "serve" and taking.request.POST.get("open") == "packet" else ""
        return f"{home(taking.code)}{there}"

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
    """NotNow in words that the receiver may read: that it has ended, which of them said what before, else the state."""
    if step not in received.steps:
        if received.state == ENDED and received.referral.ended_at is not None:
            raise NotNow("ended_since", time=moments.moment(received.referral.ended_at, now()))
        before = words.said_before(received.referral, received.facts.actor.membership_id)
        raise before or said(NotNow("from_state", state=received.state))


def again(
    request: HttpRequest, actor: Actor, code: str, tried: dict[str, Any], said_no: str, *, sealed: str = ""
) -> HttpResponse:
    """The referral's page as it is now, with what was typed and what said no."""
    received = whole(actor, *of_code(actor, code))
    changed = str(_sentence(NotNow(CHANGED))) if said_no == CHANGED else ""
    return showing.show(request, actor, received, tried, status=_status(said_no), sealed=sealed, changed=changed)


def own_page(
    request: HttpRequest, received: Received, step: str, form: Any, said_no: str, says: Mapping[str, Any]
) -> HttpResponse:
    """A page for one step alone."""
    context = {
        "back": {"url": home(received.referral.code), "label": _("Referral")},
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
    return {"": 200, "invalid": 400}.get(said_no, 409)


# --- how a step is tried: once, with the guard's sentence beside its field, and what was typed kept --------------


BESIDE = {
    "team_named": "team",
    "arrival_given": "arrival_on",
    "reason_given": "reason",
    "result_given": "result",
    "no_open_question": "question_code",
    "under_three": "question_code",
    "under_two_moves": "arrival_on",
    "last_member": "leaves",
}
"""Guard -> the field it is said at; the others stand above the form."""
SEALED = "vault_open"
CHANGED = "summary_same"
"""Said once, above the summary as it stands now."""


def attempt(form: KitForm, do: Callable[[], object], fields: Mapping[str, str] | None = None) -> str:
    """Does it. '' when done, else the guard (or "invalid") that said no, its sentence in the form.

    NotNow("from_state") is raised on: another person was faster, and there is nothing left to fill in. So is
    "unwritten_gone": there is nobody any more for whom the form could be drawn.
    """
    try:
        do()
    except NotNow as refusal:
        if refusal.guard in ("from_state", GONE):
            raise said(refusal) from None
        if refusal.guard == CHANGED:
            return CHANGED
        beside = {**BESIDE, **(fields or {})}
        name = beside.get(refusal.guard)
        form.add_error(name if name in form.fields else None, _sentence(refusal))
        return refusal.guard
    except Invalid as refusal:
        form.say(refusal)
        return "invalid"
    return ""


def since(found: Referral, refusal: NotNow, me: UUID | None = None) -> NotNow:
    """What changed since the page was opened, and when: it has ended, or what was said last, by a colleague or by the
    sender; else as it was. `me`: who asks.
    """
    found.refresh_from_db()
    values: dict[str, object] = {}
    if found.ended_at is not None:
        guard, values["time"] = "ended_since", moments.moment(found.ended_at, now())
    elif found.missed_at is not None and (newest := words.said_before(found, me)) is not None:
        newest.ledger = refusal.ledger
        return newest
    elif found.heard_at is not None and found.heard_code in ("came", "did_not_come"):
        guard, values["time"] = "heard_since", moments.moment(found.heard_at, now())
        values["what"] = arrival.heard(found.heard_code, found.service_code)
    else:
        return refusal
    told = NotNow(guard, **values)
    told.ledger = refusal.ledger
    return told


def said(refusal: NotNow) -> NotNow:
    """The same refusal with the state in words that the receiver may read."""
    if "state" in refusal.values:
        refusal.values["state"] = words.state(str(refusal.values["state"]))
    return refusal


def _sentence(refusal: NotNow) -> Any:
    match refusal.guard:
        case "version_same":
            return _("This referral changed while you were writing. Look at it once more, then send again.")
        case "consent_live":
            return _("The person's consent is not valid now. Nothing can be opened until the sender has asked again.")
        case "desk_ready":
            return _("You do not hold the key of your referral desk yet. A colleague there has to let you in first.")
        case _:
            return refusals.sentence(refusal) or _("Something changed. Nothing was written.")
