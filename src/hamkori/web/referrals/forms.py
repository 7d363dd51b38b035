"""The sender's forms: one request, and the single questions that steps ask."""

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hamkori.casework.case.rules import days
from hamkori.casework.case.rules.sheets import LONGEST
from hamkori.casework.referral.rules.card import as_kept
from hamkori.refusal import NotNow
from hamkori.vocabulary import codelist
from hamkori.web.kit.forms import Choices, DateField, KitForm, LongText, Segments, TextField, Ticks
from hamkori.web.kit.written import Line, lines
from hamkori.web.words import Audience, arrival, lists, sections
from hamkori.web.words.fields import Coded


class ReferForm(KitForm):
    """What a request says besides its service. Which parts and purposes there are depends on the service."""

    sensitive = ("agreed_text", "typed_body", "taken")
    day_meant = ""
    """The later day of an urgent bed that the page has just asked about: the next press with it is meant."""

    purpose = forms.ChoiceField(label=_("What for"), widget=Choices)
    urgency = Coded("urgency", _("How soon"))
    needed_from = DateField(label=_("Needed from"), required=False)
    sections = forms.MultipleChoiceField(label=_("What is sent, after they accept"), widget=Ticks, required=False)
    items = forms.MultipleChoiceField(label=_("Which signs the person wants to tell"), widget=Ticks, required=False)
    agreed_text = TextField(
        label=_("What the person wants them to know, in their own words"),
        help_text=_("Locked; read by those who will meet the person. No name, no address."),
        widget=LongText(rows=3),
        required=False,
        max_length=LONGEST,
    )
    taken = TextField(required=False, max_length=LONGEST, widget=forms.HiddenInput)
    taken_too = forms.BooleanField(label=_("The person wants this organisation to read it too"), required=False)
    typed_body = TextField(label=_("Type the name of this police organisation"), required=False, max_length=200)
    another = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        purposes: Iterable[str] = (),
        offered: Iterable[str] = (),
        named: bool = True,
        soon: Mapping[str, str] | None = None,
        signs: Iterable[str] = (),
        police: bool = False,
        asked_already: bool = False,
        taken: bool = False,
        today: date | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        known = list(purposes)
        self.offer("purpose", [(one, lists.label("purpose", one)) for one in known])
        if len(known) == 1:
            self.fields["purpose"].widget = forms.HiddenInput()
        self.offer("urgency", lists.choices("urgency"), soon or {})
        if today is not None:
            self.day("needed_from").between(*days.needed_from(today))
        parts = list(offered)
        holds = {one: sections.holds(one, Audience.SENDER, named=named) for one in parts}
        self.offer("sections", _parts(parts), holds)
        self.offer("items", _signs(signs))
        if not police:
            del self.fields["typed_body"]
        if not list(signs):
            del self.fields["items"]
        if not asked_already:
            del self.fields["another"]
        if not taken:
            del self.fields["taken"], self.fields["taken_too"]

    @property
    def goes_too(self) -> bool:
        """Whether words from an earlier referral go here too: only with the person's yes for this organisation."""
        return "taken_too" in self.fields and bool(self["taken_too"].value())

    @property
    def words(self) -> str:
        """The person's own words as they go."""
        said = self.cleaned_data
        return "\n".join(filter(None, [said["taken"] if self.goes_too else "", said["agreed_text"]]))


def _parts(offered: Iterable[str]) -> list[tuple[str, str]]:
    return [(one, sections.name(one, Audience.SENDER)) for one in offered]


def _signs(present: Iterable[str]) -> list[tuple[str, str]]:
    return [(one, lists.label("indicator", one)) for one in present if one in codelist("indicator")]


class ReasonForm(KitForm):
    """One reason of a list."""

    def __init__(self, *args: Any, reasons: str, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = Coded(reasons, label, needed=_("Choose a reason."))


class WithdrawForm(KitForm):
    """How she said that it shall end."""

    how_said = Coded("how_said", _("How did the person say it?"), needed=_("Say how the person told you."))


class HearForm(KitForm):
    """What the sender knows of an arrival that is late."""

    heard = Coded("heard", _("What do you know?"), needed=_("Say what you know, or that you called."))

    def __init__(self, *args: Any, service: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("heard", [(code, arrival.heard(code, service)) for code in codelist("heard").codes])


class AnswerForm(KitForm):
    """The answer to one question: only the answers that this question allows. `said`: the question to the sender."""

    def __init__(self, *args: Any, question: str, said: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = codelist("question_code").entry(question).data["answers"]
        assert isinstance(allowed, list)
        several = bool(codelist("question_code").entry(question).data.get("multi"))
        of = forms.MultipleChoiceField if several else forms.ChoiceField
        self.fields["answer_code"] = of(
            label=said,
            choices=[(code, lists.label("answer_code", code)) for code in allowed],
            error_messages={"required": _("Choose one of the answers.")},
            widget=Ticks if several else Choices,
        )

    def clean_answer_code(self) -> str:
        """The answer as it is kept. Ages are ticked together, any other answer alone."""
        said = self.cleaned_data["answer_code"]
        kept = as_kept([said] if isinstance(said, str) else said)
        if not kept:
            raise forms.ValidationError(_("Tick the ages of the children, or one other answer alone."))
        return kept


class ConfirmForm(KitForm):
    """Her view of the help, and whether the result is agreed with."""

    her_view = Coded(
        "her_view",
        _("What did the person say about the help?"),
        needed=_("What did the person say? If not asked, say why."),
    )
    agrees = forms.ChoiceField(
        label=_("Do you agree with this result?"),
        choices=[("yes", _("Yes, we agree")), ("no", _("No, but close it"))],
        widget=Segments,
    )

    def __init__(self, *args: Any, disputed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if disputed:
            del self.fields["agrees"]


class AddForm(KitForm):
    """Further parts for the team that helps."""

    sections = forms.MultipleChoiceField(
        label=_("Which parts are sent"),
        error_messages={"required": _("Choose at least one part.")},
        widget=Ticks,
    )
    items = forms.MultipleChoiceField(label=_("Which signs the person wants to tell"), widget=Ticks, required=False)

    def __init__(
        self,
        *args: Any,
        offered: Mapping[str, str],
        signs: Iterable[str] = (),
        blocks: Iterable[NotNow] = (),
        led: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, initial={"sections": [led] if led else []}, **kwargs)
        self.offered, self.blocks, self.led = offered, tuple(blocks), led
        self.offer("sections", _parts(offered), offered)
        told = _signs(signs)
        self.offer("items", told)
        if not told:
            del self.fields["items"]

    def led_to(self) -> str:
        """The tick of the part that was led to; the others are folded beside it."""
        return self._ticks([self.led], "led")

    def others(self) -> str:
        """The ticks of all other parts that can be sent; '' if there are none."""
        rest = [one for one in self.offered if one != self.led]
        return self._ticks(rest, "others") if rest else ""

    def ticks_another(self) -> bool:
        """Whether one of those is ticked, and must not be out of sight."""
        return bool({*(self["sections"].value() or ())} - {self.led})

    def _ticks(self, parts: Iterable[str], place: str) -> str:
        drawn = copy(self.fields["sections"].widget)
        drawn.choices = _parts(parts)
        bound = self["sections"]
        return str(drawn.render(bound.html_name, bound.value(), {"id": f"{bound.auto_id}_{place}"}))

    def clean(self) -> dict[str, Any]:
        """Signs go one by one, or not at all."""
        cleaned = super().clean() or {}
        if "items" in self.fields and not self.errors and not cleaned["items"]:
            self.add_error("items", _("Choose together with the person which signs are sent."))
        return cleaned


def any_request() -> ReferForm:
    """The form with all that it can ever ask, to say in words what was sent with it."""
    every = list(codelist("packet_section").codes)
    return ReferForm(purposes=codelist("purpose").codes, offered=every, signs=codelist("indicator").codes, police=True)


def asking(_request: HttpRequest, sent: QueryDict) -> Iterator[Line]:
    """What was said on the screen of a request that was not taken, in words: what she needs and where, then the form.

    Nobody is signed in: no name of a body. Which service was chosen is known to its page alone.
    """
    for name, label, listed in (
        ("need", gettext("What the person needs"), "service_group"),
        ("district", gettext("District, for the distance"), "area"),
    ):
        code = sent.get(name, "")
        if code in codelist(listed):
            yield Line(label, lists.label(listed, code), boxed=False)
    if sent.get("service"):
        yield Line(gettext("Service"), gettext("One was chosen. Its name is not shown here."), boxed=False)
    yield from lines(any_request(), sent)
