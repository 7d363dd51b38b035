"""Her answers as a form: each kind and purpose apart, nothing chosen in advance, every guard at its field."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from hamkori.casework.consent.actions.consent import Answer, Asking
from hamkori.casework.consent.queries.consent import AGREES, Asked, Said
from hamkori.casework.consent.rules import consent as rules
from hamkori.casework.consent.rules import packet
from hamkori.people.queries import existing
from hamkori.refusal import NotNow
from hamkori.web.consent import words
from hamkori.web.kit.forms import DateField, KitForm, Segments, Ticks
from hamkori.web.kit.refusals import sentence
from hamkori.web.words import Audience, sections
from hamkori.web.words.fields import Coded

AT_FIELD = {
    "text_language": "language",
    "how_given": "how_given",
    "until_ok": "until",
    "how_said": "how_said",
    "child_answer": "child_answer",
    "child_agrees": "child_answer",
    "child_final": "child_answer",
    "child_speaker": "speaker",
    "child_guardian_clear": "suspected",
}
"""Guard -> the field it belongs to."""
CHILD = "child"


def answer_name(key: rules.RowKey) -> str:
    """The form's name of a row's answer."""
    return f"a_{key[0]}_{key[1]}"


def sections_name(key: rules.RowKey) -> str:
    """The form's name of what may go on a row."""
    return f"s_{key[0]}_{key[1]}"


def _as_listed(data: QueryDict, listed: Container[str]) -> QueryDict:
    """What was sent, without the bodies that were drawn with a tick and are not listed now: they stay as they stand."""
    kept = data.copy()
    gone = {value for value in data.getlist("stood") if value not in listed}
    for name in ("stood", "excluded"):
        kept.setlist(name, [value for value in data.getlist(name) if value not in gone])
    return kept


def ticks(former: Asked, key: rules.RowKey) -> list[str]:
    """What the row is drawn with: what she agreed to, or what usually goes."""
    before = former.rows.get(key)
    if before is not None and before.agrees:
        return list(before.sections)
    return [code for code in packet.askable(*key) if packet.RULE[key][code] == packet.IN]


def ticked_on(former: Asked) -> str:
    """The same of all rows, in one hidden field."""
    return " ".join(f"{sections_name(key)}:{code}" for key in rules.ROWS for code in ticks(former, key))


def _listed_no_more(data: QueryDict, listed: Container[str]) -> list[str]:
    """The bodies that were ticked, and are not listed since the form was drawn. Each is one that there is."""
    ids = as_ids(value for value in data.getlist("excluded") if value not in listed)
    return [ids[body] for body in existing(ids)] if ids else []


def as_ids(sent: Iterable[str]) -> dict[UUID, str]:
    """The ids among what was sent, each as it was written."""
    ids = {}
    for value in sent:
        with suppress(ValueError):
            ids[UUID(value)] = value
    return ids


def asked_anew(data: QueryDict, form: AskForm, stands: Asked) -> QueryDict:
    """The same form over the word that stands now: what was marked is kept, and the bodies that she changed are."""
    kept = data.copy()
    ticked = (stands.excluded - form.again()) | form.without()
    kept["word"] = str(stands.last_said)
    kept["ticked"] = ticked_on(stands)
    for key in set(rules.ROWS) - {(row.kind, row.purpose) for row in form.said()}:
        kept.setlist(sections_name(key), ticks(stands, key))  # whoever was not asked about it changed nothing there
    kept.setlist("stood", [str(body) for body in stands.excluded])
    kept.setlist("excluded", [str(body) for body in ticked])
    return kept


class Named(forms.MultipleChoiceField):
    """Draws its choices, and takes what an older form drew: what only takes away is never refused."""

    def __init__(self, *, ever: Iterable[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ever = frozenset(ever)

    def valid_value(self, value: Any) -> bool:
        """Whether it can ever have been drawn."""
        return str(value) in self.ever


class AskForm(KitForm):
    """One asking. "Not asked" leaves a row as it stands, and so does a body whose tick was not touched, or not drawn.

    `word`: the number of her word that was drawn; `stood`: the bodies that were drawn with a tick; `ticked`: what was
    drawn as what may go; `asked_as`: that a child's questions were drawn, which are not dropped then. A row whose ticks
    were changed and whose answer was not marked is asked for, not passed over.
    """

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        former: Asked,
        child: bool,
        today: date,
        bodies: Iterable[tuple[UUID, str]],
    ) -> None:
        listed = [(str(body), name) for body, name in bodies]
        drawn = [str(body) for body in former.excluded if str(body) in dict(listed)]
        self.listed = frozenset(body for body, _name in listed)
        self.unlisted = len(drawn) < len(former.excluded)  # it stands without a tick, and the page says so
        data = _as_listed(data, dict(listed)) if data is not None else None
        self.kept = _listed_no_more(data, dict(listed)) if data is not None else []  # ticks that are not drawn
        self.child = child or (data is not None and data.get("asked_as") == CHILD)
        self.drawn_for_child = self.child
        if data is not None and "asked_as" in data:
            self.drawn_for_child = data["asked_as"] == CHILD
            data["asked_as"] = CHILD if self.child else ""  # as it is drawn now
        super().__init__(data)
        self.former, self.today = former, today
        for key in rules.ROWS:
            self._row(key)
        self._how()
        if self.child:
            self._child()
        self.fields["excluded"] = Named(
            label=_("Organisations that must get nothing"),
            ever=(*dict(listed), *self.kept),
            choices=listed,
            required=False,
            initial=drawn,
            widget=Ticks(),
            help_text=_("Nothing can be sent there, whatever else the person said yes to."),
        )
        self.fields["stood"] = forms.MultipleChoiceField(
            choices=listed, required=False, initial=drawn, widget=forms.MultipleHiddenInput
        )
        self.fields["ticked"] = forms.CharField(required=False, initial=ticked_on(former), widget=forms.HiddenInput)
        asked_as = CHILD if self.child else ""
        self.fields["asked_as"] = forms.CharField(required=False, initial=asked_as, widget=forms.HiddenInput)
        self.fields["word"] = forms.IntegerField(required=False, initial=former.last_said, widget=forms.HiddenInput)

    def _row(self, key: rules.RowKey) -> None:
        self.fields[answer_name(key)] = forms.ChoiceField(
            label=words.row(key),
            choices=[(code, words.answer(code)) for code in words.ANSWERS],
            required=False,
            initial="not_asked",
            widget=Segments(unasked="not_asked"),
        )
        offered = packet.askable(*key)
        self.fields[sections_name(key)] = forms.MultipleChoiceField(
            label=_("What may be shared"),
            choices=[(code, sections.name(code, Audience.ASKED)) for code in offered],
            required=False,
            initial=ticks(self.former, key),
            widget=Ticks(hints={code: words.fields(key, code) for code in offered}),
        )

    def _how(self) -> None:
        self.fields["language"] = Coded(
            "language",
            _("Language in which the text was read"),
            none=_("Choose a language"),
            but={"unknown"},
            required=False,
            help_text=_("Where the text is not written in that language, an interpreter reads it."),
            widget=forms.Select,
        )
        never = () if self.child else {"child_speaker"}
        self.fields["how_given"] = Coded("how_given", _("How the person said yes"), but=never, required=False)
        self.fields["until"] = DateField(
            label=_("Until"),
            required=False,
            initial=rules.default_until(self.today),
            help_text=_("We suggest 90 days; at most 180."),
        )
        self.fields["how_said"] = Coded(
            "how_said",
            _("How the person said no"),
            required=False,
            help_text=_("Only if the person said no to something."),
        )

    def _child(self) -> None:
        self.fields["speaker"] = Coded("speaker", _("Adult who speaks for the child"), required=False)
        self.fields["suspected"] = forms.ChoiceField(
            label=_("May this adult be involved in what happened?"),
            choices=[("no", _("no")), ("yes", _("yes, or I am not sure"))],
            required=False,
            widget=Segments(),
            help_text=_("Somebody who may be involved never speaks for the child and is told nothing."),
        )
        self.fields["child_answer"] = Coded(
            "child_answer",
            _("The child's own answer"),
            required=False,
            help_text=_("If the child does not agree, a yes to the police is written down as the child's no."),
        )
        self.fields["child_reason"] = Coded(
            "child_not_asked_reason",
            _("Why the child was not asked"),
            required=False,
            help_text=_("Only if the child was not asked."),
        )

    # --- what was said ---

    def said(self) -> list[Said]:
        """The rows that were asked now. Without name, identity stays here."""
        found = []
        for kind, purpose in rules.ROWS:
            answer = self.cleaned_data.get(answer_name((kind, purpose))) or "not_asked"
            if answer == "not_asked":
                continue
            ticked = set(self.cleaned_data.get(sections_name((kind, purpose)), ())) if answer in AGREES else set()
            if answer == "without_name":
                ticked.discard("identity")
            found.append(Said(kind, purpose, answer, tuple(sorted(ticked)), None))
        return found

    def answers(self) -> list[Answer]:
        """The same for the action."""
        return [Answer(row.kind, row.purpose, row.answer, frozenset(row.sections)) for row in self.said()]

    def without(self) -> frozenset[UUID]:
        """Bodies that shall get nothing, and could get something when the form was drawn."""
        return self._bodies("excluded") - self._bodies("stood")

    def again(self) -> frozenset[UUID]:
        """Bodies that she takes again: drawn with a tick, which was taken away."""
        return self._bodies("stood") - self._bodies("excluded")

    def _bodies(self, name: str) -> frozenset[UUID]:
        return frozenset(UUID(value) for value in self.cleaned_data.get(name, ()))

    def seen(self) -> int:
        """The number of her word on which this was asked; a form that does not say it saw none of them."""
        word: int | None = self.cleaned_data.get("word")
        return word if word is not None else -1

    @property
    def gives(self) -> bool:
        """Whether she agrees to something, or takes a body again."""
        return any(row.agrees for row in self.said()) or bool(self.again())

    @property
    def is_late(self) -> bool:
        """Another word of hers was recorded since, and this one gives something: she is asked again."""
        return self.gives and self.seen() != self.former.last_said

    def asking(self) -> Asking:
        """How it was asked."""
        given: Mapping[str, Any] = self.cleaned_data
        return Asking(
            language=given.get("language", ""),
            how_given=given.get("how_given", ""),
            how_said=given.get("how_said", ""),
            until_on=given.get("until"),
            speaker=given.get("speaker", ""),
            speaker_suspected=given.get("suspected", "") != "no" if self.child else False,
            child_answer=given.get("child_answer", ""),
            child_reason=given.get("child_reason", ""),
            as_child=self.drawn_for_child,
        )

    # --- what is missing ---

    def clean(self) -> dict[str, Any]:
        """All that is missing at once, in the guards' own sentences; the action asks them again."""
        given: dict[str, Any] = super().clean() or {}
        said = self.said()
        self._without_an_answer({(row.kind, row.purpose) for row in said})
        if not said and not self.without() and not self.again() and not self.errors:
            raise forms.ValidationError(_("Nothing was asked. Mark an answer, or go back."))
        if any(row.agrees for row in said):
            self._missing("text_language", bool(given.get("language")))
            self._missing("how_given", bool(given.get("how_given")))
            until = given.get("until")
            if "until" not in self.errors:
                self._missing("until_ok", until is not None and rules.until_ok(until, self.today))
            if self.child:
                self._missing("child_speaker", bool(given.get("speaker")))
                self._missing("child_guardian_clear", given.get("suspected") == "no")
                self._missing("child_answer", self.asking().child_asked)
        elif said or self.without() or self.again():
            self._missing("how_said", bool(given.get("how_said")))
        return given

    def _without_an_answer(self, marked: Container[rules.RowKey]) -> None:
        """Ticks that were changed where no answer is marked: her word must not be lost, nor guessed."""
        if "ticked" not in self.data:
            return  # a form that does not say how it was drawn
        drawn = set(self.cleaned_data.get("ticked", "").split())
        for key in rules.ROWS:
            name = sections_name(key)
            before = {code for code in packet.askable(*key) if f"{name}:{code}" in drawn}
            if key not in marked and name not in self.errors and before != set(self.cleaned_data.get(name, ())):
                self.add_error(
                    answer_name(key),
                    _("What may be shared was changed here. Mark the person's answer too, or put the ticks back."),
                )

    def _missing(self, guard: str, holds: bool) -> None:
        if not holds:
            self.refused(NotNow(guard))

    def refused(self, refusal: NotNow) -> bool:
        """Puts a guard's sentence at its field; False for a guard that has none here."""
        if refusal.guard == "case_closed":
            self.add_error(None, sentence(refusal))
            return True
        name = AT_FIELD.get(refusal.guard)
        if name is None or name not in self.fields:
            return False
        if name == "suspected" and not self.cleaned_data.get("suspected"):
            self.add_error(name, _("Say whether this adult may be involved."))
        else:
            self.add_error(name, sentence(refusal))
        return True
