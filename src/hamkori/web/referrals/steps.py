"""Single steps of the sender: each on its own address, whose last word is the action's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.access.actor import Actor
from hamkori.casework.case.queries.team import leads
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.actions import confirm as confirming
from hamkori.casework.referral.actions import send as actions
from hamkori.casework.referral.actions.disclosure import open_present_signs
from hamkori.casework.referral.queries import hearing
from hamkori.casework.referral.queries import refer as preparing
from hamkori.casework.referral.queries import referrals as queries
from hamkori.casework.referral.queries.copies import lie_at
from hamkori.casework.referral.queries.note import note_of
from hamkori.casework.referral.queries.origin import nothing
from hamkori.casework.referral.queries.referrals import SENDER, SenderPage
from hamkori.casework.referral.rules.lifecycle import REFERRAL
from hamkori.directory import queries as directory
from hamkori.refusal import NotAllowed, NotNow, NotVisible
from hamkori.vocabulary import codelist
from hamkori.web.kit import moments
from hamkori.web.kit.forms import KitForm
from hamkori.web.kit.posting import done
from hamkori.web.kit.refusals import goes_on
from hamkori.web.kit.remembered import how_told, shut_out
from hamkori.web.kit.stepping import PageOfSteps, Step, Taking, acts
from hamkori.web.referrals import ending, lacking, looking, showing, unmet
from hamkori.web.referrals.cancelling import ends, recall, then, why_cancelled, yes_beside, yes_left
from hamkori.web.referrals.forms import AddForm, AnswerForm, ConfirmForm, HearForm, ReasonForm, WithdrawForm
from hamkori.web.referrals.onward import back_of, closing_of
from hamkori.web.referrals.page import note_url, possible, question, team_reads
from hamkori.web.templatetags.kit import grouped
from hamkori.web.words import Audience, arrival, last_night, left, lists, sections, whereabouts
from hamkori.web.words import referral as words
from hamkori.web.words.people import name_or

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral

At = Taking[SenderPage]


class Sending(PageOfSteps[SenderPage]):
    """The sender's side of a referral: every step is asked on a page of its own."""

    machine = REFERRAL
    sides = SENDER
    address = "referrals/<str:code>/{}/"
    name = "referral_{}"

    def find(self, actor: Actor, code: str, step: Step[SenderPage]) -> SenderPage:
        """The sender's page. NotAllowed on another side of the same referral."""
        return _page(actor, code, step.name)

    def leads_on(self, taking: At) -> None:
        """To the referral; of a draft that is deleted nothing is left."""
        if taking.thing.referral.state_code != "discarded":
            goes_on(taking.request, reverse("referral", args=[taking.code]))

    def possible(self, taking: At) -> None:
        """A step that can not be taken now answers with the state that it has."""
        _possible(taking.thing, taking.step.name, taking.actor)

    def act(self, taking: At) -> None:
        """Refusals leave in words that the sender may read."""
        with words.in_words(taking.thing.referral, taking.actor.membership_id):
            super().act(taking)

    def home(self, taking: At) -> str:
        """The referral's page; a draft that was thrown away has none; whoever was closing the case goes on there."""
        if taking.step.name == "discard":
            return reverse("case", args=[taking.thing.case.code])
        if closing := closing_of(taking.request, taking.thing.case):
            return closing
        left = yes_left(taking.thing) if taking.step.name == "recall" else None
        return reverse("referral", args=[left or taking.code])

    def show(self, taking: At) -> HttpResponse:
        """The question, with what was typed."""
        return asked(taking.request, taking.thing, taking.form, taking.says)


def _page(actor: Actor, code: str, step: str) -> SenderPage:
    found = queries.referral(actor, code)
    on = queries.sides(found)
    if not on & SENDER:
        raise NotAllowed(f"referral.{step}") if on else NotVisible
    # Beside a result it is said what is still missing.
    return queries.sender_page(actor, found, on, lacking.beside if step == "confirm" else nothing)


def _possible(page: SenderPage, step: str, actor: Actor) -> None:
    if step in possible(page):
        return
    if not page.sides & SENDING.who(step):
        raise NotAllowed(f"referral.{step}")
    if step == "dispute" and page.referral.state_code == "finished" and not page.facts.holds("not_disputed_before"):
        raise NotNow("not_disputed_before")
    before = words.said_before(page.referral, actor.membership_id)
    raise before or NotNow("from_state", state=words.state(queries.sender_state(page.referral)))


def asked(request: HttpRequest, page: SenderPage, form: KitForm, says: Mapping[str, Any]) -> HttpResponse:
    """The page on which something is asked about a referral."""
    found = page.referral
    context = {
        "title": _("Referral"),
        "in_task": True,
        "back": back_of(request, page),
        "now": page.at,
        "form": form,
        "code": found.code,
        "to": _name_of(found),
        "version": found.version,
        "operation": request.POST.get("operation", ""),
        **says,
    }
    return render(request, "referrals/step.html", context)


def _name_of(found: Referral) -> str:
    return queries.body_name(found.to_organisation, found.to_organisation_id, lists.language())


def _result(at: At) -> str:
    return left.result(at.thing.referral)


def _says(heading: Any, text: Any, button: Any) -> Callable[[At], dict[str, Any]]:
    """What a step says that says the same of every referral."""
    return lambda _at: {"heading": heading, "text": text, "button": button}


def _confirms(at: At) -> dict[str, Any]:
    referral = at.thing.referral
    ours = Side.SENDER in at.thing.sides
    questionable = referral.state_code != "disputed" and at.thing.facts.holds("not_disputed_before")
    note = note_of(referral)
    return {
        "heading": _("Confirm the result"),
        "to": _of_whom(at),
        "text": _("Ask only if it is safe. Not asked is an answer too.") if ours else _for_the_team(at),
        "button": _("Confirm"),
        **last_night.confirms(referral, at.thing.at, _name_of(referral)),
        "by_word": looking.by_word(at.thing),
        "note": note,
        "team_reads": team_reads(at.thing, note),
        "note_url": note_url(at.code) if "needs" in at.thing.holds else "",
        "question_url": reverse("referral_dispute", args=[at.code]) if questionable else "",
        "lacking": lacking.rows(at.thing),
    }


def _for_the_team(at: At) -> str:
    """To a supervisor: the person is asked by the lead worker; who confirms says what that worker heard."""
    said = _("The lead worker (%(name)s) asks the person. Say what they heard from the person, or that nobody asked.")
    return said % {"name": name_or(leads([at.thing.case.pk]).get(at.thing.case.pk, ""))}


def _disputes(at: At) -> dict[str, Any]:
    return {
        "heading": _("Dispute the result"),
        "to": _of_whom(at),
        "text": _("They are told and may correct the result. It can be disputed once."),
        "button": _("Dispute it"),
        "result": _result(at),
    }


def _answer_form(at: At) -> AnswerForm:
    asked = at.thing.open_question
    assert asked is not None, "an answer is possible"
    return AnswerForm(at.typed, question=asked.question_code, said=question(at.thing, asked.question_code))


def _answers(at: At) -> dict[str, Any]:
    """Of whom is asked, and how soon: the sender knows the case by its number."""
    page = at.thing
    return {
        "heading": _("Answer their question"),
        "of_case": page.case,
        "person": words.person(page.card.sex_code, page.card.age_band_code, page.card.children_code),
        "due": page.referral.answer_due_at,
        "text": _("They see your answer in the summary. They wait for it before they decide."),
        "button": _("Send the answer"),
    }


def _confirm(at: At) -> None:
    agrees = at.said.get("agrees") == "yes"
    confirming.confirm(at.actor, at.thing.referral, version=at.version, her_view=at.said["her_view"], agrees=agrees)
    unmet.say_confirmed(at.request, at.actor, at.thing, at.said["her_view"])


def _of_whom(at: At) -> str:
    """Which referral it is: the help, for whom, of which case, and where."""
    found, case = at.thing.referral, at.thing.case
    to = queries.body_name(found.to_organisation, found.to_organisation_id, lists.language())
    help_ = lists.label("service", found.service_code)
    whom = words.person(case.sex_code, case.age_band_code, case.children_code)
    number = _("Case %(code)s") % {"code": grouped(case.code)}
    return " · ".join(part for part in (help_, whom, number, to) if part)


def _add_form(at: At) -> AddForm:
    if at.typed is None and not at.actor.vault_open:
        raise NotNow("vault_open")
    actor, found, case = at.actor, at.thing.referral, at.thing.case
    known = preparing.prepared_for(actor, case.pk)
    listing = directory.service(actor, found.service_id, language=lists.language())
    to = preparing.Offer(found.to_organisation_id, listing.compartment, found.service_code, True, True)
    way = preparing.way(known, actor, to, found.purpose_code)
    went = lie_at(case, found.code)
    hints = {
        one: (
            _("sent before; is sent again with what was written since")
            if one in went
            else sections.holds(one, Audience.SENDER, named=way.named)
        )
        for one in way.offered
    }
    picks_signs = way.by_item and "screening" in at.request.POST.getlist("sections")
    signs = open_present_signs(actor.doing(None), case) if picks_signs else []
    led = at.request.GET.get("part", "")  # led here by what was written further
    return AddForm(at.typed, offered=hints, signs=signs, blocks=way.blocks, led=led if led in hints else "")


def _adds(at: At) -> dict[str, Any]:
    led, again = at.form.led, at.form.led in lie_at(at.thing.case, at.thing.referral.code)
    return {
        "heading": (_("Send this part again") if again else _("Send this part")) if led else _("Send further parts"),
        "led": led,
        "text": _("Only what the person said yes to. The people who were named there read it at once."),
        "button": _("Send what is ticked") if led else _("Send these parts"),
        "nothing": not at.form.offered,
        "blocks": [words.said(block) for block in at.form.blocks if block.guard in showing.ASK_HER],
        "consent_url": reverse("consent", args=[at.thing.case.code]),
    }


def _add(at: At) -> None:
    items = at.said.get("items", ())
    actions.add(at.actor, at.thing.referral, version=at.version, sections=at.said["sections"], items=items)


def _hear(at: At) -> None:
    heard, found = at.said["heard"], at.thing.referral
    me, read_at = at.actor.membership_id, at.request.POST.get("read_at", "")
    # Of this referral its version says what changed; of the person more may have been said elsewhere.
    if said := whereabouts.recorded(at.thing.case.pk, ("hear", heard), read_at, me, beside=found.pk):
        raise NotNow(ELSEWHERE, what=said)
    confirming.hear(at.actor, at.thing.referral, version=at.version, heard=heard)
    asks = hearing.asks(at.thing.referral)
    when = moments.reminder(asks, at.thing.at) if asks else ""
    # To who supervises it is said that the team is told; of "did not come" the team reads that the supervisor is, too.
    above = Side.SENDER_SUPERVISOR in at.thing.sides and (heard == "did_not_come" or Side.SENDER not in at.thing.sides)
    unasked = heard == "came" and not at.thing.live  # they can confirm it once the person was asked again
    saved = f"saved_{heard}" + ("_unasked" if unasked else "_above" if above else "")
    messages.success(at.request, arrival.say(saved, at.thing.referral.service_code, when=when))


def _read_of(at: At) -> str:
    """When the page was read; who was told here what was recorded meanwhile says it knowingly with the same button."""
    told = at.said_no and at.form.non_field_errors()
    return "" if told else at.request.POST.get("read_at", "")


ELSEWHERE: Final = "said_elsewhere"
SENDING = Sending()
STEPS: tuple[Step[SenderPage], ...] = (
    # Takes it back before the desk has seen it; the draft opens again.
    Step(
        name="stop",
        told=gettext_lazy("Stopped. Nobody there has seen it. It is a draft again: change it, send it or delete it."),
        act=acts("referral", actions.stop),
        methods=("POST",),
        asks_first=False,
    ),
    # Throws a draft away, and her words in it.
    Step(
        name="discard",
        told=gettext_lazy("The draft was deleted. Nothing was sent. You can refer again from the case."),
        act=acts("referral", actions.discard),
        methods=("POST",),
        asks_first=False,
    ),
    # Ends it from the sender's side, with a reason that the other side does not read. The action says whether it has
    # ended already: then it has for good.
    Step(
        name="recall",
        act=recall,
        form=lambda at: why_cancelled(at.typed, at.thing),
        says=lambda at: {
            "heading": _("Cancel this referral"),
            "text": ends(at),
            "button": _("Cancel the referral"),
            "unconfirmed": yes_beside(at.thing),
            **then(at.thing),
            "back_out": reverse("referral", args=[at.code]),
            "to": _of_whom(at),
        },
        asks_first=False,
    ),
    # Answers the open question with a code of its list.
    Step(
        name="answer",
        told=gettext_lazy("Answered. Their time to answer runs on; their answer is shown here and on Today."),
        act=acts("referral", actions.answer, "answer_code"),
        form=_answer_form,
        says=_answers,
    ),
    # What the sender knows of an arrival that is late: the button is the answer.
    Step(
        name="hear",
        act=_hear,
        form=lambda at: HearForm(at.typed, service=at.thing.referral.service_code),
        says=lambda at: {
            "heading": arrival.say("did", at.thing.referral.service_code),
            "text": _("Call the organisation, or the person if that is safe. Then say what you know."),
            "button": _("Save"),
            "read_at": _read_of(at) or at.thing.at.isoformat(),
        },
        beside={ELSEWHERE: ""},
    ),
    # Closes the loop: her view, and whether the result is agreed with.
    Step(
        name="confirm",
        act=_confirm,
        form=lambda at: ConfirmForm(at.typed, disputed=at.thing.referral.state_code == "disputed"),
        says=_confirms,
    ),
    Step(
        name="dispute",
        told=gettext_lazy("Disputed. They were told, and may correct the result."),
        act=acts("referral", confirming.dispute, "reason"),
        form=lambda at: ReasonForm(at.typed, reasons="dispute_reason", label=_("What is not right?")),
        says=_disputes,
    ),
    # One more packet for the team that helps: parts agreed since, or the same parts written further.
    Step(
        name="add",
        told=gettext_lazy("Sent. The people who help there were told, and can unlock it now."),
        act=_add,
        form=_add_form,
        says=_adds,
    ),
)


def withdraw(request: HttpRequest, actor: Actor, found: Referral) -> HttpResponse:
    """Her word ends this request. On the receiver's side their own page does the same.

    By POST it ends whatever it finds: somebody who was faster does not make her say it twice.
    """
    code = found.code
    form = WithdrawForm(request.POST or None)
    everything = "everything" in request.POST
    if request.method == "POST" and not everything and form.is_valid():  # it needs nothing of what a page shows
        with words.in_words(found):
            ending.end(request, actor, found, form)
        return done(actor, reverse("referral", args=[code]))
    page = _page(actor, code, "withdraw")
    if request.method != "POST":
        _possible(page, "withdraw", actor)
    ours = Side.SENDER in page.sides
    if everything and ours:  # nothing is done here: the page of the consent asks, and knows how it was said
        how = form["how_said"].value()
        how_told.remember(request, page.case.code, how if how in codelist("how_said") else "")
        also = str(found.to_organisation_id) if ending.shuts_out(request) else ""
        shut_out.remember(request, page.case.code, also)
        return HttpResponseRedirect(f"{reverse('consent_withdraw', args=[page.case.code])}?all=1")
    says = {
        "heading": _("The person wants it ended"),
        "text": _(
            "It ends at once, and what was sent can no longer be opened. What has been read cannot be "
            "undone. The other consents stay as they are."
        )
        if ours
        else _(
            "It ends at once, and what was sent can no longer be opened. What was read cannot be undone. The other"
            " consents stay as they are: the team is told, and asks the person about them."
        ),
        **ending.beforehand(page, _name_of(found)),
        "button": _("End it"),
        "ends": ending.ways(request) if ours else (),
        "consent_url": reverse("consent", args=[page.case.code]) if ours else "",
        "everything": ours,
    }
    return asked(request, page, form, says)
