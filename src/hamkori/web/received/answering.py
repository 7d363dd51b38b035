"""The desk's three answers to a waiting request: accept, ask first, decline."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from hamkori.casework.case.rules.clocks import COMES_WITHIN, NOW, UNACCEPT_WINDOW
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.queries.meeting import has_meeting
from hamkori.casework.referral.queries.received import Received
from hamkori.refusal import Invalid, NotNow
from hamkori.web.kit import drafts, moments, posting
from hamkori.web.kit.meeting import MEETING
from hamkori.web.kit.refusals import goes_on, unlock_address
from hamkori.web.kit.stepping import Step, Taking, acts
from hamkori.web.kit.written import gives_back
from hamkori.web.received import forms, line_unread, said, showing
from hamkori.web.received.steps import SEALED, again, at_work, attempt, home, possible
from hamkori.web.received.told_yes import yes_since
from hamkori.web.words import arrival
from hamkori.web.words import referral as referral_words
from hamkori.web.words.calls import read_of


@sensitive_post_parameters(*MEETING)
@require_http_methods(["GET", "POST"])
@gives_back(lambda _request: forms.AcceptForm(people=(), agreed=(), today=timezone.localdate()))
def accept(request: HttpRequest, code: str) -> HttpResponse:
    """Yes. GET shows the page with what was chosen before the passphrase was asked."""
    actor = posting.actor_of(request)
    received = at_work(actor, code, "accept")
    goes_on(request, home(code))
    if request.method == "GET":
        if received.state != "sent" or not request.GET:
            return HttpResponseRedirect(home(code))
        return showing.show(request, actor, received, kept=request.GET)
    possible(received, "accept")
    form = showing.accept_form(actor, received, typed=request.POST)
    said_no = "invalid"
    if form.is_valid() and not line_unread.stops(request, received, form):
        typed = form.cleaned_data
        said_no = attempt(
            form,
            lambda: _accept(
                actor,
                received.referral,
                version=posting.version_of(request),
                team=[UUID(one) for one in typed["team"]],
                arrival_on=typed["arrival_on"],
                arrival_part=typed["arrival_part"],
                meeting=form.meeting() or None,
                read=posting.read_of(request),
                over=(read_of(request.POST["line_at"]),) if "line_at" in request.POST else None,
            ),
            {"may_join": "team"},
        )
        if not said_no:
            said.while_("accepted", request, _accepted(received, form, str(actor.membership_id)))
            drafts.saved(request, home(code))
            # The line is kept in no green line: whoever was named reads it on the page, as it was saved.
            reads = form.meeting() and str(actor.membership_id) in typed["team"]
            return posting.done(actor, home(code) + ("?open=meeting" if reads else ""))
    sealed = _through_unlock(code, form) if said_no == SEALED else ""
    return again(request, actor, code, {"accept": form}, said_no, sealed=sealed)


def _accept(*whom: Any, **said: Any) -> None:
    """The same, once: where the sender wrote hour or meeting point since the page was opened, it is read first."""
    try:
        receive.accept(*whom, **said)
    except NotNow as refusal:
        if refusal.guard != "line_as_read":
            raise
        raise Invalid({"hour": str(WRITTEN_SINCE)}) from None


WRITTEN_SINCE = gettext_lazy(
    "Not accepted yet. The sender wrote hour or meeting point since this page was opened: open it above and compare. "
    "Accept once more, and yours replace it."
)


def _accepted(received: Received, form: forms.AcceptForm, own: str) -> str:
    """What happened, what to do next, and that it can be returned. `own`: who pressed, if named, can add the hour."""
    typed, at_once = form.cleaned_data, form.cleaned_data["arrival_part"] == NOW
    slots = {
        "when": referral_words.part_of_day(typed["arrival_on"], typed["arrival_part"], received.at, received.at),
        "until": moments.moment(received.at + UNACCEPT_WINDOW, received.at),
    }
    if at_once:
        ends = received.at + COMES_WITHIN
        today = timezone.localdate(ends) == timezone.localdate(received.at)
        slots["by"] = moments.clock_time(ends) if today else moments.moment(ends, received.at)
    service = received.referral.service_code
    meeting = form.meeting()
    # Two times would be read as two: beside an hour, written now or agreed by telephone, stands none of ours.
    kept = "accepted_kept" if has_meeting(received.referral) and not meeting else "accepted_now"
    now = "accepted_hour" if "hour" in meeting else kept
    first = arrival.say(now, service, **slots) if at_once else str(FOR_A_DAY) % slots
    saved = [str(SAVED) % {"what": referral_words.meeting_named(meeting)}] if meeting else []
    whole = " ".join([first, *saved, str(RETURN) % slots])
    if meeting or at_once or own not in typed["team"] or has_meeting(received.referral):
        return whole
    here = home(received.referral.code)
    return format_html('{}<br><a href="{}?do=hour#hour">{}</a>', whole, here, ADD_HOUR)


SAVED = gettext_lazy("Saved: %(what)s.")
FOR_A_DAY = gettext_lazy("Accepted for %(when)s.")
ADD_HOUR = gettext_lazy("Add hour and meeting point")
RETURN = gettext_lazy("The sender was told. You can return it until %(until)s.")


def _through_unlock(code: str, form: forms.AcceptForm) -> str:
    """To the passphrase and back, with the codes that were chosen; the meeting line is not put into an address."""
    typed = form.cleaned_data
    kept = [("team", one) for one in typed["team"]]
    if typed["when"]:
        kept.append(("when", typed["when"]))
    else:
        kept += [("arrival_on", typed["arrival_on"].isoformat()), ("arrival_part", typed["arrival_part"])]
    return unlock_address(f"{reverse('referral_accept', args=[code])}?{urlencode(kept)}")


def _declines(at: Taking[Received]) -> None:
    if yes := yes_since(at.thing, at.request.POST.get("read_at", "")):
        raise NotNow("said_elsewhere", what=yes)
    said = {"reason": at.said["reason"], "suggested_service": at.said["suggested_service"]}
    receive.decline(at.actor, at.thing.referral, version=at.version, read=posting.read_of(at.request), **said)


STEPS: tuple[Step[Received], ...] = (
    # One coded question first.
    Step(
        name="ask",
        act=acts("referral", receive.ask, "question_code"),
        form=lambda at: showing.ask_form(at.thing, at.typed),
        told=gettext_lazy("Asked. Your own answer is still due."),
    ),
    # No, with a reason.
    Step(
        name="decline",
        act=_declines,
        form=lambda at: showing.decline_form(at.thing, at.typed),
        told=gettext_lazy("Declined. The sender has been told and can ask somebody else."),
        given_back=lambda _request: forms.DeclineForm(),
    ),
)
