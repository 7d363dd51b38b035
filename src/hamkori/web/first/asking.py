"""The questions of step 3: the signs, and what the person agrees to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.access.context import now
from hamkori.casework.consent.actions import consent as act
from hamkori.casework.consent.queries.consent import AGREES, Said
from hamkori.casework.consent.rules import consent as rules
from hamkori.casework.consent.rules import packet
from hamkori.directory.rules.suit import kinds
from hamkori.web.consent import words
from hamkori.web.consent.rows import AnswerField, answer_name, as_answers, plain, sections_name
from hamkori.web.first import child as of_child
from hamkori.web.first import heard, spoken
from hamkori.web.kit.forms import DateField, KitForm, Segments, Ticks
from hamkori.web.words import Audience, lists, sections
from hamkori.web.words.packet import parts

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.web.words.child_heard import Heard

NOT_ASKED = "not_asked"
PAY, DOCUMENTS = "CD14", "CD01"
COMMON = ("DR01", "CD03", "CD04", "CD11", "CD13", "CD06")
"""Signs of the whole list that come up by themselves: another job than promised, locked in, beaten, threatened, the
family threatened, clients.
"""
OF_BOTH = {"TJ07"}
"""The prompt that asks of pay and documents at once."""
FOR_CHILDREN = {"TJ08"}
SHELTER = ("shelter_social", "help")
POLICE = tuple(key for key in rules.ROWS if key[0] == "police")
COURT = ("health", "justice")
"""It needs a yes to the police too."""
OTHERS = (*(key for key in rules.ROWS if key[0] not in ("police", SHELTER[0]) and key != COURT), COURT)
"""As they are asked about: whom most need first, the examination for a court last."""
LAWYERS, TO_TALK = ("legal", "help"), ("psychological", "help")
"""These stand open: pay and papers that are withheld are asked about here, and many need somebody to talk to."""

CLAIM = ("legal", "justice")
"""It stands open beside them where pay is withheld."""


def _three() -> list[tuple[str, str]]:
    return [("present", _("Yes")), ("absent", _("No")), (NOT_ASKED, _("Not asked"))]


def _more() -> list[tuple[str, str]]:
    """What is most often told of by itself, then the prompts."""
    return [*((code, lists.label("indicator", code)) for code in COMMON), *lists.choices("local_prompt")]


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
        self,
        *args: Any,
        case: Case | None = None,
        read: str = "",
        child: bool = False,
        kept: Heard | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.child, self.kept = child or (case is not None and case.is_child), kept
        today = timezone.localdate(now()) if case is not None else None
        spoken.ask(self, case, read)
        self.fields[answer_name(SHELTER)] = self._answer(SHELTER)
        askable = packet.askable(*SHELTER)
        self.fields[sections_name(SHELTER)] = forms.MultipleChoiceField(
            label=_("What may be shared"),
            choices=[(code, sections.name(code, Audience.ASKED)) for code in askable],
            initial=usual_parts(SHELTER),
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
        if kept is not None:
            heard.ask(self, kept)

    def clean(self) -> dict[str, Any]:
        """A child's yes needs the child's answer and an adult's."""
        said: dict[str, Any] = super().clean() or {}
        if self.child and any(one.agrees for one in self.said()):
            of_child.complete(self)
            heard.complete(self)
        return said

    @property
    def alone(self) -> bool:
        """Whether there is no adult who can be asked for a child: then a yes is no consent."""
        return self.child and of_child.is_alone(self)

    def _answer(self, key: rules.RowKey) -> AnswerField:
        return AnswerField(
            label=words.row(key),
            help_text="" if key == SHELTER else _shared(key),
            ask=[(code, capfirst(words.choice(code))) for code in _ORDER],
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
                answer = plain(self.cleaned_data.get(answer_name(key)) or NOT_ASKED)
            if answer == "no" or (answer != NOT_ASKED and not self.alone):
                found.append(
                    Said(
                        kind=key[0], purpose=key[1], answer=answer, sections=tuple(self._goes(key, answer)), until=None
                    )
                )
        return found

    def _goes(self, key: rules.RowKey, answer: str) -> Iterable[str]:
        if answer not in AGREES:
            return ()
        usual = usual_parts(key)
        chosen = self.cleaned_data.get(sections_name(key), ()) if key == SHELTER else usual
        return sorted({*chosen} - ({"identity"} if answer == "without_name" else set()))

    def answers(self) -> list[act.Answer]:
        """The same for the action."""
        return as_answers(self.said(), self.cleaned_data)


_ORDER = (*(one for one in words.ANSWERS if one != NOT_ASKED), NOT_ASKED)
"""As of every other question of the way: what was not asked last."""


def usual_parts(key: rules.RowKey) -> list[str]:
    """The parts that go with a yes unless the person says otherwise."""
    return [code for code in packet.askable(*key) if packet.RULE[key][code] == packet.IN]


def needed(case: Case) -> frozenset[rules.RowKey]:
    """The questions to which a yes is needed for what was said to be needed, by the help that answers each need."""
    found = (rules.kind_of("", code) for code in kinds(case.need_tonight_codes))
    return frozenset((kind, "help") for kind in found if kind is not None)


def not_now(folded: Iterable[rules.RowKey], *, answered: bool) -> str:
    """How the fold of these questions is called: while nothing in it is answered, or once something is."""
    there = {*folded}
    lawyers = [key for key in OTHERS if key in there and key[0] == "legal"]
    names = (
        (_("Lawyers") if len(lawyers) > 1 else words.row(lawyers[0]) if lawyers else "", bool(lawyers)),
        (_("Examination for a court"), COURT in there),
    )
    who = {"who": lists.enumerated(name for name, is_there in names if is_there)}
    return (_("%(who)s: an answer is marked") if answered else _("%(who)s: not asked now")) % who


def shared(goes: str) -> str:
    """To what a yes is said: above the answers of each question, so that it is read before one is given."""
    return _("Shared after they accept: %(parts)s.") % {"parts": goes}


def _shared(key: rules.RowKey) -> str:
    """The same where the parts are not chosen one by one, and what it needs beside it."""
    said = shared(parts(usual_parts(key)))
    return f"{words.why_row(key)} {said}" if key == COURT else said


class WholeForm(SignsForm, AgreeForm):
    """All that can be sent from this step."""
