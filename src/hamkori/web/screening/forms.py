"""One page of questions as a form, the form of the decision, and what two editors answered differently."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.screening.actions.screening import PARTS, Opened
from hamkori.vocabulary import Entry
from hamkori.web.kit.forms import Answers, KitForm
from hamkori.web.screening import pages
from hamkori.web.words import lists
from hamkori.web.words.fields import Coded


def field_name(code: str) -> str:
    """The form's name of a question."""
    return f"a_{code}"


class Status(forms.Select):
    """When a form of exploitation happened: one line of the list, with the browser's own list of answers."""

    template_name = "screening/status.html"
    whole_row = True


class PageForm(KitForm):
    """The questions of one page; what is left alone is "not asked", and that is an answer."""

    def __init__(self, shown: pages.Page, *args: Any, known: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = shown
        none = pages.unasked(shown.part)
        choices = [(none, _("not named"))] if shown.part == "forms" else []
        choices += [(code, text[:1].lower() + text[1:]) for code, text in lists.choices(PARTS[shown.part][1])]
        for entry in shown.entries:
            self.fields[field_name(entry.code)] = forms.ChoiceField(
                label=entry.label(lists.language()),
                choices=choices,
                required=False,
                initial=none,
                help_text=(known or {}).get(entry.code, ""),
                widget=Status({"class": "in", "aria-labelledby": f"id_{field_name(entry.code)}_q"})
                if shown.part == "forms"
                else Answers(unasked=none),
            )

    def answers(self) -> dict[str, str]:
        """Code -> answer. Of the forms only those that were named."""
        none = pages.unasked(self.shown.part)
        given = {entry.code: self.cleaned_data[field_name(entry.code)] or none for entry in self.shown.entries}
        return {code: answer for code, answer in given.items() if answer}

    def put_in(self, given: Mapping[str, str]) -> None:
        """Shows these answers first."""
        none = pages.unasked(self.shown.part)
        for entry in self.shown.entries:
            self.initial[field_name(entry.code)] = given.get(entry.code, none)


def known_before(shown: pages.Page, opened: Opened) -> dict[str, str]:
    """What is marked as known: answered on the way in, from the registration, or from the former talk."""
    marks: dict[str, str] = {}
    if shown.code not in opened.saved:
        given, none = opened.answers[shown.part], pages.unasked(shown.part)
        marks = {code: _("answered before") for code, answer in given.items() if answer != none}
    marks |= dict.fromkeys(opened.from_former, _("from the former talk"))
    marks |= dict.fromkeys(opened.from_register, _("from the registration"))
    return {entry.code: marks[entry.code] for entry in shown.entries if entry.code in marks}


def written(given: Mapping[str, str]) -> str:
    """Answers as one hidden field keeps them: what stood there when the page was shown."""
    return " ".join(f"{code}:{answer}" for code, answer in sorted(given.items()) if answer)


def read_back(text: str) -> dict[str, str]:
    """What `written` wrote; anything else in it is left out."""
    pairs = (word.partition(":") for word in text.split())
    return {code: answer for code, sign, answer in pairs if sign}


def merged(
    shown: pages.Page, was: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]
) -> tuple[dict[str, str], list[Entry]]:
    """Two people's answers to one page, and the questions that both have changed, not alike: there somebody chooses.

    Whoever changed an answer alone keeps it.
    """
    none = pages.unasked(shown.part)
    answers, both = {}, []
    for entry in shown.entries:
        before, own, other = (given.get(entry.code) or none for given in (was, mine, theirs))
        if own not in (before, other) and other != before:
            both.append(entry)
        answers[entry.code] = other if own == before else own
    return {code: answer for code, answer in answers.items() if answer}, both


class DecideForm(KitForm):
    """The decision and its reason; nothing is chosen in advance."""

    decision = Coded("decision", gettext_lazy("Your decision"), needed=gettext_lazy("Choose one of the answers."))
    reason = Coded("decide_reason", gettext_lazy("Reason"), needed=gettext_lazy("Choose a reason."))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """More time is a reason for "not yet" alone."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("reason") == "more_time" and given.get("decision") in ("presumed", "not"):
            self.add_error("reason", _("This reason fits “not yet decided” alone. Choose another."))
        return given
