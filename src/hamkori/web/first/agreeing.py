"""Step 3: signs and consent on one screen. "I read it" keeps the signs and opens the answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.casework.consent.actions import consent as act
from hamkori.casework.consent.queries.consent import after_asking, asked
from hamkori.casework.consent.rules import consent as rules
from hamkori.casework.referral.queries import refer as preparing
from hamkori.casework.referral.queries.refer import empty_in
from hamkori.casework.screening.actions import screening
from hamkori.operations import first_stands, together
from hamkori.refusal import Invalid, NotNow
from hamkori.vocabulary import codelist
from hamkori.vocabulary.country import READ_FIRST
from hamkori.web.cases import meanwhile
from hamkori.web.consent import words
from hamkori.web.consent.forms import AT_FIELD
from hamkori.web.consent.rows import answer_name, sections_name
from hamkori.web.consent.unread import AWAY, NOTHING, ends, unless_unread
from hamkori.web.consent.until import kept
from hamkori.web.first import answered, doctor, heard, spoken, tongues
from hamkori.web.first import child as of_child
from hamkori.web.first.asking import (
    CLAIM,
    DOCUMENTS,
    LAWYERS,
    NOT_ASKED,
    OTHERS,
    PAY,
    POLICE,
    SHELTER,
    TO_TALK,
    AgreeForm,
    SignsForm,
    needed,
    not_now,
    others,
    shared,
    usual_parts,
)
from hamkori.web.first.frame import PART, address, beside, correcting, drawn, onward, stopped
from hamkori.web.first.said import PLACE
from hamkori.web.kit import drafts, moments
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.kit.refusals import sentence
from hamkori.web.kit.remembered import speaker
from hamkori.web.referrals.doctor import is_missing
from hamkori.web.words import child_heard, coordinator, corrected, lists
from hamkori.web.words.packet import parts
from hamkori.web.words.place import DOCTOR

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.casework.consent.models import Consent

SPOKE_FOR_CHILD = "child_speaker"
INTERPRETED = "through_interpreter"
HOW = ("spoken", "signed", "mark", INTERPRETED)
"""How the person answered: each is a button."""

SIGNS: Final = ("pay", "documents", "more")
UNSAID: Final[tuple[object, ...]] = (None, "", "not_asked", [])
"""Of a question: nothing is marked."""


def consent(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """The step: the signs and the text, then the answers."""
    read = request.GET.get("read", "")
    read = read if read in tongues.CAN_BE_SAID else ""
    if request.method != "POST":
        if read:
            return _answers(request, actor, case, read, None)
        ask_doctor = doctor.asked_at(preparing.prepared_for(actor, case.pk)) if is_missing(case) else ""
        return _signs(request, case, SignsForm(initial=_known(actor, case)).of(case), ask_doctor=ask_doctor)
    if request.POST.get("do") == "answers":
        return _save(request, actor, case, read)
    form = SignsForm(request.POST).of(case)
    was = ""
    if form.is_valid():
        form, was = _with_saved(request, actor, case, form)
    if form.is_valid():
        _keep(actor, case, form)
        drafts.saved(request)
        return _onward(request, actor, case, marked=_any_marked(form.cleaned_data))
    first_stands(actor)
    return _signs(request, case, form, status=400, was=was)


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


def _any_marked(signs: Mapping[str, Any]) -> bool:
    """Whether one of these signs was answered; where none was, none is said to be saved."""
    return any(signs.get(name) not in UNSAID for name in SIGNS)


def _with_saved(request: HttpRequest, actor: Actor, case: Case, form: SignsForm) -> tuple[SignsForm, str]:
    """The signs with what another window saved of them since this page was opened; where both said something else of
    one, with that as what is wrong, and what the page is opened with now.
    """
    row = screening.draft_of(case)
    if row is None or request.POST.get("signs_no", "") in ("", str(row.seal_no)):
        return form, ""
    stands = meanwhile.drawn_with(SignsForm(initial=_known(actor.doing(None), case)).of(case))
    sent, both = meanwhile.put_together(request.POST, form.cleaned_data, stands)
    form = SignsForm(sent).of(case)
    if both:
        form.add_error(None, sentence(NotNow("version_same")))
        meanwhile.says(form, both, stands)
    return form, meanwhile.opened_with(stands)


def _signs_alone(request: HttpRequest, case: Case) -> bool:
    """Whether the signs are asked by themselves: of a child for whom no adult can be asked."""
    return case.is_child and request.GET.get("only") == "signs"


def _onward(request: HttpRequest, actor: Actor, case: Case, *, marked: bool) -> HttpResponse:
    """The signs are saved: to the answers, past those that are kept, or back to whom to call for a child alone.
    `marked`: one of them was answered.
    """
    if request.POST.get("do") == "stop":
        return stopped(request, actor, case)
    if _signs_alone(request, case):
        none = _("No sign was answered here. You can answer them later.")
        messages.success(request, _("The signs are saved.") if marked else none)
        return done(actor, address(case.code, "alone"))
    if request.POST.get("do") == "kept":  # what does not hold any more is read and asked: nothing is said to be read
        child = heard.now_of(actor, case)
        here = address(case.code, "consent", read=child.read if child else "", of=correcting(request))
        return done(actor, onward(request, case, "need") if answered.kept(case) else here)
    language = request.POST.get("read", "")
    language = language if language in tongues.CAN_BE_SAID else READ_FIRST[0]
    return done(actor, address(case.code, "consent", read=language, of=correcting(request)))


def _keep(actor: Actor, case: Case, form: SignsForm) -> None:
    """Into the signs of trafficking, where they are not asked again."""
    with together():
        row = screening.draft_of(case) or screening.start(actor.doing(None), case)
        screening.save(actor, case, seal_no=row.seal_no, part="signs", answers=form.signs(), page=PART)


def _signs(
    request: HttpRequest, case: Case, form: SignsForm, status: int = 200, was: str = "", ask_doctor: str = ""
) -> HttpResponse:
    """`was`: with what the page is opened anew, where another window saved the signs; of a mistake it stays older."""
    older, row = {} if was else request.POST, screening.draft_of(case)
    child = heard.now_of(actor_of(request), case)
    more = {
        "form": form,
        "was": was or older.get("was") or meanwhile.opened_with(meanwhile.drawn_with(form)),
        "signs_no": older.get("signs_no") or (row.seal_no if row is not None else 0),
        **tongues.offered(case),
        "only_signs": (alone := _signs_alone(request, case)),
        "answered": (stands := "" if alone else answered.kept(case)) or (child.when if child and not alone else ""),
        "adult_answers": child is not None and not (alone or stands),
        "ask_doctor_url": ask_doctor,
        "more_open": bool(form["more"].value() or form["more"].errors),
        "signs_later": not alone and case.is_child and PLACE in case.need_tonight_codes,
        "signs_open": bool(form.errors) or any(form[name].value() not in UNSAID for name in SIGNS),
        "alone_url": address(case.code, "alone"),
        "every_sign_url": reverse("screening", args=[case.code]),
        "ask_coordinator": coordinator.reached(),
        **(beside(case, _("Signs")) if alone else {}),
    }
    return drawn(request, "consent", more, case=case, status=status)


def _in_words(form: AgreeForm, today: date) -> str:
    """The last day as it is read; what is no day, as it was typed."""
    typed = form["until"].value() or ""
    try:
        day = form.fields["until"].to_python(typed)
    except forms.ValidationError:
        return str(typed)
    return moments.full_day(day, today) if day is not None else ""


# --- the answers -----------------------------------------------------------------------------------------------------


def _answers(
    request: HttpRequest,
    actor: Actor,
    case: Case,
    read: str,
    form: AgreeForm | None,
    status: int = 200,
    was: str = "",
) -> HttpResponse:
    today = timezone.localdate(now())
    form = form or _fresh(request, actor, case, read)
    language = read or READ_FIRST[0]
    usual, rest = usual_parts(SHELTER), [key for key in OTHERS if key != DOCTOR]
    goes = shared(parts(usual, empty_in(case, usual)))
    lines = (goes, words.named(SHELTER), words.nameless())
    heard.says(form, answer_name(SHELTER), format_html("{}<br> {}<br> {}", *lines))
    heard.mark(form, answered.for_another_age(case))
    if form.child:
        heard.hold(form, unless_unread(lambda: asked(case, now()), NOTHING))
    signs = _known(actor.doing(None), case)
    claims = {CLAIM} if signs.get("pay") == "present" else set()
    folds = [key for key in rest if key not in {TO_TALK, LAWYERS, *claims, *needed(case)}]
    through = tongues.is_interpreted(case, read) and not form.child
    first = SPOKE_FOR_CHILD if form.child else INTERPRETED if through else tongues.HOW.get(case.language_code, HOW[0])
    more = {
        "form": form,
        "was": was or request.POST.get("was") or meanwhile.opened_with(meanwhile.drawn_with(form)),
        "shelter": form[answer_name(SHELTER)],
        "goes": form[sections_name(SHELTER)],
        "never": words.never(SHELTER),
        "police": [form[answer_name(key)] for key in POLICE if heard.EACH in dict(form.choices_of("police"))],
        "doctor": form[answer_name(DOCTOR)],
        "ask_doctor": form[answer_name(DOCTOR)].value() in UNSAID and is_missing(case),
        "wanted": [form[answer_name(key)] for key in rest if key not in folds],
        "others": [form[answer_name(key)] for key in folds],
        "others_title": not_now(folds, answered=any(form[answer_name(key)].value() not in UNSAID for key in folds)),
        "documents_with": words.row(SHELTER),
        **tongues.was_read(case, language),
        "heard": form.kept.when if form.kept is not None and form.kept.read == read else "",
        "adult_heard": form[heard.ADULT] if heard.ADULT in form.fields else None,
        "speaks": spoken.stands(form),
        "until": _in_words(form, today),
        "usual": form["until"].value() == form.fields["until"].prepare_value(today + rules.UNTIL_DEFAULT),
        "first": first,
        "how": [(code, lists.label("how_given", code)) for code in HOW if code != (HOW[0] if form.child else first)],
        "about_child": [form[name] for name in of_child.ORDER if form.child],
        "signs_url": address(case.code, "consent"),
        "signs_marked": _any_marked(signs),
        "consent_url": reverse("consent", args=[case.code]),
    }
    return drawn(request, "agree", more, case=case, status=status)


def _fresh(request: HttpRequest, actor: Actor, case: Case, read: str) -> AgreeForm:
    """The questions with what was answered before, and what a child answered while no adult could be asked."""
    stands = asked(case, now())
    states = {key: state for key, state in stands.states.items() if key not in stands.other_age}
    initial = {"word": stands.last_said, **_stood(states)}
    initial |= {"until": day} if (day := kept(stands, timezone.localdate(now()))) else {}
    initial["speaker"] = speaker.of(request, case.code)
    marked = child_heard.heard(actor, case, stands.last_said)
    return AgreeForm(case=case, read=read, kept=marked, initial=initial)


def _stood(states: Any) -> dict[str, str]:
    """What was answered before stands selected."""
    said = {"given": "yes", "without_name": "without_name", "refused": "no", "withdrawn": "no"}
    rows = {answer_name(key): said.get(state, NOT_ASKED) for key, state in states.items()}
    police = {rows.get(answer_name(key), NOT_ASKED) for key in POLICE}
    rows["police"] = "no" if police == {"no"} else NOT_ASKED if police == {NOT_ASKED} else "each"
    return rows


def _save(request: HttpRequest, actor: Actor, case: Case, read: str) -> HttpResponse:
    """Her answers, as they were spoken. Nothing answered is a full answer too: then nothing can be sent."""
    form = AgreeForm(request.POST, case=case, read=read, kept=heard.now_of(actor, case))
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
                    written = _record(request, actor, case, form, read) if said else None
                    of_child.asked_now(actor, case, form)
                    spoken.keep(actor, case, form.cleaned_data, but=tongues.not_theirs(read, request.POST.get("how")))
            except Invalid as refusal:
                form.say(refusal)
            except NotNow as refusal:
                if refusal.guard == "version_same":
                    return _again(request, actor, case, read, form, refusal)
                name = AT_FIELD.get(refusal.guard, "")
                form.add_error(name if name in form.fields else None, sentence(refusal))
            else:
                drafts.saved(request)
                heard.keep(actor, case, form, read, written)
                if written is not None:
                    speaker.remember(request, case.code, "")
                    if told := corrected.since(case, written.at):
                        messages.success(request, told)
                return _next(request, actor, case, form)
    first_stands(actor)
    return _answers(request, actor, case, read, form, status=400)


def _again(request: HttpRequest, actor: Actor, case: Case, read: str, form: AgreeForm, refusal: NotNow) -> HttpResponse:
    """The person said something in another window meanwhile: with that, and with what was changed here."""
    first_stands(actor)
    fresh = _fresh(request, actor, case, read)
    stands = meanwhile.drawn_with(fresh)
    again = meanwhile.drawn_again(
        request.POST,
        form.cleaned_data,
        stands,
        lambda sent: AgreeForm(sent, case=case, read=read, kept=heard.now_of(actor, case)),
        refusal,
        word=fresh.initial["word"],
    )
    return _answers(request, actor, case, read, again, status=400, was=meanwhile.opened_with(stands))


def _record(request: HttpRequest, actor: Actor, case: Case, form: AgreeForm, read: str) -> Consent:
    how = request.POST.get("how", "")
    asking = act.Asking(
        language=read,
        how_given=how if how in HOW or (form.child and how == SPOKE_FOR_CHILD) else HOW[0],
        how_said="in_person",
        until_on=form.cleaned_data["until"],
        **(of_child.asking(form) if form.child else {}),
    )
    return act.record(actor, case, answers=form.answers(), asking=asking, seen=form.cleaned_data["word"])


def _next(request: HttpRequest, actor: Actor, case: Case, form: AgreeForm) -> HttpResponse:
    if request.POST.get("go") == "stop":
        return stopped(request, actor, case)
    if form.alone:
        return done(actor, address(case.code, "alone"))
    soon = request.GET.get("urgency", "")  # who came back from the services for one question returns to them
    if soon in codelist("urgency") and not correcting(request):
        return done(actor, address(case.code, "service", urgency=soon))
    return done(actor, onward(request, case, "need"))
