"""What is said of a referral that stopped without help: that nothing more is to do, and that it waits again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.casework.case.queries.coordination import FRUITLESS
from hamkori.casework.case.queries.heard_before import better_before
from hamkori.casework.case.queries.put_back import PUT_BACK
from hamkori.casework.case.queries.team import leads
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.consent.queries.agreed import agreed
from hamkori.casework.referral.actions import confirm as confirming
from hamkori.casework.referral.queries import left
from hamkori.casework.referral.queries import referrals as queries
from hamkori.casework.referral.queries.calls import calls_now, is_turned_to_no, of_sender, own
from hamkori.casework.referral.queries.goes_on import said_on
from hamkori.casework.referral.queries.on_the_way import on_the_way
from hamkori.casework.referral.queries.origin import case_behind, case_of, origin_of
from hamkori.casework.referral.queries.permit import agreed_as_shown
from hamkori.casework.referral.queries.promised import promised
from hamkori.casework.referral.queries.put_right import corrected_since
from hamkori.casework.referral.queries.referrals import SENDER, SenderPage
from hamkori.casework.referral.queries.said_before import said_of_step
from hamkori.casework.referral.rules.stopped import GOES_ON, TOLD_THEM, WHETHER_ON, stop
from hamkori.casework.work.queries.looked_for import looked_now
from hamkori.operations import AlreadyDone, together
from hamkori.people.queries import names
from hamkori.refusal import ENDED, NotAllowed, NotNow, NotVisible
from hamkori.web.kit import drafts, moments
from hamkori.web.kit.meeting import MEETING
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.kit.refusals import goes_on
from hamkori.web.kit.written import gives_back
from hamkori.web.referrals import beside, call_undone, onward, page, then_close
from hamkori.web.referrals.arranged import ArrangeForm, meanwhile_of, typed
from hamkori.web.referrals.forms import ReasonForm
from hamkori.web.referrals.steps import asked
from hamkori.web.templatetags.kit import grouped
from hamkori.web.words import calling_off, lists, red
from hamkori.web.words import referral as words
from hamkori.web.words.calls import AGE_MEANWHILE, OF_AN_AGE, SAVED, at_warning, both, meanwhile, place, read_of
from hamkori.web.words.on_the_way import tells
from hamkori.web.words.place_told import MAY_GO
from hamkori.web.words.steps import reason

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from hamkori.casework.referral.models import Referral


def _form(request: HttpRequest) -> ReasonForm:
    form = ReasonForm(request.POST or None, reasons="settle_reason", label=_("Why is nothing more to do?"))
    form.offer("reason", [one for one in lists.choices("settle_reason") if one[0] not in WHETHER_ON])
    return form


@gives_back(_form)
@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: HttpRequest, code: str) -> HttpResponse:
    """Asks why, and says what follows; then it leaves Today. The case goes on."""
    actor = actor_of(request)
    found = queries.referral(actor, code)
    if request.method == "POST" and request.POST.get("reason") in WHETHER_ON:
        return _whether_on(request, actor, found)
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        confirming.settle(actor, found, reason=form.cleaned_data["reason"])
        said = _("Saved: nothing more to do for this referral. It has left Today. You can put it back here.")
        messages.success(request, then_close.said(actor, case_of(found), said))
        return done(actor, reverse("referral", args=[code]))
    on = queries.sides(found)
    if not on & SENDER:
        raise NotAllowed("referral.settle") if on else NotVisible
    read = queries.sender_page(actor, found, on)
    _said_before(request, found)
    if not read.waits:
        raise NotNow("not_settled" if read.settled else "is_stopped")
    says = {
        "heading": _("Nothing more to do"),
        "text": _says(read),
        "button": _("Nothing more to do"),
        "back_out": reverse("referral", args=[code]),
    }
    return asked(request, read, form, says)


def _whether_on(request: HttpRequest, actor: Actor, found: Referral) -> HttpResponse:
    """Whether help goes on that had begun when the person's word ended what was agreed."""
    _said_before(request, found)
    try:
        confirming.settle(actor, found, reason=(answer := request.POST["reason"]))
    except NotNow as refusal:
        if refusal.guard == "not_settled":
            _said_before(request, found)  # another window said it after this one had looked
        raise
    saved = {
        GOES_ON: _("Saved: help there goes on. Today no longer asks. You can put it back here."),
        TOLD_THEM: _(
            "Saved: help there has ended, and they were called. Today no longer asks. You can put it back here."
        ),
    }
    messages.success(request, saved[answer])
    return done(actor, reverse("referral", args=[found.code]))


def _said_before(request: HttpRequest, found: Referral) -> None:
    """NotNow("on_said") where it was said already, with what was said, and the way to where it is put back first."""
    said = said_on(found.pk)
    if said is None:
        return
    goes_on(request, reverse("referral", args=[found.code]), _("To say something else, put it back there first."))
    raise NotNow("on_said", what=reason("settle", said.reason_code), time=said.at)


def _says(read: SenderPage) -> str:
    """What follows; to a supervisor also who is told."""
    lead = "" if Side.SENDER in read.sides else leads([read.case.pk]).get(read.case.pk, "")
    if lead:
        said = _("The referral leaves Today, and %(name)s is told. The case goes on. You can put it back.")
        return said % {"name": lead}
    return _("The referral leaves Today. The case goes on. You can put it back.")


CALLED: Final = {
    **SAVED,
    "reached": gettext_lazy("Saved: you called %(body)s and reached them. Their answer is still open."),
    "coordinator": gettext_lazy("Saved: you reached the coordinator. %(body)s knows nothing of it yet."),
    "not_reached": gettext_lazy("Saved: you called and reached nobody. Ask another organisation."),
    "no_coordinator": gettext_lazy("Saved: the coordinator was not reached. It is still open."),
    "said_no": gettext_lazy("Saved: %(body)s said no by telephone. Ask another organisation."),
    "no": SAVED["said_no"],
    "nobody": gettext_lazy("Saved: you called and reached nobody. It is still open: call the coordinator."),
    "there": gettext_lazy("Saved: you called %(body)s and reached them."),
    "expected": gettext_lazy("Saved: %(body)s said by telephone that they expect the person."),
    "gone_not_reached": gettext_lazy(
        "Saved: you called and reached nobody. Today goes on asking whether the person is safe."
    ),
    "gone_reached": gettext_lazy(
        "Saved: you called %(body)s and reached them. Today goes on asking whether the person is safe."
    ),
    "child": gettext_lazy("Saved: %(body)s said by telephone that the child can come. Ask them to agree in Hamkori."),
}
"""What was saved, and about whom. What comes next stands in the box of the page, once."""
AGREED: Final = gettext_lazy("Write down hour and place, or correct what was said")
"""After a yes that was recorded on Today: the page of the referral takes both."""


@require_POST
def call(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody was called about it, and whom that reached. It waits as before."""
    try:
        actor = actor_of(request)
    except AlreadyDone:
        _recorded_before(request, code)
        raise
    found, answer = queries.referral(actor, code), request.POST.get("answer", "")
    goes_on(request, reverse("referral", args=[code]))
    if answer == PUT_BACK:
        lands = call_undone.put_back(request, actor, found)
        at = f"#{lands}" if request.POST.get("from") == "today" else ""
        return done(actor, _called_from(request, actor, found) + at)
    if asked_again := _asked_again(request.POST.get("read_at", ""), found, answer):
        messages.warning(request, asked_again)
        return HttpResponseRedirect(reverse("referral", args=[code]), status=303)
    promise = promised(found.pk) if found.state_code == ENDED else None
    try:
        with together():
            confirming.call(actor, found, answer=answer)
            about = beside.called(request, actor, found, answer)
    except NotNow as refusal:
        if refusal.guard != "from_state":
            raise
        raise _too_late(found, actor, answer) from None
    body = queries.body_name(found.to_organisation, found.to_organisation_id, lists.language())
    if found.state_code == ENDED:
        tell = messages.warning if answer in FRUITLESS else messages.success
        again = promise is not None and promise.again and answer == "reached"
        said = str(calling_off.SAVED_AGAIN if again else calling_off.SAVED[answer]) % {"body": body}
        undo = (reverse("referral", args=[code]), calling_off.UNDO[1]) if request.POST.get("from") else ()
        tell(request, format_html('{} <a href="{}">{}</a>', said, *undo) if undo and answer == "reached" else said)
        return done(actor, _called_from(request, actor, found))
    said = _what_came(found, queries.sides(found), answer)
    say = messages.warning if answer in FRUITLESS else messages.success
    before = better_before(calls_now(found.pk))
    of = _of_case(found) if (on_today := request.POST.get("from") == "today") else ""
    warns = _warns(found, answer)
    # On Today, and on the page of the referral, the box that says it stands beside this.
    first = warns if request.POST.get("from") in ("case", "sent") else ""
    told = str(MAY_GO) if answer == "said_no" and not warns and _may_have_been_told(found) else ""
    text = " ".join(filter(None, (str(CALLED[said]) % {"body": body}, both(before, now()), about, of, first or told)))
    if first or (answer == "said_yes" and on_today):
        way = (reverse("referral", args=[code]), red.OPEN_REFERRAL if first else AGREED)
        text = format_html('{} <a href="{}">{}</a>', text, *way)
    lands = at_warning(code) if warns else place(code)
    say(request, text, extra_tags=f"{lands} {place(code)}")
    return done(actor, _called_from(request, actor, found) + (f"#{lands}" if on_today else ""))


def _warns(found: Referral, answer: str) -> str:
    """After a no by telephone: that the person may be on the way there, and is told not to go; '' where nobody is."""
    said = on_the_way(found.pk) if answer == "said_no" and found.state_code == "sent" else None
    return tells(said, now()) if said is not None else ""


def _may_have_been_told(found: Referral) -> bool:
    """Whether they said yes before, and no line was written of when and where: that has its own question."""
    return is_turned_to_no(calls_now(found.pk)) and said_of_step(found, "arrange", ("",)) is None


def _too_late(found: Referral, actor: Actor, answer: str) -> NotNow:
    """Why a call was not written: it contradicts what they have accepted, and they are called once more; somebody has
    said already that they were told; or no answer is awaited.
    """
    if found.state_code == "accepted" and answer == "said_no" and found.answered_at is not None:
        return NotNow("accepted_and_no", time=found.answered_at)
    said = said_of_step(found, "call", ("reached",)) if found.state_code == ENDED else None
    if said is None or found.ended_at is None or said[1] < found.ended_at:
        return NotNow("call_in_time", state=words.state(queries.sender_state(found)))
    _answer, at, by = said
    values = {"time": moments.moment(at, now()), "what": str(dict(calling_off.ANSWERS)["reached"])}
    if by is not None and by == actor.membership_id:
        return NotNow("said_by_me", **values)
    return NotNow("said_by", **values, name=(names([by]).get(by, "") if by else "") or _("A colleague"))


def _of_case(found: Referral) -> str:
    """Of whom it is, where several stand on the page."""
    return _("This is about case %(code)s.") % {"code": grouped(case_of(found).code)}


def _asked_again(read_at: str, found: Referral, answer: str) -> str:
    """Why what was pressed is asked once more: the age was corrected since the page was read, or something else was
    heard there; '' where neither is so.
    """
    read = read_of(read_at)
    if read is not None and answer in OF_AN_AGE and corrected_since(found.pk, read):
        return str(AGE_MEANWHILE)
    return meanwhile(read_at, of_sender(found), answer, now())


@sensitive_post_parameters(*MEETING)
@gives_back(lambda _request: ArrangeForm())
@require_POST
def arrange(request: HttpRequest, code: str) -> HttpResponse:
    """Hour and meeting point, as they were agreed by telephone with a desk that has not answered yet."""
    actor = actor_of(request)
    found, form = queries.referral(actor, code), ArrangeForm(request.POST, auto_id="arrange_%s")
    goes_on(request, home := reverse("referral", args=[code]))
    if Side.SENDER not in (on := queries.sides(found)):
        raise NotAllowed("referral.arrange")
    if form.is_valid():
        line = form.meeting()
        try:
            with words.in_words(found, actor.membership_id):
                confirming.arrange(actor, found, line=line, over=read_of(request.POST.get("over", "")))
        except NotNow as refusal:
            if refusal.guard != "line_as_read":
                raise
            return _written_meanwhile(request, actor, found, form)
        drafts.saved(request, home)
        messages.success(request, str(ARRANGED) % {"what": words.meeting_named(line)})
        return done(actor, _called_from(request, actor, found))
    shown = page.context(actor, queries.sender_page(actor, found, on, onward.beside))
    shown |= {**typed(form, shown), "arrange_over": request.POST.get("over", "")}
    return render(request, "referrals/page.html", shown, status=400)


def _written_meanwhile(request: HttpRequest, actor: Actor, found: Referral, form: ArrangeForm) -> HttpResponse:
    """The page as it is now, with what was typed: since it was opened, another line was written."""
    read = queries.sender_page(actor, found, queries.sides(found), onward.beside)
    form.add_error(None, said := meanwhile_of(read))
    shown = page.context(actor, read)
    shown |= {**typed(form, shown), "arrange_meanwhile": said}
    return render(request, "referrals/page.html", shown, status=409)


ARRANGED: Final = gettext_lazy("Saved: %(what)s. Their referral desk can open it before it accepts.")


def _called_from(request: HttpRequest, actor: Actor, found: Referral) -> str:
    """The page on which it was pressed: Today, what comes next after sending, that of the case, or of the referral."""
    pressed = request.POST.get("from")
    if pressed == "case":
        return reverse("case", args=[case_behind(actor, found).code])
    if pressed == "sent":
        return reverse("first_step", args=[case_behind(actor, found).code]) + f"?step=sent&of={found.code}"
    return reverse("today") if pressed == "today" else reverse("referral", args=[found.code])


def _recorded_before(request: HttpRequest, code: str) -> None:
    """The same press once more says that it wrote nothing, and when the call was recorded."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.referral(actor, code)
    at = next((one.at for one in own(of_sender(found))), None)
    if at is not None and not len(messages.get_messages(request)):  # of a double press the first says it
        messages.info(request, _("This call is recorded already: %(when)s.") % {"when": moments.moment(at, now())})


WITHOUT: Final = {"not_reached": "nobody", "said_no": "no"}
"""A call after which another organisation is asked -> what is said where none can be."""


def _what_came(found: Referral, on: Collection[str], answer: str) -> str:
    """What is said of such a call. One about who is looked for says nothing of them. A press from Today or from where
    another one is asked names the referral alone, so the page of it is not read.
    """
    if f"gone_{answer}" in CALLED and _is_looked_for(found):
        return f"gone_{answer}"
    if answer in WITHOUT:
        return _fruitless(found, on, answer)
    if answer == "said_yes" and found.state_code == "accepted":
        return "child" if case_of(found).is_child else "expected"
    # Of what stopped no answer of theirs is awaited.
    return "there" if answer == "reached" and stop(found) is not None else answer


def _is_looked_for(found: Referral) -> bool:
    looked = looked_now(case_of(found).pk)
    return looked is not None and looked.referral == found.pk


def _fruitless(found: Referral, on: Collection[str], answer: str) -> str:
    """What is left after such a call. A supervisor asks no organisation; without a valid consent nobody does."""
    if Side.SENDER not in on or not agreed_as_shown(found).live:
        return WITHOUT[answer]
    origin = origin_of(found, now(), _left)
    unasked = origin.case.is_child and agreed(origin.case, now()).sends_nothing_new
    return WITHOUT[answer] if unasked or left.nobody_else(origin) else answer


def _left(_at: datetime) -> dict[str, Any]:
    return {**left.beside_origin()}


@require_POST
def put_back(request: HttpRequest, code: str) -> HttpResponse:
    """It waits again, on Today of whoever leads the case or supervises it."""
    actor = actor_of(request)
    confirming.put_back(actor, queries.referral(actor, code))
    messages.success(request, _("Put back: this referral is on Today again."))
    return done(actor, reverse("referral", args=[code]))
