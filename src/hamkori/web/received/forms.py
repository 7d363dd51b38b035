"""The forms of the receiving side: accept, ask, decline, and the steps of the team. Codes, but for the meeting line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.case.rules.sides import Side
from hamkori.casework.consent.rules.packet import TEXT
from hamkori.casework.referral.queries.received import Received
from hamkori.casework.referral.rules.lifecycle import REASON_LISTS, RESULTS
from hamkori.casework.referral.rules.sealed import sealed_to
from hamkori.people.queries import Colleague
from hamkori.vocabulary import codelist
from hamkori.web.kit.forms import Choices, DateField, KitForm, Segments, Ticks
from hamkori.web.words import lists
from hamkori.web.words import received as words

MEETING = ("hour", "place", "ask_for")
EARLY_QUESTIONS = {
    "HOME": ("safe_in_this_region", "length_of_stay", "children_ages", "daily_medicine"),
    "SAFE": ("safe_in_this_region", "can_travel", "needs_escort"),
    "MOVE": ("can_travel", "needs_escort", "children_ages"),
    "HEALTH": ("daily_medicine", "interpreter", "step_free", "can_travel"),
    "MHPSS": ("talk_first", "interpreter", "can_travel"),
    "LEGAL": ("has_papers", "interpreter", "talk_first"),
    "JUST": ("has_papers", "interpreter", "talk_first"),
    "DOC": ("has_papers", "can_travel", "interpreter"),
    "CHILD": ("children_ages", "safe_in_this_region", "needs_escort"),
}
"""Questions that desks of this group of help ask first; the others follow in the list's order."""


def question_codes(service_code: str, asked: Iterable[str]) -> list[str]:
    """The questions that can still be asked, the useful ones for this group first."""
    group = str(codelist("service").entry(service_code).data["group"])
    first = EARLY_QUESTIONS.get(group, ())
    others = [code for code in codelist("question_code").codes if code not in first]
    gone = set(asked)
    return [code for code in (*first, *others) if code not in gone]


def _choices(list_name: str, *, none: str | None = None) -> list[tuple[str, str]]:
    listed = list(codelist(list_name).choices(lists.language()))
    return listed if none is None else [("", none), *listed]


def _services() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every kind of help, under the names of their groups: sixty in one row nobody reads."""
    listed: dict[str, list[tuple[str, str]]] = {}
    for entry in codelist("service"):
        listed.setdefault(str(entry.data["group"]), []).append((entry.code, entry.label(lists.language())))
    return [(label, listed[code]) for code, label in _choices("service_group") if code in listed]


def _set(form: forms.Form, name: str, choices: Sequence[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class ArrivalForm(KitForm):
    """When she can come: in the open a day and a part of it; hour, place and a name are sealed to the sender."""

    sensitive = MEETING

    arrival_on = DateField(label=gettext_lazy("When can the person come?"))
    arrival_part = forms.ChoiceField(label=gettext_lazy("Part of the day"), widget=Segments)
    hour = forms.CharField(label=gettext_lazy("Hour"), required=False, max_length=40)
    place = forms.CharField(label=gettext_lazy("Meeting point"), required=False, max_length=300)
    ask_for = forms.CharField(label=gettext_lazy("Whom to ask for"), required=False, max_length=120)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["arrival_on"].error_messages["required"] = _("Say when the person can come.")
        self.fields["arrival_part"].error_messages["required"] = _("Say which part of the day.")
        _set(self, "arrival_part", _choices("part_of_day"))

    def clean_arrival_on(self) -> date:
        """Not a day that is over."""
        on: date = self.cleaned_data["arrival_on"]
        if on < self.today:
            raise forms.ValidationError(_("This day is over. Choose another."))
        return on

    def meeting(self) -> dict[str, str]:
        """The meeting line, as far as it was written."""
        return {name: text for name in MEETING if (text := self.cleaned_data.get(name, "").strip())}

    def meeting_fields(self) -> list[forms.BoundField]:
        """The fields of the sealed line."""
        return [self[name] for name in MEETING]


class AcceptForm(ArrivalForm):
    """Who will meet her, and when."""

    team = forms.MultipleChoiceField(label=gettext_lazy("Who will meet this person?"), widget=Ticks)

    field_order = ("team", "arrival_on", "arrival_part", *MEETING)

    def __init__(self, *args: Any, people: Iterable[Colleague], agreed: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = list(people)
        self.fields["team"].error_messages["required"] = _("Name who will meet this person.")
        _set(self, "team", [(str(one.membership_id), _named(one)) for one in listed])
        widget = self.fields["team"].widget
        assert isinstance(widget, Ticks)
        widget.hints = {str(one.membership_id): reads(one.function, agreed) for one in listed}


def _named(one: Colleague) -> str:
    function = lists.label("worker_function", one.function)
    return _("%(name)s, %(function)s") % {"name": one.name, "function": function.lower()} if function else one.name


def reads(function: str, agreed: Iterable[str]) -> str:
    """What would be sealed on to a worker of this function."""
    held = sealed_to(tuple(agreed), (function,))
    named = lists.joined("packet_section", tuple(held - {TEXT}))
    if not named:
        return _("Has a key. Reads: the person's own words")
    return _("Has a key. Reads: the person's own words; %(sections)s") % {"sections": named}


class AskForm(KitForm):
    """One coded question."""

    question_code = forms.ChoiceField(label=gettext_lazy("Question"))

    def __init__(self, *args: Any, asks: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["question_code"].error_messages["required"] = _("Choose a question.")
        listed = [(code, lists.label("question_code", code)) for code in asks]
        _set(self, "question_code", [("", _("Choose a question")), *listed])


class DeclineForm(KitForm):
    """Why not, and what could fit instead."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"))
    suggested_service = forms.ChoiceField(
        label=gettext_lazy("Which other help could fit?"),
        required=False,
        help_text=gettext_lazy("The sender may use it for another request. Nothing is passed on from here."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reasons(self, "decline")
        _set(self, "suggested_service", [("", _("None named")), *_services()])


def _reasons(form: forms.Form, step: str, name: str = "reason") -> None:
    form.fields[name].error_messages["required"] = _("Choose a reason.")
    _set(form, name, _choices(REASON_LISTS[step], none=_("Choose a reason")))


class UnacceptForm(KitForm):
    """Giving an acceptance back, with a reason."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reasons(self, "unaccept")


class FinishForm(KitForm):
    """How help ended, in one code; a reason if it could not be given."""

    result = forms.ChoiceField(label=gettext_lazy("How did it end?"), widget=Choices)
    reason = forms.ChoiceField(
        label=gettext_lazy("Why it could not be given"),
        required=False,
        help_text=gettext_lazy("Only with the answer that you could not give it."),
    )

    def __init__(self, *args: Any, state: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["result"].error_messages["required"] = _("Choose a result.")
        _set(self, "result", [(code, lists.label("referral_result", code)) for code in RESULTS.get(state, ())])
        _reasons(self, "finish")

    def clean(self) -> dict[str, Any]:
        """The reason belongs to one result only."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("result") == "not_given" and not found.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Choose a reason."))
        return found


class AmendForm(KitForm):
    """A wrong or questioned result, mended."""

    result = forms.ChoiceField(label=gettext_lazy("What is right?"), widget=Choices)
    reason = forms.ChoiceField(label=gettext_lazy("Why it changes"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["result"].error_messages["required"] = _("Choose a result.")
        _set(self, "result", _choices("referral_result"))
        _reasons(self, "amend")


class StaffForm(KitForm):
    """Who joins, and who is released."""

    joins = forms.MultipleChoiceField(label=gettext_lazy("Add"), required=False, widget=Ticks)
    leaves = forms.MultipleChoiceField(label=gettext_lazy("Release"), required=False, widget=Ticks)

    def __init__(
        self,
        *args: Any,
        received: Received,
        people: Iterable[Colleague],
        keyless: Iterable[Colleague],
        mine: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.mine = mine
        self.keyless = [one.name for one in keyless]
        free = list(people)
        self.someone_free = bool(free)
        _set(self, "joins", [(str(one.membership_id), _named(one)) for one in free])
        _set(self, "leaves", [(str(one.membership_id), words.team((one,))) for one in received.workers])
        widget = self.fields["joins"].widget
        assert isinstance(widget, Ticks)
        if Side.RECEIVER in received.sides:
            widget.hints = {str(one.membership_id): reads(one.function, received.agreed.sections) for one in free}

    def clean(self) -> dict[str, Any]:
        """Somebody must be named; who leaves cannot hand anything on in the same step."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if not found.get("joins") and not found.get("leaves") and not self.errors:
            self.add_error("joins", _("Tick somebody to add or to release."))
        if found.get("joins") and self.mine in found.get("leaves", ()):
            self.add_error("leaves", _("Add your colleague first. Then release yourself in a second step."))
        return found


class WithdrawForm(KitForm):
    """How the person said that it shall end."""

    how_said = forms.ChoiceField(label=gettext_lazy("How was it said?"), widget=Choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["how_said"].error_messages["required"] = _("Say how the person told you.")
        _set(self, "how_said", _choices("how_said"))
