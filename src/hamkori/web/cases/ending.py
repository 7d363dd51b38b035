"""Steps of a case that somebody answers for: age settled, child protection told, discarded, closed, opened again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.access.permissions import Permission
from hamkori.access.scope import require
from hamkori.casework.case.actions import case as act
from hamkori.casework.case.actions.child_told import child_not_told
from hamkori.casework.case.actions.section import open_section, write_section
from hamkori.casework.case.actions.team import tell_lead
from hamkori.casework.case.queries import cases
from hamkori.casework.case.queries.cases import Standing
from hamkori.casework.case.queries.team import people
from hamkori.casework.case.rules import closing
from hamkori.casework.case.rules.lifecycle import CASE
from hamkori.casework.case.rules.put_back import may_put_back
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.consent.queries.agreed import agreed
from hamkori.casework.referral.queries.effects import running
from hamkori.casework.referral.queries.unseen import unseen
from hamkori.casework.work.queries import case_page
from hamkori.casework.work.queries.case_page import File
from hamkori.operations import AlreadyDone, together
from hamkori.refusal import NotNow, NotVisible
from hamkori.vocabulary.codes import is_code
from hamkori.web.cases import child_contact, saved_age, thrown_draft
from hamkori.web.cases import still_open as closing_page
from hamkori.web.cases.again import can_open
from hamkori.web.cases.age_form import AgeForm
from hamkori.web.cases.thrown_draft import DiscardForm
from hamkori.web.kit import thrown
from hamkori.web.kit.forms import Choices, CodeField, KitForm
from hamkori.web.kit.refusals import sentence
from hamkori.web.kit.remembered import speaker
from hamkori.web.kit.stepping import PageOfSteps, Step, Taking, acts
from hamkori.web.templatetags.kit import grouped
from hamkori.web.words import absence, coordinator, lists, red
from hamkori.web.words import case as words
from hamkori.web.words.calls import place
from hamkori.web.words.fields import Coded
from hamkori.web.words.ways import to_case

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case


class CloseForm(KitForm):
    """With which outcome; for a duplicate, which older case."""

    outcome = forms.ChoiceField(
        label=_("How did it end?"),
        error_messages={"required": _("Choose an outcome.")},
        widget=Choices,
    )
    older = CodeField(
        label=_("Number of the older case"),
        help_text=_("Only for a duplicate: this case then points to the older one."),
        required=False,
    )

    sure = forms.BooleanField(
        label=_("I have read this. Close it all the same."),
        error_messages={"required": _("Tick that you have read what is still open.")},
    )

    def __init__(self, *args: Any, outcomes: tuple[str, ...], open_still: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not open_still:
            del self.fields["sure"]
        self.offer("outcome", [(code, lists.label("closing_outcome", code)) for code in outcomes])
        if closing.DUPLICATE not in outcomes:
            del self.fields["older"]

    def clean(self) -> dict[str, Any]:
        """A duplicate names the older file."""
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == closing.DUPLICATE and not cleaned.get("older"):
            self.add_error("older", _("Write the number of the older case."))
        return cleaned


class ReopenForm(KitForm):
    """Why."""

    reason = Coded("reopen_reason", _("Why is it opened again?"), needed=_("Choose a reason."))


@dataclass
class Found:
    """A case for a step of it; `file`: where the whole of it is read."""

    case: Case
    file: File | None = None

    @cached_property
    def standing(self) -> Standing:
        """What the reader is in it."""
        return self.file.standing if self.file is not None else cases.standing(self.case)


At = Taking[Found]


class OfCase(PageOfSteps[Found]):
    """Steps of a case, each asked on a page of its own; whoever may not take one is refused before it is shown."""

    machine = CASE
    sides = frozenset({Side.LEAD, Side.SENDER, Side.SENDER_SUPERVISOR})
    address = "<str:code>/{}/"
    name = "{}"

    def find(self, actor: Actor, code: str, step: Step[Found]) -> Found:
        """The case, and for closing all that may stand in the way."""
        file = case_page.file(actor, code, lists.language()) if step.name == "close" else None
        case = cases.case(actor, code) if file is None else file.case
        if "GET" in step.methods:
            of = "tell_child_protection" if step.name == "child_not_told" else step.name
            require(actor, cast(Permission, f"case.{of}"), case)
        return Found(case, file)

    def possible(self, taking: At) -> None:
        """A page that could not be sent is not shown: 409 with the state."""
        case = taking.thing.case
        if not taking.thing.standing.may(taking.step.name, case.state_code):
            raise NotNow("from_state", state=lists.label("case_state", case.state_code))
        if taking.step.name in ("tell_child_protection", "child_not_told") and not case.is_child:
            raise NotNow("of_a_child")
        if taking.step.name == "child_not_told" and not may_put_back(case.told_child_protection_at, now()):
            raise NotNow("told_today")

    def take(self, step: Step[Found], request: HttpRequest, code: str) -> HttpResponse:
        """The same press once more says that nobody was told again."""
        try:
            return super().take(step, request, code)
        except AlreadyDone:
            if step.name == "tell_lead" and not len(messages.get_messages(request)):
                messages.info(request, sentence(NotNow("not_told_lately")))
            raise

    def home(self, taking: At) -> str:
        """The case's page, or where it was pressed: Today, or a referral of it; a draft that is erased has none."""
        referral = taking.request.POST.get("referral", "")
        if taking.step.name == "tell_lead" and is_code(referral):
            return reverse("referral", args=[referral])
        on_today = taking.step.name == "discard" or taking.request.POST.get("from") == "today"
        row = _row(taking.request)
        if on_today and row and taking.step.name == "tell_lead":
            return f"{reverse('today')}#{row}"
        return reverse("today") if on_today else reverse("case", args=[taking.thing.case.code])

    def show(self, taking: At) -> HttpResponse:
        """The question, with what was typed."""
        case, request = taking.thing.case, taking.request
        if taking.said_no:
            self.possible(taking)
        context = {
            "back": to_case(case.code),
            "in_task": True,
            "case": case,
            "form": taking.form,
            "step": taking.step.name,
            "operation": request.POST.get("operation", ""),
            **taking.says,
        }
        return render(request, "cases/step.html", context, status=400 if taking.said_no else 200)


def _of_draft(at: At) -> dict[str, Any]:
    """What stands in a draft that is thrown away."""
    return thrown_draft.says(at.actor, at.thing.case)


def _throws_away(at: At) -> None:
    """Erased. Another window of it hears that, and not that its address is wrong."""
    act.discard(at.actor, at.thing.case, version=at.version)
    thrown.remember(at.request, at.code)


def _settles(at: At) -> None:
    """The age, and whom to tell."""
    was, case = at.thing.case.is_child, at.thing.case
    before = case.age_band_code
    if at.form.stays:
        messages.info(at.request, saved_age.stays(before))
        return
    contact, waited = at.said.get("child_contact", ""), unseen(case)
    with together():
        act.settle_age(at.actor, case, version=at.version, age_band=at.said["age_band"], reason=at.said["reason"])
        if contact:
            _tells(at.actor.doing(None), case, contact)
    messages.success(at.request, saved_age.said(case, was_child=was, before=before))
    saved_age.say_stopped(at.request, waited)
    speaker.remember(at.request, case.code, at.said.get("speaker", ""))
    # While nothing can be sent before somebody answers for the child, the page names that, and nothing else.
    if case.is_child and not was and not contact and agreed(case, now()).answered:
        messages.warning(at.request, _("Nothing is sent before it is written whom to tell for this child."))


def _row(request: HttpRequest, name: str = "row") -> str:
    """The place of the row of Today that was pressed, or that stands after it: of a referral, else of a case."""
    row = request.POST.get(name, "")
    return place(row) if is_code(row) else ""


def _tells_lead(at: At) -> None:
    """Says of which case whom, on Today in the row that was pressed."""
    case = at.thing.case
    tell_lead(at.actor, case)
    team = people(case)
    whom = {"name": absence.leader(team) or "\N{EN DASH}", "case": grouped(case.code)}
    tags = f"{_row(at.request)} {_row(at.request, 'next')}".strip()
    if absence.is_alone(team):
        said = _("Told: %(name)s, case %(case)s. Nobody else is on the team: if they are away, call yourself.")
        messages.success(at.request, said % whom, extra_tags=tags)
        return
    said = _("Told: the team of %(name)s, case %(case)s. They read it on Today.")
    messages.success(at.request, str(said) % whom, extra_tags=tags)


def _told(at: At) -> None:
    """Who was told stands in the locked part, beside who was recorded there. Else the history says whether the
    coordinator was reached, or nobody.
    """
    if not at.form.knows:
        act.child_not_reached(at.actor, at.thing.case, version=at.version, reason=at.form.instead)
        messages.warning(at.request, at.form.not_known)
        return
    contact = at.form.contact
    with together():
        act.tell_child_protection(at.actor, at.thing.case, version=at.version)
        if contact:
            _tells(at.actor.doing(None), at.thing.case, contact, beside=True)
    back = format_html('<a href="{}">{}</a>', child_contact.back(at.code), _("Undo"))
    messages.success(at.request, format_html("{} {}", at.form.saved, back))


def _tells(actor: Actor, case: Case, contact: str, *, beside: bool = False) -> None:
    """Whom to tell, into the locked part where it stands, or `beside` it; the rest of that part stays as it is."""
    sheet = open_section(actor, case, section="contact")
    known = sheet.fields.get("child_contact", "")
    both = f"{contact}\n{known}" if beside and known and known != contact else contact
    fields = {**sheet.fields, "child_contact": both}
    write_section(actor, case, section="contact", fields=fields, seal_no=sheet.seal_no)


def _close(at: At) -> None:
    older: UUID | None = None
    try:
        if at.said["outcome"] == closing.DUPLICATE:
            older = cases.of_code(at.actor, at.said["older"]).pk
        act.close(at.actor, at.thing.case, version=at.version, outcome=at.said["outcome"], older_case=older)
    except NotVisible:
        at.form.add_error("older", _("No older case of yours has this number."))
        return
    messages.success(at.request, closing_page.closed(at.thing.case, at.thing.file))


def _closes(at: At) -> dict[str, Any]:
    """What stands in the way; the outcomes that the lead cannot close with, '' for a supervisor."""
    case, blocking = at.thing.case, at.thing.file.blocking if at.thing.file is not None else 0
    above = (
        ""
        if Side.SENDER_SUPERVISOR in at.thing.standing.sides
        else lists.in_turn("closing_outcome", closing.SUPERVISOR_OUTCOMES)
    )
    return {
        "title": _("Close the case"),
        "now_said": words.person_of(case.sex_code, case.age_band_code, case.children_code),
        "needs": closing_page.needs(at.thing.file) if at.thing.file is not None else [],
        "blocking": sentence(NotNow("no_open_referral", n=blocking)) if blocking else "",
        "in_the_way": closing_page.in_the_way(at.thing.file) if at.thing.file is not None else [],
        "above": above,
        "below": "" if above else lists.in_turn("closing_outcome", closing.LEAD_OUTCOMES),
        "still_open": closing_page.still_open(at.thing.file) if at.thing.file is not None else [],
        "ask_url": closing_page.ask_url(at.thing.file),
        "undecided": at.thing.file is not None and closing_page.undecided(at.thing.file),
        "decide_url": closing_page.decide_url(at.thing.file) if at.thing.file is not None else "",
        "next_step": words.planned(at.thing.case, now()),
        "calls_owed": closing_page.calls_owed(at.thing.file) if at.thing.file is not None else [],
        "unconfirmed": closing_page.unconfirmed(at.thing.file) if at.thing.file is not None else [],
        "goes_on": closing_page.goes_on(at.thing.file) if at.thing.file is not None else [],
        "can_open": can_open(at.thing.file) if at.thing.file is not None else "",
        "asked_again": closing_page.asked_again(at.thing.file) if at.thing.file is not None else "",
        "drafts": at.thing.file is not None and any(one.state == "draft" for one in at.thing.file.referrals),
    }


def _opens_again(at: At) -> dict[str, Any]:
    return {"title": _("Open it again"), "goes_on": any(one.state == "serving" for one in running(at.thing.case))}


OF_CASE = OfCase()
STEPS: tuple[Step[Found], ...] = (
    # They were told, and who it was; the clock stops.
    Step(
        name="tell_child_protection",
        act=_told,
        form=lambda at: child_contact.told_form(at.actor, at.thing.case, at.typed),
        says=lambda at: {
            "title": _("Tell child protection"),
            "coordinator": coordinator.reached(),
            "put_right": saved_age.put_right(at.thing.case),
            "told_there": child_contact.there(at.thing.case),
            "settle_url": reverse("settle_age", args=[at.code]),
        },
        asks_first=False,
        beside={"not_told_yet": "", "of_a_child": ""},
        given_back=lambda _request: child_contact.ToldForm(),
        hides=child_contact.ToldForm.sensitive,
    ),
    # That they were told was a slip.
    Step(
        name="child_not_told",
        act=acts("case", child_not_told),
        says=lambda at: {"title": _("Put back: child protection was not told")},
        told=_("Put back: child protection is to be told. The time limit goes on from where it was."),
    ),
    # A supervisor asks the team to look at the case.
    Step(
        name="tell_lead",
        act=_tells_lead,
        methods=("POST",),
        asks_first=False,
    ),
    # Child or not, with a reason. A child's clock starts at once.
    Step(
        name="settle_age",
        act=_settles,
        form=lambda at: AgeForm(at.typed, case=at.thing.case, initial=saved_age.chosen(at.request.GET.get("age", ""))),
        says=lambda at: {
            "title": _("Correct or confirm the age"),
            "nothing_new": red.NOTHING_NEW,
            "lasts": saved_age.lasts(at.thing.case, now()),
            "goes_to": saved_age.goes_to(at.thing.case),
            "now_said": words.person_of(at.thing.case.sex_code, at.thing.case.age_band_code),
        },
        asks_first=False,
        given_back=lambda _request: AgeForm(),
        hides=("child_contact",),
    ),
    # Ends the work. Requests that wait stand in the way, and are named.
    Step(
        name="close",
        act=_close,
        form=lambda at: CloseForm(
            at.typed,
            outcomes=closing_page.outcomes(at.thing.file, at.thing.standing.outcomes),
            open_still=at.thing.file is not None and bool(closing_page.still_open(at.thing.file)),
        ),
        says=_closes,
        asks_first=False,
        beside={"no_open_referral": "", "outcome_given": "outcome", "not_self": "outcome", "heard": "outcome"},
        given_back=lambda _request: CloseForm(outcomes=closing.OUTCOMES),
    ),
    # A supervisor's decision; what she agreed to is asked again.
    Step(
        name="reopen",
        told=_(
            "Opened again. Today asks the team what is needed now. "
            "Next: ask the person for consent before anything is sent."
        ),
        act=acts("case", act.reopen, "reason"),
        form=lambda at: ReopenForm(at.typed),
        says=_opens_again,
        asks_first=False,
        given_back=lambda _request: ReopenForm(),
    ),
)
# Erases a draft. The page says what goes.
DISCARD = Step[Found](
    name="discard",
    told=_("Deleted. Nothing of this registration is kept, and nothing was sent to anybody."),
    act=_throws_away,
    form=lambda at: DiscardForm(at.typed, case=at.thing.case),
    says=_of_draft,
    asks_first=False,
    given_back=lambda _request: DiscardForm(),
)
