"""The sender's forms: one request, and the single questions that steps ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.case.rules.sheets import LONGEST
from hamkori.refusal import NotNow
from hamkori.vocabulary import codelist
from hamkori.web.kit.forms import Choices, DateField, KitForm, LongText, Segments, Ticks
from hamkori.web.words import Audience, lists, sections


class ReferForm(KitForm):
    """What a request says besides its service. Which parts and purposes there are depends on the service."""

    sensitive = ("agreed_text", "typed_body")

    purpose = forms.ChoiceField(label=gettext_lazy("What for"), widget=Choices, choices=())
    urgency = forms.ChoiceField(label=gettext_lazy("How soon"), widget=Choices, choices=())
    needed_from = DateField(label=gettext_lazy("Needed from"), required=False)
    sections = forms.MultipleChoiceField(
        label=gettext_lazy("What goes with her, after they accept"), widget=Ticks, required=False, choices=()
    )
    items = forms.MultipleChoiceField(
        label=gettext_lazy("Which signs she wants to tell"), widget=Ticks, required=False, choices=()
    )
    agreed_text = forms.CharField(
        label=gettext_lazy("What she wants them to know, in her words"),
        help_text=gettext_lazy("Sealed; read by those who will meet her. No name, no address."),
        widget=LongText(rows=3),
        required=False,
        max_length=LONGEST,
    )
    typed_body = forms.CharField(
        label=gettext_lazy("Type the name of this police body"), required=False, max_length=200
    )
    told = forms.BooleanField(required=False)

    def __init__(
        self,
        *args: Any,
        purposes: Iterable[str] = (),
        offered: Iterable[str] = (),
        named: bool = True,
        soon: Mapping[str, str] | None = None,
        signs: Iterable[str] = (),
        body: str = "",
        police: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        known = list(purposes)
        self._choices("purpose", [(one, lists.label("purpose", one)) for one in known])
        if len(known) == 1:
            self.fields["purpose"].widget = forms.HiddenInput()
        self._choices("urgency", lists.choices("urgency"), soon)
        parts = [(one, sections.name(one, Audience.SENDER)) for one in offered]
        self._choices(
            "sections", parts, {one: sections.holds(one, Audience.SENDER, named=named) for one, _label in parts}
        )
        listed = codelist("indicator")
        self._choices("items", [(one, listed.label(one, lists.language())) for one in signs if one in listed])
        self.fields["told"].label = _("She was told: this goes to %(body)s") % {"body": body}
        if not police:
            del self.fields["typed_body"]
        if not list(signs):
            del self.fields["items"]

    def _choices(self, name: str, choices: list[tuple[str, str]], hints: Mapping[str, str] | None = None) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        if isinstance(field.widget, Choices | Ticks):
            field.widget.hints = hints or {}


class ReasonForm(KitForm):
    """One reason of a list."""

    reason = forms.ChoiceField(widget=Choices, choices=())

    def __init__(self, *args: Any, reasons: str, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.label = label
        field.choices = lists.choices(reasons)
        field.error_messages["required"] = _("Choose a reason.")


class WithdrawForm(KitForm):
    """How she said that it shall end."""

    how_said = forms.ChoiceField(label=gettext_lazy("How did she say it?"), widget=Choices, choices=())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["how_said"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = lists.choices("how_said")
        field.error_messages["required"] = _("Say how she told you.")


class AnswerForm(KitForm):
    """The answer to one question: only the answers that this question allows."""

    answer_code = forms.ChoiceField(widget=Choices, choices=())

    def __init__(self, *args: Any, question: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = codelist("question_code").entry(question).data["answers"]
        assert isinstance(allowed, list)
        field = self.fields["answer_code"]
        assert isinstance(field, forms.ChoiceField)
        field.label = lists.label("question_code", question)
        field.choices = [(code, lists.label("answer_code", code)) for code in allowed]
        field.error_messages["required"] = _("Choose one of the answers.")


class ConfirmForm(KitForm):
    """Her view of the help, and whether the result is agreed with."""

    her_view = forms.ChoiceField(label=gettext_lazy("What did she say about the help?"), widget=Choices, choices=())
    agrees = forms.ChoiceField(label=gettext_lazy("Do you agree with this result?"), widget=Segments, choices=())

    def __init__(self, *args: Any, disputed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        view, agrees = self.fields["her_view"], self.fields["agrees"]
        assert isinstance(view, forms.ChoiceField)
        assert isinstance(agrees, forms.ChoiceField)
        view.choices = lists.choices("her_view")
        view.error_messages["required"] = _("What did she say? If not asked, say why.")
        agrees.choices = [("yes", _("Yes, we agree")), ("no", _("We do not agree"))]
        if disputed:
            del self.fields["agrees"]


class AddForm(KitForm):
    """Further parts for the team that helps."""

    sections = forms.MultipleChoiceField(label=gettext_lazy("Which parts go"), widget=Ticks, choices=())
    items = forms.MultipleChoiceField(
        label=gettext_lazy("Which signs she wants to tell"), widget=Ticks, required=False, choices=()
    )

    def __init__(
        self,
        *args: Any,
        offered: Mapping[str, str],
        signs: Iterable[str] = (),
        blocks: Iterable[NotNow] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offered, self.blocks = offered, tuple(blocks)
        parts, items = self.fields["sections"], self.fields["items"]
        assert isinstance(parts, forms.MultipleChoiceField)
        assert isinstance(items, forms.MultipleChoiceField)
        parts.choices = [(one, sections.name(one, Audience.SENDER)) for one in offered]
        assert isinstance(parts.widget, Ticks)
        parts.widget.hints = offered
        parts.error_messages["required"] = _("Choose at least one part.")
        listed = codelist("indicator")
        items.choices = [(one, listed.label(one, lists.language())) for one in signs if one in listed]
        if not items.choices:
            del self.fields["items"]

    def clean(self) -> dict[str, Any]:
        """Signs go one by one, or not at all."""
        cleaned = super().clean() or {}
        if "items" in self.fields and not self.errors and not cleaned["items"]:
            self.add_error("items", _("Choose with her which signs go."))
        return cleaned


def any_request(_request: HttpRequest) -> ReferForm:
    """The form with all that it can ever ask, to say in words what was sent with it."""
    every = list(codelist("packet_section").codes)
    form = ReferForm(purposes=codelist("purpose").codes, offered=every, signs=codelist("indicator").codes, police=True)
    form.fields["told"].label = ""  # to whom, only the page knows
    return form
