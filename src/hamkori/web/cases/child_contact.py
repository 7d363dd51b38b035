"""Whom we tell for a child: what the directory offers near here, as answers, or what the worker writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.casework.case.actions.section import open_section
from hamkori.casework.case.queries.told_there import told_there_of
from hamkori.casework.case.rules.put_back import may_put_back
from hamkori.casework.case.rules.team import LEAD
from hamkori.casework.consent.queries.agreed import agreed
from hamkori.people.queries import organisations
from hamkori.web.kit import moments
from hamkori.web.kit.forms import OF_A_PERSON, Choices, KitForm, TextField
from hamkori.web.words import child_told, desk_phone, lists
from hamkori.web.words.child_alone import near
from hamkori.web.words.people import name_or

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.casework.work.queries.case_page import File
    from hamkori.casework.work.queries.happened import Step

RECORDED, ANOTHER, ELSE, TOLD, OTHER = "recorded", "another", "else", "told", "other_told"
AUTHORITY: Final = "guardianship_body"
"""Who speaks for a child and is to be told of it, too."""
ANSWERED: Final = "answered"
"""The button that says that they know, since they answered for the child."""
PLACE = "place"
"""A shelter was reached: for a child for whom nothing can be sent a call is all there is."""
NOT_REACHED = "not_reached"
"""The button that says that nobody was."""
REACHED_FIRST: Final = {
    "coordinator": gettext_lazy("Coordinator reached %(when)s; child protection is still to be told."),
    "shelter": gettext_lazy("A shelter reached %(when)s; child protection is still to be told."),
}
"""Whom a call reached before child protection: a later call that reaches nobody takes it from no page."""
TRIED: Final = {
    "no_coordinator": gettext_lazy("Coordinator not reached: tried %(when)s."),
    "no_shelter": gettext_lazy("Shelter not reached: tried %(when)s."),
}
"""Whom the last call did not reach, where it was said and was not child protection."""
CHOICE, WRITTEN = "contact_of", "child_contact"


def tried(steps: Sequence[Step], now: datetime) -> str:
    """Whom the calls reached that were to tell child protection, the newest step first; '' where nobody has called."""
    calls = [one for one in steps if one.step == "child_not_reached"]
    reached = next((one for one in calls if one.reason in REACHED_FIRST), None)
    lines = [str(REACHED_FIRST[reached.reason]) % {"when": moments.moment(reached.at, now)}] if reached else []
    if calls and calls[0] is not reached:
        said = TRIED.get(calls[0].reason, gettext_lazy("Not reached yet: tried %(when)s."))
        lines.append(str(said) % {"when": moments.moment(calls[0].at, now)})
    asked = next((one for one in calls if one.reason == "coordinator"), None)
    if asked is not None:
        lines.append(child_told.heard(steps, asked.at, now))
    return " ".join(filter(None, lines))


def heard(file: File) -> str:
    """The same, after what the other side says."""
    there = child_told.there(file.told_there, file.now)
    return " ".join(filter(None, (f"{there}." if there else "", tried(file.steps, file.now))))


def answered(case: Case) -> str:
    """When the guardianship authority last answered for this child; '' where it has not, or may be involved."""
    said = agreed(case, now())
    spoke = (one for one in said.askings if one.speaker_code == AUTHORITY and not one.speaker_suspected)
    last = None if said.unsure else next(spoke, None)
    return moments.moment(last.at, now()) if last is not None else ""


def there(case: Case) -> str:
    """The same on the page that records it."""
    told = told_there_of(case.pk, {one.id: one.name(lists.language()) for one in organisations()})
    return child_told.there(told, now())


def is_over(file: File) -> bool:
    """Whether the time limit is over, and the other side says nothing: then it is red, and stands first."""
    due = file.clocks.get("child")
    return due is not None and due <= file.now and file.told_there is None


def title(due: datetime, now: datetime) -> str:
    """That child protection is to be told, and until when; or that it is late."""
    said = _("Tell child protection: %(when)s") if due <= now else _("Tell child protection %(when)s")
    return said % {"when": moments.target(due, now)}


def back(code: str) -> str:
    """Where it is said that it was a slip."""
    return reverse("child_not_told", args=[code])


def undone_at(file: File) -> str:
    """The same for whoever may say so now; '' for others."""
    may = file.standing.may("child_not_told", file.case.state_code)
    return back(file.case.code) if may and may_put_back(file.case.told_child_protection_at, file.now) else ""


def who_records(file: File) -> str:
    """To a supervisor or a colleague, who can call: who alone records it."""
    lead = next((one for one in file.people if one.kind == LEAD), None)
    if lead is None:
        return _("You can call them. Only a lead worker can record here that they were told, and this case has none.")
    said = _("You can call them. Only the lead worker can record here that they were told: %(name)s.")
    return said % {"name": name_or(lead.name)}


def to_others(file: File) -> dict[str, str] | None:
    """The same in the box that says whom to call, to whoever cannot record it; None once child protection was told."""
    due = file.clocks.get("child")
    if due is None:
        return None
    text = " ".join(filter(None, (heard(file), who_records(file))))
    return {"title": title(due, file.now), "text": text, "url": "", "id": "" if is_over(file) else "child"}


def fields(offered: Iterable[tuple[str, str]], known: str = "", own: str = "") -> dict[str, forms.Field]:
    """The question. What was written before stands in it, as the choice that it was or in words. `own`: how the
    worker's own organisation is called, which is offered only where nobody else is listed.
    """
    offers = {f"{name}. {desk_phone.short(phone)}" if phone else name: (name, phone) for name, phone in offered}
    here = _("%(name)s: we are child protection here")
    choices = [(text, here % {"name": name} if name == own else name) for text, (name, _phone) in offers.items()]
    chosen = known if known in dict(choices) else ""
    asks = _("Whom will you tell for this child?")
    hint = _("Nobody is told by this. Tell them yourself, and record it on the case afterwards. We aim for 24 hours.")
    hints = {text: desk_phone.short(phone) for text, (_name, phone) in offers.items()}
    written = TextField(
        label=_("Another contact") if choices else asks,
        help_text=_("Organisation, person or telephone of guardianship or child protection.")
        + ("" if choices else f" {hint}"),
        required=False,
        max_length=400,
        initial="" if chosen else known,
    )
    written.widget.attrs.update(OF_A_PERSON)
    if not choices:
        return {WRITTEN: written}
    listed = forms.ChoiceField(
        label=asks, help_text=hint, choices=choices, required=False, initial=chosen, widget=Choices(hints=hints)
    )
    return {CHOICE: listed, WRITTEN: written}


def own_name(actor: Actor) -> str:
    """How the worker's own organisation is called."""
    return next((one.name(lists.language()) for one in organisations() if one.id == actor.organisation_id), "")


def asked(actor: Actor, case: Case, known: str = "") -> dict[str, forms.Field] | None:
    """The question for this person; None for an adult. The authority that answered for the child stands ready."""
    if not case.is_child:
        return None
    ready = lists.label("speaker", AUTHORITY) if answered(case) else ""
    offered = [*([(ready, "")] if ready else []), *near(actor, case)]
    return fields(offered, known or ready, own_name(actor))


def said(form: KitForm) -> str:
    """What was written, else what was chosen; '' where it is not known yet."""
    given: Mapping[str, Any] = form.cleaned_data
    return str(given.get(WRITTEN) or given.get(CHOICE) or "")


def require(form: KitForm) -> None:
    """Says at the question that nothing can be sent without it."""
    if not said(form):
        at = CHOICE if CHOICE in form.fields else WRITTEN
        form.add_error(at, _("Name a guardianship or child protection contact."))


class ToldForm(KitForm):
    """Who was told: the contact that is recorded for the child, one of the nearest, another of child protection, or
    the coordinator alone. Nothing is ticked beforehand: a slip would stop the time limit although nobody knows of the
    child.
    """

    sensitive: tuple[str, ...] = (TOLD, OTHER)

    told = forms.ChoiceField(label=gettext_lazy("Whom did you reach and tell?"), required=False, widget=Choices)
    other_told = TextField(
        label=gettext_lazy("Which other child protection or guardianship?"),
        help_text=gettext_lazy("Organisation, person or telephone."),
        required=False,
        max_length=400,
    )

    def __init__(
        self,
        *args: Any,
        known: str = "",
        offered: Sequence[tuple[str, str]] = (),
        own: str = "",
        answered: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.answered = answered
        self.fields[OTHER].widget.attrs.update(OF_A_PERSON)
        near_here = fields(offered, own=own).get(CHOICE)
        # Who was told stands above who was recorded. Who tells their own organisation has told nobody.
        theirs = bool(offered) and own not in dict(offered)
        self.own = own
        recorded = [one for one in known.splitlines() if not (theirs and self._is_own(one))]
        nearest = [one for one in getattr(near_here, "choices", ()) if one[0] not in recorded]
        self.names = dict(nearest)
        hints = {
            **getattr(getattr(near_here, "widget", None), "hints", {}),
            RECORDED: _("Recorded for this child"),
            **dict.fromkeys((PLACE, ELSE), _("Child protection does not know yet: the time limit goes on.")),
        }
        always = [
            (ANOTHER, _("Other child protection or guardianship")),
            (PLACE, _("A shelter, not child protection")),
            (ELSE, _("The coordinator")),
        ]
        self.offer(TOLD, [*([(RECORDED, " · ".join(recorded))] if recorded else []), *nearest, *always], hints)

    def clean(self) -> dict[str, Any]:
        """The time limit stops only once it is said who of child protection was told, and of one alone."""
        said: dict[str, Any] = super().clean() or {}
        if self.answered and self.data.get("do") == ANSWERED:
            return {**said, TOLD: AUTHORITY, OTHER: ""}
        told, other = said.get(TOLD), said.get(OTHER)
        if self.errors or not self.reached:
            return said
        if not told:
            self.add_error(TOLD, _("Say who was told."))
        elif other and told not in (ANOTHER, PLACE, ELSE):
            self.add_error(OTHER, _("You chose another answer above. Empty this, or change that answer."))
        elif told == ANOTHER and not other:
            self.add_error(OTHER, _("Say who was told."))
        return said

    def _is_own(self, contact: str) -> bool:
        """Whether this is the worker's own organisation, with or without its number."""
        return bool(self.own) and (contact == self.own or contact.startswith(f"{self.own}. "))

    @property
    def reached(self) -> bool:
        """Whether anybody was reached, as the button says."""
        return bool(self.data.get("do") != NOT_REACHED)

    @property
    def knows(self) -> bool:
        """Whether child protection or guardianship knows of the child now."""
        return self.reached and self.cleaned_data[TOLD] not in (PLACE, ELSE)

    @property
    def instead(self) -> str:
        """Whom the call reached in place of child protection, or did not, as the history of the case says it."""
        told = self.cleaned_data.get(TOLD, "")
        if not self.reached:
            return {ELSE: "no_coordinator", PLACE: "no_shelter"}.get(told, NOT_REACHED)
        return "coordinator" if told == ELSE else "shelter"

    @property
    def contact(self) -> str:
        """Who was told; '' where it is who is recorded."""
        said: str = self.cleaned_data[TOLD]
        if said == ANOTHER:
            said = self.cleaned_data[OTHER]
        if said == AUTHORITY:
            said = lists.label("speaker", AUTHORITY)
        return "" if said == RECORDED else said

    @property
    def not_known(self) -> str:
        """What is told where child protection does not know yet: what the coordinator reads of the call, too."""
        if self.instead == "coordinator":
            return _(
                "Saved. The coordinator reads on Today that your organisation called about a child, and no more. "
                "Child protection does not know yet: the time limit goes on."
            )
        return _("Saved. Child protection does not know yet: the time limit goes on.")

    @property
    def saved(self) -> str:
        """What is told afterwards. An organisation of the directory is named; what stands in the locked part is not,
        since a message lies unlocked until it is read.
        """
        if self.cleaned_data[TOLD] == AUTHORITY:
            return _("Saved: the guardianship authority knows of the child. The time limit has stopped.")
        name = self.names.get(self.contact)
        if name and self._is_own(self.contact):
            return _("Saved: you are child protection here, and know of the child. The time limit has stopped.")
        if name:
            return _("Saved: you told %(name)s. The time limit has stopped.") % {"name": name}
        if self.contact:
            return _("Saved: you told whom you wrote, in the locked part. The time limit has stopped.")
        return _("Saved: you told who is recorded for this child. The time limit has stopped.")


def told_form(actor: Actor, case: Case, typed: Any) -> ToldForm:
    """The question, with the contact that is recorded in the locked part: opening it is written down. A full answer
    opens nothing, unless it may be refused because they were told before.
    """
    also: dict[str, Any] = {"offered": near(actor, case), "own": own_name(actor), "answered": answered(case)}
    if typed is not None:
        form = ToldForm(typed, known=RECORDED, **also)
        if form.is_valid() and (form.knows or case.told_child_protection_at is None):
            return form
    known = open_section(actor.doing(None), case, section="contact", in_step=True).fields.get("child_contact", "")
    return ToldForm(typed, known=known, **also)
