"""Step 3: signs and consent on one screen. "I read it" keeps the signs and opens the answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.casework.consent import texts
from hamkori.casework.consent.actions import consent as act
from hamkori.casework.consent.queries.consent import AGREES, Said, after_asking, asked
from hamkori.casework.consent.rules import consent as rules
from hamkori.casework.consent.rules import packet
from hamkori.casework.referral.queries.refer import empty_in
from hamkori.casework.screening.actions import screening
from hamkori.operations import first_stands, together
from hamkori.refusal import Invalid, NotNow
from hamkori.vocabulary import codelist
from hamkori.vocabulary.country import READ_FIRST
from hamkori.web.consent import words
from hamkori.web.consent.forms import AT_FIELD
from hamkori.web.consent.rows import answer_name, sections_name
from hamkori.web.consent.showing import folded
from hamkori.web.consent.unread import AWAY, NOTHING, ends, unless_unread
from hamkori.web.consent.until import kept
from hamkori.web.first import answered, spoken
from hamkori.web.first import child as of_child
from hamkori.web.first.frame import PART, address, beside, correcting, drawn, onward, stopped
from hamkori.web.kit import moments, speaker
from hamkori.web.kit.forms import DateField, KitForm, Segments, Ticks
from hamkori.web.kit.posting import done
from hamkori.web.kit.refusals import sentence
from hamkori.web.words import Audience, coordinator, lists, sections
from hamkori.web.words.place import DOCTOR
from hamkori.web.words.referral import parts

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

NOT_ASKED = "not_asked"
PAY, DOCUMENTS, CLIENTS = "CD14", "CD01", "CD06"
OF_BOTH = {"TJ07"}
"""The prompt that asks of pay and documents at once."""
FOR_CHILDREN = {"TJ08"}
SPOKE_FOR_CHILD = "child_speaker"
SHELTER = ("shelter_social", "help")
POLICE = tuple(key for key in rules.ROWS if key[0] == "police")
OTHERS = tuple(key for key in rules.ROWS if key[0] not in ("police", SHELTER[0]))
COURT = ("health", "justice")
"""It needs a yes to the police too."""
HOW = ("spoken", "signed", "mark", "through_interpreter")
"""How the person answered: each is a button."""


def _three() -> list[tuple[str, str]]:
    return [("present", _("Yes")), ("absent", _("No")), (NOT_ASKED, _("Not asked"))]


def _more() -> list[tuple[str, str]]:
    """The prompts, and the one sign of the list that fits whoever is made to take clients where they live."""
    return [(CLIENTS, lists.label("indicator", CLIENTS)), *lists.choices("local_prompt")]


class SignsForm(KitForm):
    """Pay and documents apart, and what came up by itself."""

    pay = forms.ChoiceField(
        label=gettext_lazy("Is pay withheld?"), choices=_three, initial=NOT_ASKED, required=False,
        widget=Segments(unasked=NOT_ASKED, css="by-three"),
    )  # fmt: skip
    documents = forms.ChoiceField(
        label=gettext_lazy("Does somebody keep the documents?"), choices=_three, initial=NOT_ASKED, required=False,
        widget=Segments(unasked=NOT_ASKED, css="by-three"),
    )  # fmt: skip
    more = forms.MultipleChoiceField(
        label=gettext_lazy("Signs that you saw or were told of"),
        help_text=gettext_lazy("Ask for none of them now. What is not ticked is not asked, never a no."),
        choices=_more,
        required=False,
        widget=Ticks({"class": "choices"}),
    )

    others: tuple[str, ...] = ()

    def of(self, case: Case) -> SignsForm:
        """The same with the signs that are asked of this person."""
        self.others = tuple(others(child=case.is_child))
        self.offer("more", [(code, text) for code, text in _more() if code in self.others])
        return self

    def signs(self) -> dict[str, str]:
        """Code -> answer, as the signs are kept."""
        said = self.cleaned_data
        return {
            PAY: said["pay"] or NOT_ASKED,
            DOCUMENTS: said["documents"] or NOT_ASKED,
            **{code: "present" if code in said["more"] else NOT_ASKED for code in self.others},
        }


def others(*, child: bool) -> list[str]:
    """The prompts beside pay and documents."""
    but = OF_BOTH if child else OF_BOTH | FOR_CHILDREN
    return [code for code, _text in _more() if code not in but]


class AgreeForm(KitForm):
    """What was answered: shelter, the two police questions as one, the rest folded, until when; for a child by whom."""

    def __init__(
        self, *args: Any, case: Case | None = None, read: str = "", child: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.child = child or (case is not None and case.is_child)
        today = timezone.localdate(now()) if case is not None else None
        spoken.ask(self, case, read)
        self.fields[answer_name(SHELTER)] = self._answer(SHELTER)
        askable = packet.askable(*SHELTER)
        self.fields[sections_name(SHELTER)] = forms.MultipleChoiceField(
            label=_("What may be shared"),
            choices=[(code, sections.name(code, Audience.ASKED)) for code in askable],
            initial=_usual(SHELTER),
            required=False,
            widget=Ticks(hints={code: words.fields(SHELTER, code) for code in askable}),
        )
        self.fields["police"] = forms.ChoiceField(
            label=_("Police, prosecutor, court: two questions"),
            choices=[("no", _("No to both")), ("each", _("Ask each one")), (NOT_ASKED, _("Not asked"))],
            initial=NOT_ASKED,
            required=False,
            widget=Segments(unasked=NOT_ASKED, css="by-three"),
        )
        for key in (*POLICE, *OTHERS):
            self.fields[answer_name(key)] = self._answer(key)
        until = today + rules.UNTIL_DEFAULT if today else None
        self.fields["until"] = DateField(label=_("Valid until"), required=False, initial=until)
        self.fields["word"] = forms.IntegerField(required=False, widget=forms.HiddenInput)
        if self.child:
            of_child.ask(self)

    def clean(self) -> dict[str, Any]:
        """A child's yes needs the child's answer and an adult's."""
        said: dict[str, Any] = super().clean() or {}
        if self.child and any(one.agrees for one in self.said()):
            of_child.complete(self)
        return said

    @property
    def alone(self) -> bool:
        """Whether there is no adult who can be asked for a child: then a yes is no consent."""
        return self.child and of_child.is_alone(self)

    def _answer(self, key: rules.RowKey) -> forms.ChoiceField:
        return forms.ChoiceField(
            label=words.row(key),
            help_text="" if key == SHELTER else _shared(key),
            choices=[(code, capfirst(words.choice(code))) for code in _ORDER],
            initial=NOT_ASKED,
            required=False,
            widget=Segments(unasked=NOT_ASKED, css="two"),
        )

    def said(self) -> list[Said]:
        """The rows that were answered."""
        found = []
        for key in rules.ROWS:
            if key[0] == "police" and self.cleaned_data.get("police") in ("no", NOT_ASKED, ""):
                answer = "no" if self.cleaned_data.get("police") == "no" else NOT_ASKED
            else:
                answer = self.cleaned_data.get(answer_name(key)) or NOT_ASKED
            if answer == "no" or (answer != NOT_ASKED and not self.alone):
                found.append(Said(*key, answer, tuple(self._goes(key, answer)), None))
        return found

    def _goes(self, key: rules.RowKey, answer: str) -> Iterable[str]:
        if answer not in AGREES:
            return ()
        usual = _usual(key)
        chosen = self.cleaned_data.get(sections_name(key), ()) if key == SHELTER else usual
        return sorted({*chosen} - ({"identity"} if answer == "without_name" else set()))

    def answers(self) -> list[act.Answer]:
        """The same for the action."""
        return [act.Answer(one.kind, one.purpose, one.answer, frozenset(one.sections)) for one in self.said()]


_ORDER = (*(one for one in words.ANSWERS if one != NOT_ASKED), NOT_ASKED)
"""As of every other question of the way: what was not asked last."""


def _usual(key: rules.RowKey) -> list[str]:
    """The parts that go with a yes unless the person says otherwise."""
    return [code for code in packet.askable(*key) if packet.RULE[key][code] == packet.IN]


def _shared(key: rules.RowKey) -> str:
    """To what a yes is said, where the parts are not chosen one by one, and what it needs beside it."""
    said = _("Shared after they accept: %(parts)s.") % {"parts": parts(_usual(key))}
    return f"{words.why_row(key)} {said}" if key == COURT else said


class WholeForm(SignsForm, AgreeForm):
    """All that can be sent from this step."""


def consent(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """The step: the signs and the text, then the answers."""
    read = request.GET.get("read", "")
    read = read if read in READ_FIRST else ""
    if request.method != "POST":
        if read:
            return _answers(request, actor, case, read, None)
        return _signs(request, case, SignsForm(initial=_known(actor, case)).of(case))
    if request.POST.get("do") == "answers":
        return _save(request, actor, case, read)
    form = SignsForm(request.POST).of(case)
    if form.is_valid():
        _keep(actor, case, form)
        return _onward(request, actor, case)
    first_stands(actor)
    return _signs(request, case, form, status=400)


# --- the signs -------------------------------------------------------------------------------------------------------


def _known(actor: Actor, case: Case) -> dict[str, Any]:
    """What was answered before. A draft that holds the danger alone is not opened for that."""
    row = screening.draft_of(case)
    if row is None or row.seal_no <= 2:
        return {}
    signs = screening.open_answers(actor, case, state="draft").answers["signs"]
    return {
        "pay": signs.get(PAY, NOT_ASKED),
        "documents": signs.get(DOCUMENTS, NOT_ASKED),
        "more": [code for code in others(child=case.is_child) if signs.get(code) == "present"],
    }


def _signs_alone(request: HttpRequest, case: Case) -> bool:
    """Whether the signs are asked by themselves: of a child for whom no adult can be asked."""
    return case.is_child and request.GET.get("only") == "signs"


def _onward(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """The signs are saved: to the answers, past those that are kept, or back to whom to call for a child alone."""
    if request.POST.get("do") == "stop":
        return stopped(request, actor, case)
    if _signs_alone(request, case):
        messages.success(request, _("The signs are saved."))
        return done(actor, address(case.code, "alone"))
    if request.POST.get("do") == "kept":  # what does not hold any more is read and asked: nothing is said to be read
        here = address(case.code, "consent", of=correcting(request))
        return done(actor, onward(request, case, "need") if answered.kept(case) else here)
    language = request.POST.get("read", "")
    language = language if language in READ_FIRST else READ_FIRST[0]
    return done(actor, address(case.code, "consent", read=language, of=correcting(request)))


def _keep(actor: Actor, case: Case, form: SignsForm) -> None:
    """Into the signs of trafficking, where they are not asked again."""
    with together():
        row = screening.draft_of(case) or screening.start(actor.doing(None), case)
        screening.save(actor, case, seal_no=row.seal_no, part="signs", answers=form.signs(), page=PART)


def _signs(request: HttpRequest, case: Case, form: SignsForm, status: int = 200) -> HttpResponse:
    order = sorted(READ_FIRST, key=lambda code: code != case.language_code)
    read = [
        (texts.read_to(code, child=case.is_child), codelist("language").label(code, lists.language())) for code in order
    ]
    more = {
        "form": form,
        "texts": [
            {"text": text, "label": label, "open": place == 0, **folded(text)}
            for place, (text, label) in enumerate(read)
        ],
        "only_signs": (alone := _signs_alone(request, case)),
        "answered": "" if alone else answered.kept(case),
        "more_open": bool(form["more"].value() or form["more"].errors),
        "alone_url": address(case.code, "alone"),
        "every_sign_url": reverse("screening", args=[case.code]),
        "ask_coordinator": coordinator.reached(),
        **(beside(case, _("Signs")) if alone else {}),
    }
    return drawn(request, "consent", more, case=case, status=status)


# --- the answers -----------------------------------------------------------------------------------------------------


def _answers(
    request: HttpRequest, actor: Actor, case: Case, read: str, form: AgreeForm | None, status: int = 200
) -> HttpResponse:
    today = timezone.localdate(now())
    stands = asked(case, now())
    if form is None:
        initial = {"word": stands.last_said, **_stood(stands.states)}
        initial |= {"until": day} if (day := kept(stands, today)) else {}
        initial["speaker"] = speaker.of(request, case.code)
        form = AgreeForm(case=case, read=read, initial=initial)
    language = read or READ_FIRST[0]
    usual = _usual(SHELTER)
    more = {
        "form": form,
        "shelter": form[answer_name(SHELTER)],
        "goes": form[sections_name(SHELTER)],
        "usually": parts(usual, empty_in(case, usual)),
        "never": words.never(SHELTER),
        "police": [form[answer_name(key)] for key in POLICE],
        "doctor": form[answer_name(DOCTOR)],
        "others": [form[answer_name(key)] for key in OTHERS if key != DOCTOR],
        "text": texts.read_to(language, child=case.is_child),
        "read": language,
        "read_label": codelist("language").label(language, lists.language()),
        "speaks": spoken.stands(form),
        "until": answered.last_day(form, today),
        "usual": form["until"].value() == form.fields["until"].prepare_value(today + rules.UNTIL_DEFAULT),
        "how": [(code, lists.label("how_given", code)) for code in HOW[1:]],
        "said_by": SPOKE_FOR_CHILD if form.child else HOW[0],
        "about_child": [form[name] for name in of_child.ORDER if form.child],
        "signs_url": address(case.code, "consent"),
        "consent_url": reverse("consent", args=[case.code]),
    }
    return drawn(request, "agree", more, case=case, status=status)


def _stood(states: Any) -> dict[str, str]:
    """What was answered before stands selected."""
    said = {"given": "yes", "without_name": "without_name", "refused": "no", "withdrawn": "no"}
    rows = {answer_name(key): said.get(state, NOT_ASKED) for key, state in states.items()}
    police = {rows.get(answer_name(key), NOT_ASKED) for key in POLICE}
    rows["police"] = "no" if police == {"no"} else NOT_ASKED if police == {NOT_ASKED} else "each"
    return rows


def _save(request: HttpRequest, actor: Actor, case: Case, read: str) -> HttpResponse:
    """Her answers, as they were spoken. Nothing answered is a full answer too: then nothing can be sent."""
    form = AgreeForm(request.POST, case=case, read=read)
    if form.is_valid():
        said = form.said()
        former = unless_unread(lambda: asked(case, now()), NOTHING, AWAY) if said else NOTHING
        if former not in (NOTHING, AWAY) and ends(case, former, after_asking(former, said), former.excluded):
            form.add_error(None, _("An answer here stops a referral that runs. Give it on the page of the consent."))
        elif of_child.no_more(form, said):
            form.add_error(None, sentence(NotNow("age_since")))
        else:
            try:
                with together():
                    if said:
                        _record(request, actor, case, form, read)
                    spoken.keep(actor, case, form.cleaned_data, but=read if request.POST.get("how") == HOW[-1] else "")
            except Invalid as refusal:
                form.say(refusal)
            except NotNow as refusal:
                name = AT_FIELD.get(refusal.guard, "")
                form.add_error(name if name in form.fields else None, sentence(refusal))
            else:
                if said:
                    speaker.remember(request, case.code, "")
                return _next(request, actor, case, form)
    first_stands(actor)
    return _answers(request, actor, case, read, form, status=400)


def _record(request: HttpRequest, actor: Actor, case: Case, form: AgreeForm, read: str) -> None:
    how = request.POST.get("how", "")
    asking = act.Asking(
        language=read,
        how_given=how if how in HOW or (form.child and how == SPOKE_FOR_CHILD) else HOW[0],
        how_said="in_person",
        until_on=form.cleaned_data["until"],
        **(of_child.asking(form) if form.child else {}),
    )
    act.record(actor, case, answers=form.answers(), asking=asking, seen=form.cleaned_data["word"])


def _next(request: HttpRequest, actor: Actor, case: Case, form: AgreeForm) -> HttpResponse:
    if request.POST.get("go") == "stop":
        return stopped(request, actor, case)
    return done(actor, address(case.code, "alone") if form.alone else onward(request, case, "need"))
