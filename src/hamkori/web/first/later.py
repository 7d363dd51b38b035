"""Danger, or no place to talk: first the call; another time; and what is saved of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hamkori.access.actor import Actor
from hamkori.casework.case.actions import case as act
from hamkori.casework.case.rules import days
from hamkori.operations import first_stands
from hamkori.people.queries import organisation
from hamkori.refusal import Invalid, NotNow
from hamkori.web.cases.register_forms import districts
from hamkori.web.first.frame import address, drawn
from hamkori.web.kit.forms import DateField, KitForm, Segments
from hamkori.web.kit.posting import done, version_of
from hamkori.web.kit.refusals import sentence
from hamkori.web.nav import places
from hamkori.web.words.calling import no_police_in
from hamkori.web.words.fields import Coded

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

AGAIN = ("call_back", "meet")
NOT_HERE = {"signs", "ask_agreement", "refer", "settle_in", "go_along", "review_risk", "review_needs", "close"}
"""Next steps of a case that is under way: nobody could be talked to yet."""


class LaterForm(KitForm):
    """When, and how: the next step of a case that nobody can talk about now."""

    next_step_code = Coded(
        "next_step", _("How"), but=NOT_HERE, initial="meet", widget=Segments,
    )  # fmt: skip
    next_step_on = DateField(label=_("On which day"), error_messages={"required": _("Choose a day for it.")})
    district = forms.ChoiceField(
        label=_("District where the person is now"),
        help_text=_("Kept locked. Lists show the region only."),
        error_messages={"required": _("Choose a district.")},
    )

    def __init__(
        self, *args: Any, today: date | None = None, region: str = "", placed: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if today is not None:
            self.day("next_step_on").between(*days.next_step(today))
        self.offer("district", [("", _("Choose")), *districts(region)])
        if placed:
            del self.fields["district"]


def danger(request: HttpRequest, _actor: Actor, case: Case) -> HttpResponse:
    """Somebody is in danger: the page waits while somebody calls. What was said is saved already."""
    more = {"waits": True, "no_police": no_police_in(case.pk), "case_url": reverse("case", args=[case.code])}
    return drawn(request, "calls", {**more, **_ways(case)}, case=case)


def _ways(case: Case) -> dict[str, str]:
    return {"who_url": address(case.code, "who"), "later_url": address(case.code, "later")}


def later(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """Another time and way are agreed: the case opens with that as its next step."""
    today = timezone.localdate(places(request)["now"])
    region = organisation(actor.organisation_id).region if actor.organisation_id else ""
    known: dict[str, Any] = {"today": today, "region": region, "placed": bool(case.region_code)}
    form = LaterForm(request.POST or None, initial={"next_step_on": today + timedelta(days=1)}, **known)
    if request.method == "POST" and form.is_valid():
        try:
            return _kept(request, actor, case, dict(form.cleaned_data))
        except Invalid as refusal:
            form.say(refusal)
        except NotNow as refusal:
            form.add_error(None, sentence(refusal))
    first_stands(actor)
    status = 400 if request.method == "POST" else 200
    return drawn(request, "later", {"form": form, **_ways(case)}, case=case, status=status)


def _kept(request: HttpRequest, actor: Actor, case: Case, codes: dict[str, object]) -> HttpResponse:
    version = version_of(request)
    district = codes.pop("district", "")
    if case.state_code == "draft":
        codes["need_tonight_codes"] = list(case.need_tonight_codes) or ["not_asked"]
        sealed = {"place": {"district": district}} if district else {}
        act.register(actor, case, version=version, codes=codes, sealed=sealed)
    else:
        act.edit(actor, case, version=version, codes=codes)
    messages.success(request, _("Saved. The day and the way are the next step of this case, and come back on Today."))
    return done(actor, reverse("case", args=[case.code]))
