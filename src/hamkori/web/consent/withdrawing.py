"""The person withdraws: everything, one consent, one part. In any state of the case, at once; then what to tell."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hamkori.access.context import now
from hamkori.casework.case.queries.cases import case as case_of
from hamkori.casework.case.queries.cases import standing
from hamkori.casework.consent.actions import consent as act
from hamkori.casework.consent.queries.consent import Asked, asked
from hamkori.casework.consent.rules.consent import BY_OTHERS
from hamkori.operations import first_stands
from hamkori.people.queries import organisations
from hamkori.refusal import NotAllowed, NotNow
from hamkori.web.consent import doubted, newer_yes, said, withdrawn
from hamkori.web.consent.asked_first import MEANWHILE, is_of_an_older
from hamkori.web.consent.unread import AWAY, NOTHING, not_read, unless_unread
from hamkori.web.consent.views import head, say_what_is_being_closed
from hamkori.web.consent.withdraw_form import EVERYTHING, WithdrawForm, button
from hamkori.web.consent.withdraw_lines import Standing
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.kit.refusals import sentence
from hamkori.web.kit.remembered import how_told, shut_out, speaker
from hamkori.web.kit.written import reads
from hamkori.web.words import lists
from hamkori.web.words.excluded import gets_nothing

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case


@require_http_methods(["GET", "POST"])
@reads(said.taking_back)
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """What was agreed, who has unlocked it, what would stop; a press withdraws, and the next page says what to tell."""
    actor = actor_of(request)
    found = case_of(actor, code)
    if request.method == "GET" and not standing(found).works:
        raise NotAllowed("consent.withdraw")
    at = now()
    former = unless_unread(partial(asked, found, at, to_take_back=True), NOTHING, AWAY)
    if former is AWAY and request.method == "GET":
        raise not_read(found, former)
    if request.method == "GET":
        after = request.GET.get("done", "")
        version = next((one for one in former.versions if str(one.number) == after and one.step == "withdraw"), None)
        if version is not None:
            context = {**head(request, found), **withdrawn.page(found, former, version), "read_at": at.isoformat()}
            context |= {"doubted": doubted.again(former), **newer_yes.of(request, found, former, version)}
            return render(request, "consent/withdrawn.html", context)
        # "Stop everything, everywhere" was pressed: it is ticked. The rest is out of sight while it is (asking.css).
        whole = request.GET.get("all") == "1"
        drawn = {"took": [EVERYTHING] if whole else [], "how_said": how_told.of(request, code) if whole else ""}
        drawn["speaker"] = speaker.of(request, code)
        drawn["excluded"] = [one for one in [shut_out.of(request, code)] if one and whole]
        return _page(request, found, former, WithdrawForm(former=former, child=found.is_child, initial=drawn))
    if is_of_an_older(request, former):
        messages.warning(request, MEANWHILE)
        return done(actor, reverse("consent", args=[found.code]))
    form = WithdrawForm(request.POST, former=former, child=found.is_child)
    if not form.is_valid():
        first_stands(actor)
        if former is AWAY:
            raise not_read(found, former)
        return _page(request, found, former, form)
    try:
        how = form.cleaned_data["how_said"]
        also = {**form.knows(), "excluded": form.shut_out()}
        made = act.withdraw(actor, found, rows=form.rows(), parts=form.parts(), how_said=how, **also)
    except NotNow as refusal:
        if refusal.guard != "how_said":
            raise
        form.add_error("how_said", sentence(refusal))
        return _page(request, found, former, form, status=409)
    say_what_is_being_closed(request, found)
    how_told.remember(request, code, "")
    shut_out.remember(request, code, "")
    return done(actor, newer_yes.onward(request, found.code, made.number, former))


def _page(request: HttpRequest, found: Case, former: Asked, form: WithdrawForm, *, status: int = 200) -> HttpResponse:
    at = now()
    took = form["took"].value() or []
    stands = Standing(found, former, at)
    groups = stands.groups(took)
    how = [(code, button(code, label)) for code, label in lists.choices("how_said")]
    told = form["how_said"].value()
    out = _shut_out(request, found, form)
    context: dict[str, Any] = {
        **head(request, found),
        "title": _("Withdraw consent"),
        "form": form,
        "speaks": [form[name] for name in ("speaker", "suspected") if name in form.fields],
        "sure": former.sure,
        "word": request.POST.get("word", "") if form.is_bound else former.last_said,
        "who_opened": stands.who_opened(),
        "everything": stands.everything(took),
        "shut_out": out,
        "groups": groups,
        "one_by_one": stands.one_by_one(),
        "how": [one for one in how if one[0] != told],
        "told": [(*one, lists.label("how_said", told)) for one in how if one[0] == told],  # said on the page before
        "may_ask_first": found.state_code == "open",
        "asks_first": told in BY_OTHERS or request.GET.get("alone") == "1",
        "speaks_in": lists.label("language", found.language_code) if found.needs_interpreter else "",
        "agreed": former.unwritten or not former.sure or bool(groups or out),
        "now": at,
    }
    return render(request, "consent/withdraw.html", context, status=status)


def _shut_out(request: HttpRequest, found: Case, form: WithdrawForm) -> list[tuple[str, str, bool]]:
    """Who was to get nothing any more on the page that led here, or is ticked: id, sentence, and whether it is ticked.
    Without its tick it stays in sight as long as the page is asked.
    """
    ticked = [str(one) for one in form["excluded"].value() or []]
    asked_for = dict.fromkeys(filter(None, [*ticked, shut_out.of(request, found.code) if form.is_bound else ""]))
    names = {str(one.id): one.name(lists.language()) for one in organisations()} if asked_for else {}
    return [(one, gets_nothing(names[one]), one in ticked) for one in asked_for if one in names]
