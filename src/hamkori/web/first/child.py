"""A child in the short way: the child and an adult answer; where no adult can be asked, what is done instead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.casework.case.actions import case as act
from hamkori.casework.consent.queries.agreed import Agreed, agreed
from hamkori.operations import first_stands
from hamkori.refusal import NotNow
from hamkori.web.consent import about_child, doubted
from hamkori.web.consent.forms import AT_FIELD
from hamkori.web.first import heard
from hamkori.web.first.frame import address, beside, drawn
from hamkori.web.kit.forms import KitForm
from hamkori.web.kit.posting import done, version_of
from hamkori.web.kit.refusals import sentence
from hamkori.web.words import case as words
from hamkori.web.words import child_alone, child_heard, lists, red

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.casework.consent.queries.consent import Said
    from hamkori.web.first.asking import AgreeForm
    from hamkori.web.words.child_heard import Heard

ORDER = ("child_answer", "child_reason", "speaker", "suspected")


def ask(form: KitForm) -> None:
    """Adds a child's questions, the child's own first."""
    asked = about_child.fields()
    form.fields.update({name: asked[name] for name in ORDER})
    doubted.ask(form)
    form.fields["child_answer"].help_text = ""  # it stands above the questions, in fewer words
    form.fields["speaker"].help_text = about_child.BROUGHT
    form.offer("speaker", [*lists.choices("speaker"), (about_child.NOBODY, _("No adult can be asked now"))])


def is_alone(form: KitForm) -> bool:
    """Whether no adult can be asked."""
    return bool(form.cleaned_data.get("speaker") == about_child.NOBODY)


def asking(form: KitForm) -> dict[str, Any]:
    """How a child was asked, for the action."""
    said, alone = form.cleaned_data, is_alone(form)
    return {
        "speaker": "" if alone else said.get("speaker", ""),
        "speaker_suspected": not alone and said.get("suspected") != "no",
        "child_answer": said.get("child_answer", ""),
        "child_reason": said.get("child_reason", ""),
        "as_child": True,
    }


def no_more(form: AgreeForm, said: Iterable[Said]) -> bool:
    """Whether a yes was asked of a child who is known to be an adult by now: the page was drawn before."""
    drawn = form.data.get("how") == "child_speaker" or any(name in form.data for name in ORDER)
    return drawn and not form.child and any(one.agrees for one in said)


def complete(form: KitForm) -> None:
    """All that a yes still needs, at once, in the guards' own sentences; the action asks them again."""
    said = form.cleaned_data
    child = said.get("child_answer") if said.get("child_answer") != "not_asked" else said.get("child_reason")
    for guard, holds in (
        ("child_answer", bool(child)),
        ("child_speaker", bool(said.get("speaker"))),
        ("child_guardian_clear", said.get("suspected") == "no"),
    ):
        if not holds:
            unsaid = guard == "child_guardian_clear" and not said.get("suspected")
            suspected = guard == "child_guardian_clear"
            why = about_child.may_be_involved(said.get("speaker") or "") if suspected else sentence(NotNow(guard))
            form.add_error(AT_FIELD[guard], _("Say whether this adult may be involved.") if unsaid else why)
    doubted.hold(form)


def alone(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """What can be done tonight: nothing is sent, who is called, and that the case comes back on Today."""
    if not case.is_child:
        first_stands(actor)
        return HttpResponseRedirect(address(case.code, "consent"))
    said = agreed(case, now())
    no = words.said_no(said)
    if request.method == "POST":
        return _kept_as_it_is(request, actor, case, said) if no else _kept(request, actor, case)
    begins = case.state_code == "draft"
    kept = heard.now_of(actor, case)
    more = {
        "alone": child_alone.whom_to_call(actor, case),
        "consent_url": _adults_part(case, kept),
        "heard": kept.when if kept is not None else "",
        "brought": about_child.BROUGHT,
        "signs_url": address(case.code, "consent", only="signs"),
        "reached_url": _reached_url(case),
        "said_no": no,
        "no_adult": red.NO_ADULT,
        "stopped": red.stopped(unheard=said.unheard),
        "plan": words.planned(case, now()) if no and case.next_step_code != child_alone.ASKS else "",
        "case_url": reverse("case", args=[case.code]),
        "plan_url": reverse("edit_case", args=[case.code]) if case.state_code == "open" else "",
        "replaces": words.planned(case, now()) if asks_first(case) else "",
        "on_today": child_alone.lacks_adult(case, said),
        "stays_planned": words.planned(case, now()) if child_alone.plans_else(case) else "",
        "need_url": address(case.code, "need") if begins else "",
        **beside(case, _("Consent")),
    }
    return drawn(request, "alone", more, case=case)


def adult(_request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """Where an adult answers, for every page that offers it: only here is it looked up what the child answered."""
    first_stands(actor)
    return HttpResponseRedirect(_adults_part(case, heard.now_of(actor, case)))


def _adults_part(case: Case, kept: Heard | None) -> str:
    """Past the signs with what the child answered; where nothing is kept the child is asked too."""
    if kept is not None:
        return child_heard.goes_on(case, kept.read)
    return address(case.code, "consent") if case.state_code == "draft" else reverse("consent", args=[case.code])


def _reached_url(case: Case) -> str:
    """Where it is said who was reached, while child protection is to be told: of a case that is registered."""
    if case.state_code != "open" or case.told_child_protection_at is not None:
        return ""
    return reverse("tell_child_protection", args=[case.code])


def asks_first(case: Case) -> dict[str, Any]:
    """Asking is the next step, today, where nobody has planned anything. What was planned stays, such as to look at the
    risk again: that an adult must answer stands on Today beside it.
    """
    if child_alone.plans_else(case) or case.next_step_code == child_alone.ASKS:
        return {}
    return {"next_step_code": child_alone.ASKS, "next_step_on": timezone.localdate(now())}


def asked_now(actor: Actor, case: Case, form: AgreeForm) -> None:
    """An adult has answered: to ask is the next step no more."""
    if form.child and not form.alone:
        about_child.asked_now(actor, case, form.said())


def _kept_as_it_is(request: HttpRequest, actor: Actor, case: Case, said: Agreed) -> HttpResponse:
    """Pressed on a page that was drawn before the person said no to everything: nobody plans to ask them."""
    first_stands(actor)
    messages.warning(request, red.stopped(unheard=said.unheard))
    return HttpResponseRedirect(reverse("case", args=[case.code]))


def _kept(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """Asking is the next step, today."""
    act.edit(actor, case, version=version_of(request), codes=asks_first(case))
    messages.success(request, _("Saved. Nothing was sent. You can go on from here, or from Today."))
    return done(actor, reverse("case", args=[case.code]))
