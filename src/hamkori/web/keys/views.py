"""Keys: who holds them, what must be made, and who has asked whom. A button says what the other person must do."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST, require_safe

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.access.scope import require
from hamkori.casework.case.queries.older_keys import cases_under_older_key
from hamkori.people import decisions, queries
from hamkori.people.actions import continuity
from hamkori.people.decisions import Keys, Question
from hamkori.people.rules.two_person import REASONS, can_be_held
from hamkori.people.sign_in import bodies
from hamkori.vault import server
from hamkori.web.kit import moments
from hamkori.web.kit.forms import KitForm
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.sessions.signed_in import actor_of as reader_of
from hamkori.web.words import lists
from hamkori.web.words.fields import Coded


class ReasonForm(KitForm):
    """Why it is asked, or why not: one code, no text."""

    reason = Coded(REASONS["ask"], gettext_lazy("Why now?"), needed=gettext_lazy("Choose a reason."))


class RefuseForm(ReasonForm):
    """Why not."""

    reason = Coded(REASONS["refuse"], gettext_lazy("Why not?"), needed=gettext_lazy("Choose a reason."))


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What a key holder must know and do. Nothing of a case but its being counted."""
    return _page(request, reader_of(request))


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """Asks another key holder to agree that the key is made."""
    actor = actor_of(request)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, asking=form, status=400)
    continuity.ask(actor, reason=form.cleaned_data["reason"])
    messages.success(request, _("You asked. Another key holder must agree within three days."))
    return done(actor, reverse("keys"))


@require_POST
def agree(request: HttpRequest, question: UUID) -> HttpResponse:
    """Agrees: the key is made in this session."""
    actor = actor_of(request)
    continuity.agree(actor, question=question)
    messages.success(request, _("The key is made. New parts of cases are locked with it from now on."))
    return done(actor, reverse("keys"))


@require_POST
def refuse(request: HttpRequest, question: UUID) -> HttpResponse:
    """Says no, with a reason."""
    actor = actor_of(request)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, refusing=form, status=400)
    continuity.refuse(actor, question=question, reason=form.cleaned_data["reason"])
    messages.success(request, _("You refused. No key was made. The person who asked is told and can ask again."))
    return done(actor, reverse("keys"))


@require_POST
def take_back(request: HttpRequest, question: UUID) -> HttpResponse:
    """Asks no longer."""
    actor = actor_of(request)
    continuity.take_back(actor, question=question)
    messages.success(request, _("You withdrew your question. No key was made. You can ask again."))
    return done(actor, reverse("keys"))


def _page(
    request: HttpRequest,
    actor: Actor,
    *,
    asking: ReasonForm | None = None,
    refusing: RefuseForm | None = None,
    status: int = 200,
) -> HttpResponse:
    require(actor, "key.view")
    found, at = decisions.keys(actor, server.trust()), now()
    names = {one.user_id: one.name for one in queries.colleagues(actor)}
    holders = sorted(names.get(one.user, "") for one in found.holders)
    enough = can_be_held({one.id: one.user for one in found.holders})
    waits = found.question
    context = {
        "title": pgettext("of an organisation", "Keys"),
        "now": at,
        "rows": [
            (_("Organisation"), _organisation(actor)),
            (_("Key holders"), ", ".join(holders)),
            (_("Key"), _key(found)),
            (_("Cases under an older key"), cases_under_older_key()),
        ],
        "enough": enough,
        "first": found.number is None,
        "due": found.is_due and waits is None,
        "waits": _waits(waits, actor, names, at) if waits else None,
        "asking": (asking or ReasonForm()) if found.is_due and waits is None else None,
        "refusing": (refusing or RefuseForm()) if waits and waits.asked_user != actor.user_id else None,
        "holders": ", ".join(holders),
        "errors": asking or refusing,
    }
    return render(request, "keys/page.html", context, status=status)


def _organisation(actor: Actor) -> str:
    """Which one's key this is: a key holder may serve several."""
    mine = (place.organisation for place in bodies() if place.post.membership_id == actor.membership_id)
    return next((one.name(actor.language) for one in mine), "")


def _key(found: Keys) -> str:
    if found.number is None or found.since is None:
        return _("There is none yet.")
    day = moments.day(timezone.localdate(found.since), timezone.localdate())
    return _("Number %(number)d, made: %(day)s") % {"number": found.number, "day": day}


def _waits(asked: Question, actor: Actor, names: dict[UUID, str], at: Any) -> dict[str, Any]:
    return {
        "id": asked.id,
        "mine": asked.asked_by == actor.membership_id,
        "own_elsewhere": asked.asked_by != actor.membership_id and asked.asked_user == actor.user_id,
        "who": names.get(asked.asked_user, ""),
        "reason": lists.label(REASONS["ask"], asked.reason),
        "until": asked.expires_at,
    }
