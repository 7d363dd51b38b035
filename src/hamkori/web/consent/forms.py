"""Her answers as a form: each kind and purpose apart, nothing chosen in advance, every guard at its field."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from hamkori.casework.consent.actions.consent import Answer, Asking
from hamkori.casework.consent.queries.consent import AGREES, Asked, Said
from hamkori.casework.consent.rules import consent as rules
from hamkori.casework.consent.rules import packet
from hamkori.people.queries import existing
from hamkori.refusal import NotNow
from hamkori.web.consent import about_child, doubted, until, words
from hamkori.web.consent.rows import (
    NOT_ASKED,
    POLICE,
    AnswerField,
    answer_drawn,
    answer_name,
    as_answers,
    as_value,
    drawn_with,
    held,
    plain,
    sections_name,
    stands_as,
    ticks,
    ticks_drawn,
)
from hamkori.web.kit.forms import DateField, KitForm, Segments, Ticks
from hamkori.web.kit.refusals import sentence
from hamkori.web.words.fields import Coded

AT_FIELD = {
    "text_language": "language",
    "how_given": "how_given",
    "until_ok": "until",
    "how_said": "how_said",
    "child_answer": "child_answer",
    "child_agrees": "child_answer",
    "child_final": "child_answer",
    "child_no": "child_answer",
    "child_speaker": "speaker",
    "child_guardian_clear": "suspected",
}
"""Guard -> the field it belongs to."""
CHILD = "child"
SIGN, ALOUD = "sign", "spoken"
"""The language of a person who signs, and the answer that such a person does not give."""


def _as_listed(data: QueryDict, listed: Container[str]) -> QueryDict:
    """What was sent, without the bodies that were drawn with a tick and are not listed now: they stay as they stand."""
    kept = data.copy()
    gone = {value for value in data.getlist("stood") if value not in listed}
    for name in ("stood", "excluded"):
        kept.setlist(name, [value for value in data.getlist(name) if value not in gone])
    return kept


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
    kept["ticked"] = drawn_with(stands)
    said = {(row.kind, row.purpose) for row in form.said()}
    for key in set(rules.ROWS) - said:  # where nothing was asked nothing was changed
        kept[answer_name(key)] = stands_as(stands, key)
        kept.setlist(sections_name(key), ticks(stands, key))
    kept.setlist("anew", [as_value(key) for key in said])  # also where the same stands now: it was said again
    kept.setlist("stood", [str(body) for body in stands.excluded])
    kept.setlist("excluded", [str(body) for body in ticked])
    return kept


def asked_as_adult(data: QueryDict, form: AskForm) -> QueryDict:
    """The form of a child who is known to be an adult now: a no is kept, a child's own too, and whom they do not want.

    What the child or a speaker said yes to, and how they were asked, is no answer of an adult.
    """
    kept, refused, asking = asked_anew(data, form, form.former), [], form.asking()
    for name in ("asked_as", "speaker", "suspected", "child_answer", "child_reason", "read", "how_given"):
        kept.pop(name, None)
    for answer in form.answers():
        key, refuses = (answer.kind, answer.purpose), answer.answer == "no" or asking.child_says_no(answer)
        kept[answer_name(key)] = "no" if refuses else stands_as(form.former, key)
        if refuses:
            refused.append(as_value(key))
        else:
            kept.setlist(sections_name(key), ticks(form.former, key))
    kept.setlist("anew", refused)
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
    """One asking. What stands is selected, and stays as it is where nobody touches it or marks it as asked again.

    `word`: the number of the last word that was drawn; `stood`: the organisations that were drawn with a tick;
    `ticked`: the answers and the parts that were drawn as they stand; `asked_as`: that a child's questions were drawn,
    which are not dropped then. A row whose ticks were changed without a yes is asked for, not passed over.
    `language`: the person's, from the registration.
    """

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        former: Asked,
        child: bool,
        today: date,
        bodies: Iterable[tuple[UUID, str]],
        language: str = "",
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
        self.fields["anew"] = forms.MultipleChoiceField(
            label=_("Asked again, same answer"),
            choices=[(as_value(key), words.row(key)) for key in rules.ROWS],
            required=False,
        )
        self.fields["police_no"] = forms.BooleanField(label=_("No to both questions about the police"), required=False)
        self._how(language)
        if self.child:
            self.fields.update(about_child.in_rows())
            doubted.ask(self)
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
        self.fields["ticked"] = forms.CharField(required=False, initial=drawn_with(former), widget=forms.HiddenInput)
        asked_as = CHILD if self.child else ""
        self.fields["asked_as"] = forms.CharField(required=False, initial=asked_as, widget=forms.HiddenInput)
        self.fields["word"] = forms.IntegerField(required=False, initial=former.last_said, widget=forms.HiddenInput)

    def _row(self, key: rules.RowKey) -> None:
        stands = stands_as(self.former, key)
        self.fields[answer_name(key)] = AnswerField(
            label=words.row(key),
            ask=[(code, capfirst(words.choice(code))) for code in words.ANSWERS],
            required=False,
            initial=stands,
            widget=Segments(unasked=NOT_ASKED, stood=stands if stands != NOT_ASKED else None),
        )
        if key in self.former.final or key in self.former.held:
            held(self, key, final=key in self.former.final)
        self.fields[sections_name(key)] = forms.MultipleChoiceField(
            label=_("What may be shared"),
            choices=[(code, words.part(key, code)) for code in packet.askable(*key)],
            required=False,
            initial=ticks(self.former, key),
            widget=Ticks(hints={code: words.fields(key, code) for code in packet.askable(*key)}),
        )

    def _how(self, language: str) -> None:
        self.fields["language"] = Coded(
            "language",
            _("Language in which the text was read"),
            but={"unknown"},
            required=False,
            initial=language if language != "unknown" else "",
        )
        self.fields["read"] = forms.BooleanField(label=_("The text was read aloud"), required=False)
        never = () if self.child else {"child_speaker"}
        offered = until.lengths(self.former, self.today)
        # A fact of this conversation: nothing stands chosen from an earlier one.
        how = _("How did the person answer?")
        two = Segments(css="two")
        self.fields["how_given"] = Coded("how_given", how, but=never, required=False, widget=two)
        self.fields["days"] = forms.ChoiceField(
            label=_("How long is it valid?"),
            choices=offered,
            error_messages={"invalid_choice": _("Choose again how long it is valid.")},
            required=False,
            widget=Segments(css="rows"),
            initial=until.KEPT if offered[0][0] == until.KEPT else str(until.DAYS[1]),
        )
        self.fields["until"] = DateField(
            label=_("Another day"), required=False, help_text=_("At most 180 days. If it is filled in, it counts.")
        )
        how_no = _("How did the person say no?")
        self.fields["how_said"] = Coded("how_said", how_no, required=False, widget=Segments())

    # --- what was said ---

    def said(self) -> list[Said]:
        """The rows that were asked now. Without name, identity stays here."""
        found = []
        for key in rules.ROWS:
            answer = self._answer(key)
            if not self._is_said(key, answer):
                continue
            ticked = set(self.cleaned_data.get(sections_name(key), ())) if answer in AGREES else set()
            if answer == "without_name":
                ticked.discard("identity")
            found.append(Said(kind=key[0], purpose=key[1], answer=answer, sections=tuple(sorted(ticked)), until=None))
        return found

    def _answer(self, key: rules.RowKey) -> str:
        """What is marked in a row; "no to both" marks the two of the police."""
        if key in POLICE and self.cleaned_data.get("police_no"):
            return "no"
        return plain(self.cleaned_data.get(answer_name(key)) or NOT_ASKED)

    def _is_said(self, key: rules.RowKey, answer: str) -> bool:
        """Whether the person was asked: another answer than the one that stood, other parts, or asked again."""
        if answer == NOT_ASKED:
            return False
        if answer != answer_drawn(self.drawn, key) or as_value(key) in self.cleaned_data.get("anew", ()):
            return True
        if answer in AGREES and self.cleaned_data.get("child_answer") == "says_no":
            return True  # a child's no is said to every yes that is shown
        return answer in AGREES and ticks_drawn(self.drawn, key) != set(self.cleaned_data.get(sections_name(key), ()))

    @property
    def drawn(self) -> frozenset[str]:
        """The answers and ticks that were drawn; of a form that does not say it, none."""
        return frozenset(self.cleaned_data.get("ticked", "").split())

    def answers(self) -> list[Answer]:
        """The same for the action."""
        return as_answers(self.said(), self.cleaned_data)

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
            until_on=self.until(),
            speaker=given.get("speaker", ""),
            speaker_suspected=given.get("suspected", "") != "no" if self.child else False,
            child_answer=given.get("child_answer", ""),
            child_reason=given.get("child_reason", ""),
            as_child=self.drawn_for_child,
        )

    def until(self) -> date | None:
        """The last day: one that was written, that of before, or so many days from today."""
        written: date | None = self.cleaned_data.get("until")
        if written is not None or "until" in self.errors:
            return written
        return until.chosen(self.cleaned_data.get("days", ""), self.former, self.today)

    # --- what is missing ---

    def clean(self) -> dict[str, Any]:
        """All that is missing at once, in the guards' own sentences; the action asks them again."""
        given: dict[str, Any] = super().clean() or {}
        said = self.said()
        self._without_an_answer()
        self._yes_and_no()
        if not said and not self.without() and not self.again() and not self.errors:
            raise forms.ValidationError(_("Nothing was asked. Mark an answer, or go back."))
        if any(row.agrees for row in said):
            self._missing("text_language", bool(given.get("language")))
            if not given.get("read"):
                self.add_error("read", _("Read the text aloud first. Then say so here."))
            self._missing("how_given", bool(given.get("how_given")))
            if given.get("language") == SIGN and given.get("how_given") == ALOUD:
                self.add_error("how_given", _("Who signs says nothing aloud. Mark how it really was."))
            day = self.until()
            if "until" not in self.errors and "days" not in self.errors:
                self._missing("until_ok", day is not None and rules.until_ok(day, self.today))
            if self.child:
                self._missing("child_speaker", bool(given.get("speaker")))
                self._missing("child_guardian_clear", given.get("suspected") == "no")
                self._missing("child_answer", self.asking().child_asked)
                doubted.hold(self, doubted.doubts(self.former))
        elif said or self.without() or self.again():
            self._missing("how_said", bool(given.get("how_said")))
        return given

    def _without_an_answer(self) -> None:
        """Ticks that were changed where no answer is marked: the answer must not be lost, nor guessed."""
        if "ticked" not in self.data:
            return  # a form that does not say how it was drawn
        for key in rules.ROWS:
            name, answer = sections_name(key), self._answer(key)
            untold = answer == NOT_ASKED or (answer == "no" and not self._is_said(key, answer))
            changed = ticks_drawn(self.drawn, key) != set(self.cleaned_data.get(name, ()))
            if untold and changed and name not in self.errors:
                self.add_error(
                    answer_name(key),
                    _("What may be shared was changed here. Mark the answer too, or put the ticks back."),
                )

    def _yes_and_no(self) -> None:
        """No to both, and a yes that was marked just now: only the person knows which."""
        if not self.cleaned_data.get("police_no"):
            return
        for key in POLICE:
            answer = plain(self.cleaned_data.get(answer_name(key), ""))
            if answer in AGREES and answer != answer_drawn(self.drawn, key):
                self.add_error(answer_name(key), _("Yes is marked here, and “No to both” too. Ask which one it is."))

    def _missing(self, guard: str, holds: bool) -> None:
        if not holds:
            self.refused(NotNow(guard))

    def refused(self, refusal: NotNow) -> bool:
        """Puts a guard's sentence at its field; False for a guard that has none here."""
        if refusal.guard in ("case_closed", "age_since"):
            self.add_error(None, sentence(refusal))
            return True
        name = AT_FIELD.get(refusal.guard)
        if name is None or name not in self.fields:
            return False
        if name == "suspected" and not self.cleaned_data.get("suspected"):
            self.add_error(name, _("Say whether this adult may be involved."))
        elif name == "suspected":
            self.add_error(name, about_child.may_be_involved(self.cleaned_data.get("speaker", "")))
        else:
            self.add_error(name, sentence(refusal))
        return True
