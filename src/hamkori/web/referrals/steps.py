"""Single steps of the sender: each on its own address, whose last word is the action's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hamkori.access.actor import Actor
from hamkori.casework.referral.actions import confirm as confirming
from hamkori.casework.referral.actions import send as actions
from hamkori.casework.referral.actions.agreed import open_present_signs
from hamkori.casework.referral.queries import refer as preparing
from hamkori.casework.referral.queries import referrals as queries
from hamkori.casework.referral.queries.referrals import SENDER, SenderPage
from hamkori.casework.referral.rules.lifecycle import REFERRAL
from hamkori.directory import queries as directory
from hamkori.refusal import NotAllowed, NotNow, NotVisible
from hamkori.web.kit.forms import KitForm
from hamkori.web.kit.posting import actor_of, done, version_of
from hamkori.web.referrals import showing
from hamkori.web.referrals.forms import AddForm, AnswerForm, ConfirmForm, ReasonForm, WithdrawForm
from hamkori.web.referrals.page import possible
from hamkori.web.words import Audience, lists, sections
from hamkori.web.words import referral as words

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral


@require_POST
def stop(request: HttpRequest, code: str) -> HttpResponse:
    """Takes it back before the desk has seen it; the draft opens again."""
    actor, page = _page(request, code)
    with words.in_words(page.referral):
        actions.stop(actor, page.referral, version=version_of(request))
    return done(actor, reverse("referral", args=[code]))


@require_POST
def discard(request: HttpRequest, code: str) -> HttpResponse:
    """Throws a draft away, and her words in it."""
    actor, page = _page(request, code)
    with words.in_words(page.referral):
        actions.discard(actor, page.referral, version=version_of(request))
    return done(actor, f"/cases/{page.case.code}/")


@require_http_methods(["GET", "HEAD", "POST"])
def recall(request: HttpRequest, code: str) -> HttpResponse:
    """Ends it from the sender's side, with a reason that the other side does not read.

    By POST the action says whether it has ended already: then it has for good.
    """
    actor, page = _page(request, code, step="recall", asks=request.method != "POST")
    form = ReasonForm(request.POST or None, reasons="recall_reason", label=_("Why is it taken back?"))
    says = {
        "heading": _("Recall this request"),
        "text": _("It ends at once, and what was sent can no longer be opened. They read only that it ended."),
        "button": _("Recall"),
        "provisional": True,
    }
    return _asked(
        request,
        page,
        form,
        says,
        lambda cleaned: actions.recall(actor, page.referral, version=version_of(request), reason=cleaned["reason"]),
        actor,
    )


def withdraw(request: HttpRequest, actor: Actor, found: Referral) -> HttpResponse:
    """Her word ends this request. On the receiver's side their own page does the same.

    By POST it ends whatever it finds: somebody who was faster does not make her say it twice.
    """
    code = found.code
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():  # it needs nothing of what a page shows
        with words.in_words(found):
            _withdraw(request, actor, found, form.cleaned_data["how_said"])
        return done(actor, reverse("referral", args=[code]))
    actor, page = _page(request, code, step="" if request.method == "POST" else "withdraw")
    says = {
        "heading": _("She wants it ended"),
        "text": _(
            "It ends at once, and what was sent can no longer be opened. What was read cannot be unread. Her other"
            " agreements stay as they are: ask her about them on the page of her agreement."
        ),
        "button": _("End it"),
        "consent_url": f"/cases/{page.case.code}/consent/",
    }
    return _asked(
        request,
        page,
        form,
        says,
        lambda cleaned: _withdraw(request, actor, page.referral, cleaned["how_said"]),
        actor,
    )


def _withdraw(request: HttpRequest, actor: Actor, referral: Referral, how_said: str) -> None:
    if actions.withdraw(actor, referral, how_said=how_said):
        if queries.is_being_closed(referral):
            messages.info(request, words.being_closed())
    else:
        messages.info(request, _("This referral had already ended. What was sent can no longer be opened."))


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, code: str) -> HttpResponse:
    """Answers the open question with a code of its list."""
    actor, page = _page(request, code, step="answer")
    if page.open_question is None:
        raise NotNow("from_state", state=words.state(queries.sender_state(page.referral)))
    form = AnswerForm(request.POST or None, question=page.open_question.question)
    says = {
        "heading": _("Answer their question"),
        "text": _("The answer is a code, and they see it on the card. Their time to answer runs on."),
        "button": _("Send the answer"),
        "provisional": True,
    }
    return _asked(
        request,
        page,
        form,
        says,
        lambda cleaned: actions.answer(
            actor, page.referral, version=version_of(request), answer_code=cleaned["answer_code"]
        ),
        actor,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Closes the loop: her view, and whether the result is agreed with."""
    actor, page = _page(request, code, step="confirm")
    disputed = page.referral.state_code == "disputed"
    form = ConfirmForm(request.POST or None, disputed=disputed)
    questionable = not disputed and not page.referral.was_disputed
    says = {
        "heading": _("Confirm the result"),
        "text": _("Ask her only if it is safe. Not asked is an answer too."),
        "button": _("Confirm"),
        "result": lists.label("referral_result", page.referral.result_code),
        "question_url": reverse("referral_dispute", args=[code]) if questionable else "",
        "provisional": True,
    }
    return _asked(
        request,
        page,
        form,
        says,
        lambda cleaned: confirming.confirm(
            actor,
            page.referral,
            version=version_of(request),
            her_view=cleaned["her_view"],
            agrees=cleaned.get("agrees") == "yes",
        ),
        actor,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request: HttpRequest, code: str) -> HttpResponse:
    """Questions a result, once."""
    actor, page = _page(request, code, step="dispute")
    if page.referral.was_disputed:
        raise NotNow("not_disputed_before")
    form = ReasonForm(request.POST or None, reasons="dispute_reason", label=_("What is not right?"))
    says = {
        "heading": _("Question the result"),
        "text": _("They are told and may mend the result. It can be questioned once."),
        "button": _("Question it"),
        "result": lists.label("referral_result", page.referral.result_code),
        "provisional": True,
    }
    return _asked(
        request,
        page,
        form,
        says,
        lambda cleaned: confirming.dispute(actor, page.referral, version=version_of(request), reason=cleaned["reason"]),
        actor,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, code: str) -> HttpResponse:
    """One more packet for the team that helps: parts agreed since, or the same parts written further."""
    actor, page = _page(request, code, step="add")
    if request.method != "POST" and not actor.vault_open:
        raise NotNow("vault_open")
    found = page.referral
    known = preparing.prepared_for(actor, page.case.pk)
    listing = directory.service(actor, found.service_id, language=lists.language())
    to = preparing.Offer(found.to_organisation_id, listing.compartment, found.service_code, True, True)
    way = preparing.way(known, actor, to, found.purpose_code)
    went = frozenset(found.sender.sections)
    hints = {
        one: (
            _("went before; goes again with what was written since")
            if one in went
            else sections.holds(one, Audience.SENDER, named=way.named)
        )
        for one in way.offered
    }
    picks_signs = way.by_item and "screening" in request.POST.getlist("sections")
    signs = open_present_signs(actor.doing(None), page.case) if picks_signs else []
    form = AddForm(request.POST or None, offered=hints, signs=signs)
    says = {
        "heading": _("Send further parts"),
        "text": _("Only what she agreed to. The people who were named there read it at once."),
        "button": _("Send these parts"),
        "nothing": not hints,
        "blocks": [words.said(block) for block in way.blocks if block.guard in showing.ASK_HER],
        "consent_url": f"/cases/{page.case.code}/consent/",
    }
    if picks_signs and signs and form.is_valid() and not form.cleaned_data["items"]:
        form.add_error("items", _("Choose with her which signs go."))
    return _asked(
        request,
        page,
        form,
        says,
        lambda cleaned: actions.add(
            actor,
            found,
            version=version_of(request),
            sections=cleaned["sections"],
            items=cleaned.get("items", ()),
        ),
        actor,
    )


# --- parts of these ------------------------------------------------------------------------------------------


def _page(request: HttpRequest, code: str, step: str = "", *, asks: bool = True) -> tuple[Actor, SenderPage]:
    """The actor and the page; a step that is not possible now answers with the state that it has, if it `asks`."""
    actor = actor_of(request)
    found = queries.referral(actor, code)
    on = queries.sides(found)
    if not on & SENDER:
        raise NotAllowed(f"referral.{step}") if on else NotVisible
    page = queries.sender_page(actor, found, on)
    if step and asks and step not in possible(page):
        raise _why_not(page, step)
    return actor, page


def _why_not(page: SenderPage, step: str) -> NotNow | NotAllowed:
    ever = any(row.name == step and page.sides & set(row.sides) for row in REFERRAL.steps)
    if not ever:
        return NotAllowed(f"referral.{step}")
    if step == "dispute" and page.referral.was_disputed and page.referral.state_code == "finished":
        return NotNow("not_disputed_before")
    return NotNow("from_state", state=words.state(queries.sender_state(page.referral)))


def _asked(
    request: HttpRequest,
    page: SenderPage,
    form: KitForm,
    says: dict[str, Any],
    act: Callable[[dict[str, Any]], Any],
    actor: Actor,
) -> HttpResponse:
    """Shows the question; by POST with a valid answer takes the step and goes back to the referral."""
    code = page.referral.code
    if request.method == "POST" and form.is_valid():
        with words.in_words(page.referral):
            act(form.cleaned_data)
        return done(actor, reverse("referral", args=[code]))
    context = {
        "title": _("Referral"),
        "in_task": True,
        "back": {"url": reverse("referral", args=[code]), "label": _("Referral")},
        "now": page.at,
        "form": form,
        "code": code,
        "to": queries.body_name(page.referral.to_organisation, page.referral.to_organisation_id, lists.language()),
        "version": page.referral.version,
        "operation": request.POST.get("operation", ""),
        **says,
    }
    return render(request, "referrals/step.html", context)
