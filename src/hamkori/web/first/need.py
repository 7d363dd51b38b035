"""Step 4: what is needed first, and how soon. Where nothing may be sent, it is saved, and that is said."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.casework.case.actions import case as act
from hamkori.casework.case.actions.section import open_section
from hamkori.casework.case.queries import cases
from hamkori.casework.case.queries.sections import is_as_begun
from hamkori.casework.consent.rules import consent as rules
from hamkori.casework.referral.queries import refer as preparing
from hamkori.casework.referral.queries.drafts import draft_of
from hamkori.casework.referral.queries.refer import Prepared
from hamkori.casework.referral.rules import how_soon
from hamkori.casework.referral.rules.card import FLAGS, NEEDED, OF_A_CHILD, SICK_CHILD, WITH_CHILD
from hamkori.casework.screening.actions import screening
from hamkori.casework.work.queries.needed import CHILD_THINGS
from hamkori.directory.rules.suit import kinds
from hamkori.operations import first_stands, together
from hamkori.refusal import Invalid, NotNow
from hamkori.vocabulary import codelist
from hamkori.web.cases import child_contact, meanwhile
from hamkori.web.first import checking, heard
from hamkori.web.first import said as in_words
from hamkori.web.first.frame import PART, address, correcting, drawn, stopped
from hamkori.web.first.said import DOCTOR, HIDES, NOT_ASKED, NOTHING, PLACE
from hamkori.web.kit import drafts, moments
from hamkori.web.kit.forms import Choices, KitForm, Segments, Ticks
from hamkori.web.kit.posting import actor_of, done, version_of
from hamkori.web.kit.refusals import sentence
from hamkori.web.words import child_alone, lists
from hamkori.web.words.calling import URGENT
from hamkori.web.words.case import person_of
from hamkori.web.words.comes_along import count_children, questions
from hamkori.web.words.consented import group
from hamkori.web.words.fields import Coded, Codes

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

MAY_BE_TOLD: Final = {"someone_to_talk": "psychological", "lawyer": "legal"}
"""What else can be needed -> whom step 3 asks about for it, each by name."""
PERSON = NEEDED[0]
"""Who needs a doctor, where no child comes along."""
ALONE: Final = ("", "0", NOT_ASKED)
"""How many children come along, where nobody is known to: for whom the doctor is, is not asked."""
WEIGHED_LESS = (NOT_ASKED, "ordinary")
"""Risks that are less than what somebody who hides is in."""
WHO: Final = "who"
"""Of whom the form was asked, beside the answers that it was opened with."""


def _places() -> list[tuple[str, str]]:
    return [("has", _("Has one")), ("needs", _("Needs one")), (NOT_ASKED, _("Not asked"))]


def _doctors() -> list[tuple[str, str]]:
    return [("today", _("Today")), ("soon", _("Soon, this week")), ("no", _("No")), (NOT_ASKED, _("Not asked"))]


def _of_a_child() -> str:
    """Of a child it finds whoever looks after children too."""
    return _("Something for a child, or a social service")


def _whose() -> list[tuple[str, str]]:
    ages = [(code, lists.label("answer_code", age)) for code, age in SICK_CHILD.items()]
    return [
        (PERSON, pgettext("who needs the doctor", "The person")),
        *((code, pgettext("who needs the doctor", "A child, %(age)s") % {"age": age}) for code, age in ages),
        (WITH_CHILD, pgettext("who needs the doctor", "Both")),
    ]


def _hides() -> list[tuple[str, str]]:
    return [("yes", _("Yes")), ("no", _("No")), (NOT_ASKED, _("Not asked"))]


class NeedForm(KitForm):
    """A place for tonight, whom the person hides from, a doctor, something else too, how soon, what comes along."""

    tonight = forms.ChoiceField(
        label=gettext_lazy("A safe place to sleep tonight"), choices=_places, initial=NOT_ASKED, required=False,
        widget=Segments(unasked=NOT_ASKED, css="by-three"),
    )  # fmt: skip
    hides = forms.ChoiceField(
        label=gettext_lazy("Does somebody look for the person, or must they stay hidden?"),
        help_text=gettext_lazy("Yes: the summary says that the risk is raised. No: that it is ordinary."),
        choices=_hides, initial=NOT_ASKED, required=False, widget=Segments(unasked=NOT_ASKED, css="by-three"),
    )  # fmt: skip
    doctor = forms.ChoiceField(
        label=gettext_lazy("Is a doctor needed?"), choices=_doctors, initial=NOT_ASKED, required=False,
        widget=Segments(unasked=NOT_ASKED, css="two"),
    )  # fmt: skip
    whose = forms.ChoiceField(
        label=gettext_lazy("Who needs the doctor?"), choices=_whose, required=False, widget=Segments(css="by-three"),
    )  # fmt: skip
    more = Codes(
        "need_tonight",
        gettext_lazy("Something else too"),
        but={PLACE, HIDES, DOCTOR, NOTHING, NOT_ASKED},
        required=False,
        widget=Ticks({"class": "choices"}),
    )
    urgency = Coded(
        "urgency", gettext_lazy("How soon must they answer?"), widget=Choices,
        help_text=gettext_lazy(
            "A place for tonight and a doctor for today are urgent unless you choose otherwise. For other help alone,"
            " choose one."
        ),
    )  # fmt: skip
    children_code, _doctor, stairs_code = questions().values()

    def __init__(
        self,
        *args: Any,
        hints: dict[str, str] | None = None,
        sends: bool = True,
        stops: bool = False,
        contact: Mapping[str, forms.Field] | None = None,
        agreed: Mapping[str, str] | None = None,
        child: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.agreed = agreed or {}
        rest = [
            (code, _of_a_child() if child and code == CHILD_THINGS else said) for code, said in self.choices_of("more")
        ]
        self.offer("more", sorted(rest, key=lambda one: one[0] not in self.agreed), self.agreed)
        self.sends, self.asks_contact = sends, contact is not None
        self.offer("urgency", lists.choices("urgency"), hints or {})
        self.stops = stops
        self.fields["urgency"].required = False
        if not sends:
            del self.fields["urgency"]
        self.fields.update(contact or {})

    def clean(self) -> dict[str, Any]:
        """No child is sent anywhere before it is known whom we tell; whoever stops here sends nothing."""
        said: dict[str, Any] = super().clean() or {}
        if self._is_for_whom_unsaid(said):
            self.add_error("whose", _("Say who needs the doctor: the person, or a child who comes along."))
        count_children(self, self._needed_by(said))
        if self.sends and not self.stops:
            self._how_soon(said)
            if self.asks_contact:
                child_contact.require(self)
        return said

    def _how_soon(self, said: dict[str, Any]) -> None:
        """What is needed tonight or today is urgent, unless something else was chosen; the rest is asked."""
        if said.get("urgency") or "urgency" in self.errors:
            return
        if said.get("tonight") == "needs" or said.get("doctor") == "today":
            said["urgency"] = URGENT
        else:
            self.add_error("urgency", _("Say how soon."))

    def _is_for_whom_unsaid(self, said: Mapping[str, Any]) -> bool:
        """Whether a doctor is needed, a child comes along, and nobody said which of them it is for."""
        needed = said.get("doctor") in ("today", "soon") and said.get(FLAGS[2], "") not in ALONE
        return needed and not said.get("whose") and "whose" not in self.errors

    def _needed_by(self, said: Mapping[str, Any]) -> str:
        """Whether a doctor is needed, and by whom, as a case says it."""
        needed = said.get("doctor") in ("today", "soon")
        return (said.get("whose") or PERSON) if needed else said.get("doctor") or NOT_ASKED

    def sealed(self) -> dict[str, dict[str, Any]]:
        """Whom we tell for a child, if that is known."""
        contact = child_contact.said(self) if self.asks_contact else ""
        return {"contact": {"child_contact": contact}} if contact else {}

    def codes(self) -> dict[str, Any]:
        """What is needed, as a case says it."""
        said = self.cleaned_data
        asked = (
            (PLACE, said["tonight"] == "needs"),
            (DOCTOR, said["doctor"] == "today"),
            *((code, code in said["more"]) for code in codelist("need_tonight").codes),
            (HIDES, said["hides"] == "yes"),
        )
        needs = [code for code, needed in asked if needed] or [NOTHING if said["tonight"] == "has" else NOT_ASKED]
        flags = {FLAGS[0]: self._needed_by(said), **{name: said[name] for name in FLAGS[1:]}}
        return {"need_tonight_codes": needs, **flags}


def need(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """The step. It opens the case, whose first pages are answered by now."""
    known = preparing.prepared(actor, case.code)
    sends, was = may_be_sent(known), known.case.need_tonight_codes
    if request.method != "POST":
        first_stands(actor)
        form = _form(request, actor, case, known)
        return _page(request, case, form, carried=_carried(case, meanwhile.drawn_with(form)))
    form, too_long = _form(request, actor, case, known, request.POST), []
    if form.is_valid():
        try:
            _open(request, actor, case, form, "ask_agreement" if _asks_first(known) else "signs")
        except Invalid as refusal:
            too_long = in_words.too_long(refusal)
            form.say(Invalid({name: text for name, text in refusal.errors.items() if name not in in_words.FIELDS}))
        except NotNow as refusal:
            if refusal.guard == "version_same":
                return _again(request, actor, case.code, form, refusal)
            form.add_error(None, sentence(refusal))
        else:
            drafts.saved(request)
            if not sends or request.POST.get("do") == "stop":
                return stopped(request, actor, case)
            return done(actor, _then(request, actor, case, form.cleaned_data["urgency"], was=was))
    first_stands(actor)
    # A mistake does not make an older page a new one: it is sent with the version that it was opened with.
    carried, version = (request.POST.get(name, "") for name in ("was", "version"))
    return _page(request, case, form, carried=carried, version=version, too_long=too_long)


def _again(request: HttpRequest, actor: Actor, code: str, form: NeedForm, refusal: NotNow) -> HttpResponse:
    """Another window saved this step: with what is saved by now, and what was changed here."""
    first_stands(actor)
    case, known = cases.case(actor, code), preparing.prepared(actor, code)
    stands = meanwhile.drawn_with(_form(request, actor.doing(None), case, known))
    again = meanwhile.drawn_again(
        request.POST, form.cleaned_data, stands, lambda sent: _form(request, actor, case, known, sent), refusal
    )
    if WHO in meanwhile.changed(request.POST, _who(case)):
        person = person_of(case.sex_code, case.age_band_code) or _("not known")
        said = _("Sex or age was changed meanwhile. Now: %(person)s. Read the questions again.")
        again.add_error(None, said % {"person": person})
    return _page(request, case, again, carried=_carried(case, stands))


def _carried(case: Case, stands: dict[str, Any]) -> str:
    """What the form was opened with, and of whom: the questions hang on whether a child is asked."""
    return meanwhile.opened_with({**stands, **_who(case)})


def _who(case: Case) -> dict[str, Any]:
    return {WHO: [case.sex_code, case.age_band_code]}


def _form(request: HttpRequest, actor: Actor, case: Case, known: Prepared, typed: QueryDict | None = None) -> NeedForm:
    """The questions as they were answered before, or as they were sent."""
    form = NeedForm(
        typed,
        initial=_stands(case, request.GET.get("urgency", ""), has=typed is None and in_words.has_place(actor, case)),
        hints={code: _due(known, code) for code in codelist("urgency").codes},
        sends=may_be_sent(known),
        stops=request.POST.get("do") == "stop",
        contact=_contact(actor, case, drawn_anew=typed is None),
        agreed=_agreed(known),
        child=case.is_child,
    )
    if case.is_child:  # of whatever age: they come along with a child too
        form.fields["children_code"].label = _("Brothers, sisters or own children who come along")
    return form


def _page(
    request: HttpRequest,
    case: Case,
    form: NeedForm,
    *,
    carried: str,
    version: str = "",
    too_long: Iterable[object] = (),
) -> HttpResponse:
    more = {
        "form": form,
        "was": carried,
        "version": version or case.version,
        "sends": form.sends,
        "too_long": too_long,
        "part_url": f"{reverse('section', args=[case.code])}?of={in_words.PART}",
        "consent_url": address(case.code, "consent"),
        "child_said": "" if form.sends else heard.said_yes(actor_of(request), case),
        "adult_url": child_alone.adult_at(case.code),
        "else_open": bool(form["more"].value() or form.agreed),
        "contact": [form[name] for name in (child_contact.CHOICE, child_contact.WRITTEN) if name in form.fields],
        # Of an adult it is asked in the open: whoever passes it by sends a mother without her child.
        "along": None if case.is_child else form[FLAGS[2]],
        "comes_wrong": any(form[name].errors for name in FLAGS[1:]),
        "comes": [form[name] for name in (FLAGS[2], FLAGS[1]) if case.is_child or name != FLAGS[2]],
    }
    return drawn(request, "need", more, case=case, status=400 if request.method == "POST" else 200)


def may_be_sent(known: Prepared) -> bool:
    """Whether there is any yes that holds now."""
    return any(rules.live(row, known.at, known.age) for row in known.rows.values())


def _agreed(known: Prepared) -> dict[str, str]:
    """What else can be needed, of which the person agreed that those who help with it may be told: in the word of that
    question. It is not ticked: who agrees to it need not want it now.
    """
    live = {key[0] for key, row in known.rows.items() if rules.live(row, known.at, known.age)}
    return {
        need: _("The person said yes: %(whom)s") % {"whom": lists.inside(group(kind))}
        for need, kind in MAY_BE_TOLD.items()
        if kind in live
    }


def _asks_first(known: Prepared) -> bool:
    """Whether a child waits for an adult: nobody could be asked yet, and there was no no."""
    row = known.rows.get(("shelter_social", "help"))
    return known.case.is_child and not may_be_sent(known) and (row is None or row.answer == NOT_ASKED)


def _contact(actor: Actor, case: Case, *, drawn_anew: bool) -> dict[str, forms.Field] | None:
    """The question whom we tell for a child, with what was answered before; None for an adult."""
    known = ""
    if case.is_child and drawn_anew and not is_as_begun(case, "contact"):
        known = open_section(actor, case, section="contact", in_step=True).fields.get("child_contact", "")
    return child_contact.asked(actor, case, known)


def _due(known: Prepared, urgency: str) -> str:
    due = moments.moment(known.answer_by(urgency), known.at)
    return _("answer due %(moment)s") % {"moment": due}


def _stands(case: Case, said: str, *, has: bool) -> dict[str, Any]:
    """What was answered before. `said`: how soon, as the step after this one had it. `has`: a place for tonight. A risk
    alone makes urgent what nobody has said yet; once it is said that nothing is for tonight, how soon is asked.
    """
    needs = list(case.need_tonight_codes)
    draft = draft_of(case)
    stood = how_soon.of_needs(draft.service_code, needs, draft.urgency_code) if draft else ""
    at_risk = case.has_danger or (case.is_child and case.risk_code not in WEIGHED_LESS)
    ill = case.doctor_code in NEEDED
    unsaid = not (has or needs or ill)
    urgent = not {PLACE, DOCTOR}.isdisjoint(needs) or (at_risk and unsaid)
    soon = {"urgency": said or stood or (URGENT if urgent else "")}
    tonight = "needs" if PLACE in needs else "has" if has or needs == [NOTHING] else NOT_ASKED
    more = [code for code in needs if code not in (PLACE, HIDES, DOCTOR, NOTHING, NOT_ASKED)]
    hides = "yes" if HIDES in needs else NOT_ASKED
    said_of = "today" if DOCTOR in needs else "soon" if ill else case.doctor_code
    # With a child who was said to come only now, the doctor of the person alone is an answer that nobody gave.
    whose = case.doctor_code if ill and (case.doctor_code in OF_A_CHILD or case.children_code not in ALONE) else ""
    comes = {name: getattr(case, name) for name in FLAGS[1:]}
    return {"tonight": tonight, "hides": hides, "doctor": said_of, "whose": whose, "more": more, **soon, **comes}


def _then(request: HttpRequest, actor: Actor, case: Case, urgency: str, *, was: Collection[str]) -> str:
    """The next step. Whoever came back from a draft returns to it, if it is for help that is still needed."""
    of, draft = correcting(request), draft_of(case)
    same = kinds(was) == kinds(case.need_tonight_codes)
    if draft is None or draft.code != of or not same or not checking.lies_in(case, draft, in_words.PART):
        return address(case.code, "service", urgency=urgency, of=of)
    if not how_soon.apart(draft.service_code, case.need_tonight_codes):
        checking.correct(actor, case, draft, urgency)
    return address(case.code, "check", of=of)


def _open(request: HttpRequest, actor: Actor, case: Case, form: NeedForm, then: str) -> None:
    version, codes, sealed = version_of(request), form.codes(), form.sealed()
    if sentences := in_words.sentences(actor, case, form.cleaned_data, codes["need_tonight_codes"]):
        sealed[in_words.PART] = sentences
    codes |= _risk(case, form.cleaned_data["hides"])
    with together():
        if case.state_code != "draft":
            act.edit(actor, case, version=version, codes=codes, sealed=sealed)
        else:
            today = timezone.localdate(now())
            asked = case.next_step_code == "ask_agreement" != then  # an adult has answered meanwhile
            step = {"next_step_code": then, "next_step_on": today} if asked or not case.next_step_code else {}
            act.register(actor, case, version=version, codes={**codes, **step}, sealed=sealed)
        if form.cleaned_data["hides"] == "no":
            _nobody_looks(actor.doing(None), case)


def _risk(case: Case, hides: str) -> dict[str, str]:
    """What the answer says of the risk, in the words of its list: ordinary is "No sign that somebody looks for the
    person". Nothing that was weighed higher is made less by a no.
    """
    if hides == "yes" and case.risk_code in WEIGHED_LESS:
        return {"risk_code": "raised"}
    return {"risk_code": "ordinary"} if hides == "no" and case.risk_code == NOT_ASKED and not case.has_danger else {}


def _nobody_looks(actor: Actor, case: Case) -> None:
    """A no is the no of the question among the signs too; a yes is not, where the person may only hide."""
    if (signs := screening.draft_of(case)) is not None:
        screening.save(actor, case, seal_no=signs.seal_no, part="danger", answers={"looked_for": "no"}, page=PART)
