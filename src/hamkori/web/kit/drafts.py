"""What somebody is typing is kept for them alone: every three seconds by script, offered when the form is opened again.

A form asks for it with `data-draft` (`kit/js/draft.js`), `{% typing_offer %}` before it and `{% typing_state %}` in it.
Which form it is, its address says. What was typed stands in the page of the form and nowhere else, so that whoever may
not open the form does not read it. See docs/adr/0091-typing-is-kept-for-its-writer.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.action import mismatch
from hamkori.operations import AlreadyDone, first_stands
from hamkori.refusal import NotNow
from hamkori.vault import typed
from hamkori.vault.bytes import Sealed
from hamkori.web.kit import moments
from hamkori.web.kit.local import local
from hamkori.web.kit.posting import NOT_SAID
from hamkori.web.kit.written import BY_WHOM, reads

LONGEST_ADDRESS: Final = 300
NOT_TYPED: Final = NOT_SAID | {BY_WHOM, "page_of", "of"}
"""What a form carries beside what its writer says."""


@require_POST
@reads(lambda _request, _sent: ())
def keep(request: HttpRequest) -> HttpResponse:
    """Keeps what a form holds now; the answer is one sentence for the form. 409: nothing is open to lock it with."""
    actor = request.actor  # type: ignore[attr-defined]
    form, draft = local(request.POST.get("of", "")[: LONGEST_ADDRESS + 1]), _id(request, "operation")
    if draft is None or not form or len(form) > LONGEST_ADDRESS:
        return HttpResponse(status=400)
    if actor.keys is None:
        return HttpResponse(status=409)
    try:
        first_stands(actor.doing(draft))
    except (AlreadyDone, NotNow):
        return HttpResponse("")  # it was saved meanwhile
    fields = {name: [str(one) for one in values] for name, values in request.POST.lists() if name not in NOT_TYPED}
    at = now()
    if not typed.keep(actor.user_id, actor.keys, form, draft, fields, at):
        return HttpResponse(status=413)
    return HttpResponse(_("Kept for you alone at %(time)s.") % {"time": moments.clock_time(at)})


@require_POST
@reads(lambda _request, _sent: ())
def drop(request: HttpRequest) -> HttpResponse:
    """Throws away all that was typed into this form, not the newest alone, and leads back to it."""
    draft, form, actor = _id(request, "draft"), local(request.POST.get("of", "")), request.actor  # type: ignore[attr-defined]
    if draft is not None:
        typed.drop(draft)
    if form and actor.keys is not None:
        typed.saved(actor.keys, form)
    return HttpResponseRedirect(local(request.POST.get("next", "")) or reverse("today"), status=303)


def offered(request: HttpRequest, of: str = "") -> typed.Typed | None:
    """What was typed into the form of this page and not saved. Nothing where a form comes back with what was sent."""
    actor = getattr(request, "actor", None)
    if request.method != "GET" or actor is None:
        return None
    return put_by_for(actor, of or request.get_full_path())


def put_by(actor: Actor, of: str, fields: Mapping[str, list[str]], at: datetime) -> None:
    """Keeps answers that cannot be saved yet, for their writer alone, in the place of what was kept there before."""
    if actor.keys is not None and actor.user_id is not None:
        typed.saved(actor.keys, of)
        typed.keep(actor.user_id, actor.keys, of, uuid4(), fields, at)


def put_by_for(actor: Actor, of: str) -> typed.Typed | None:
    """What is kept there; None where nothing is, or nothing is open that unlocks it."""
    if actor.keys is None or actor.user_id is None:
        return None
    try:
        return typed.newest(actor.user_id, actor.keys, of)
    except Sealed as error:
        mismatch(actor, error, "typing.offer")
        return None


def put_away(actor: Actor, of: str) -> None:
    """It is kept no longer."""
    if actor.keys is not None:
        typed.saved(actor.keys, of)


def saved(request: HttpRequest, of: str = "") -> None:
    """What was typed into this form has been saved: it is kept no longer. `of`: as the form says where it says so."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    draft = _id(request, "operation")
    if draft is not None:
        typed.drop(draft)  # a form may be sent to another address than its page's
    if actor.keys is not None:
        typed.saved(actor.keys, of or request.get_full_path())


def _id(request: HttpRequest, name: str) -> UUID | None:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        return None
