"""One address for the steps of a case: which one is shown, and where the way goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from hamkori.access.actor import Actor
from hamkori.access.scope import require
from hamkori.casework.case.queries import cases
from hamkori.casework.consent.queries.said import newest
from hamkori.casework.referral.queries import refer as preparing
from hamkori.casework.referral.queries.drafts import draft_of
from hamkori.refusal import NotNow
from hamkori.web.first import agreeing, asking, checking, child, choosing, later, need, sent, who
from hamkori.web.first.frame import address
from hamkori.web.kit.begun import unsealed
from hamkori.web.kit.posting import actor_of
from hamkori.web.kit.refusals import leads_on
from hamkori.web.kit.written import gives_back
from hamkori.web.words import child_alone, lists

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

Shown = Callable[[HttpRequest, Actor, "Case"], HttpResponse]
STEPS: Mapping[str, Shown] = {
    "danger": later.danger,
    "later": later.later,
    "who": who.who,
    "consent": agreeing.consent,
    "alone": child.alone,
    "adult": child.adult,
    "need": need.need,
    "service": choosing.service,
    "check": checking.check,
    "sent": sent.sent,
}
WRITABLE = ("draft", "open")


FORMS: Mapping[str, Callable[[], forms.BaseForm]] = {
    "later": later.LaterForm,
    "who": who.WhoForm,
    "consent": partial(asking.WholeForm, child=True),
    "need": need.NeedForm,
    "check": checking.TellForm,
}
"""What may be typed in a step, to give it back where it could not be taken."""


def _drawn(request: HttpRequest) -> forms.BaseForm | None:
    drawn = FORMS.get(request.GET.get("step", ""))
    return drawn() if drawn is not None else None


@require_http_methods(["GET", "POST"])
@gives_back(_drawn)
def step(request: HttpRequest, code: str) -> HttpResponse:
    """A step of the way; without one, the first that was not taken yet."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "case.edit", case)
    if case.state_code not in WRITABLE:
        raise NotNow("from_state", state=lists.label("case_state", case.state_code))
    unsealed(actor)
    leads_on(request, code)
    shown = STEPS.get(request.GET.get("step", ""))
    return shown(request, actor, case) if shown is not None else HttpResponseRedirect(_goes_on(actor, case))


def _goes_on(actor: Actor, case: Case) -> str:
    """Where the way goes on, by what is known: nothing remembers it."""
    if (draft := draft_of(case)) is not None:
        return address(case.code, "check", of=draft.code)
    if child_alone.waits(case) and not preparing.prepared_for(actor, case.pk).agrees:
        return address(case.code, "alone")
    if case.state_code == "open" or newest(case.pk) is not None:
        return address(case.code, "need")
    known = (case.sex_code, case.age_band_code) != ("other_or_not_said", "unknown") and case.region_code
    return address(case.code, "consent" if known else "who")
