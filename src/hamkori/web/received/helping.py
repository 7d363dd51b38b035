"""The steps of whoever helps: another time, she did not come, she came, who helps, the result, and giving it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.access.actor import Actor
from hamkori.casework.case.rules.age import CHILD_BANDS
from hamkori.casework.case.rules.clocks import NOW
from hamkori.casework.referral.actions import receive, send
from hamkori.casework.referral.actions.disclosure import open_meeting
from hamkori.casework.referral.queries.doubt import read_another_age
from hamkori.casework.referral.queries.meeting import has_meeting, time_stands
from hamkori.casework.referral.queries.received import Received, who_could_meet_her
from hamkori.casework.referral.queries.referrals import is_being_closed
from hamkori.casework.referral.rules.last_night import UNREACHED
from hamkori.refusal import Invalid, NotNow
from hamkori.web.kit import drafts, posting
from hamkori.web.kit.meeting import MEETING
from hamkori.web.kit.stepping import Step, Taking, acts
from hamkori.web.received import coming, forms, hours, last_night, said
from hamkori.web.received.ending import finish_form
from hamkori.web.received.steps import SEALED, at_work, attempt, home, of_side, own_page, possible
from hamkori.web.words import arrival
from hamkori.web.words import referral as referral_words
from hamkori.web.words.calls import read_of
from hamkori.web.words.received import agrees_anew

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral


At = Taking[Received]


def _staff_form(at: At) -> forms.StaffForm:
    able, keyless = who_could_meet_her(at.actor, [one.membership_id for one in at.thing.workers])
    mine = str(at.actor.membership_id)
    return forms.StaffForm(at.typed, received=at.thing, people=able, keyless=keyless, mine=mine, auto_id="staff_%s")


def _who_helps(at: At) -> dict[str, Any]:
    return {
        "title": _("Who helps"),
        "keyless": at.form.keyless,
        "nobody": not at.form.someone_free,
        "needs_vault": at.said_no == SEALED,
        "passphrase_url": f"{reverse('account_unlock')}?next={at.request.path}",
    }


def _staff(at: At) -> None:
    joins, leaves = ([UUID(one) for one in at.said[name]] for name in ("joins", "leaves"))
    receive.staff(at.actor, at.thing.referral, version=at.version, joins=joins, leaves=leaves)


def _serve(at: At) -> None:
    found, read_at = at.thing.referral, read_of(at.request.POST.get("read_at", ""))
    before = read_another_age(found.pk, read_at)
    receive.serve(at.actor, found, version=at.version, read_at=read_at)
    told = _("Help has begun, and the sender was told. Your own case is open: set its next step.")
    said.while_("serving", at.request, told)
    card = at.thing.card
    if before and card is not None:
        said.warn("serving", at.request, _since_read(card.age_band_code in CHILD_BANDS))


def _since_read(child: bool) -> str:
    """That the age was corrected after the page was opened on which it was said that the person came."""
    if child:
        return _(
            "The age was corrected after you opened this page: the person is a child. Ask those who work there whether "
            "the child can stay, and call the sender."
        )
    return _(
        "The age was corrected after you opened this page: the person is an adult. Ask those who work there whether "
        "the person can stay, and call the sender."
    )


def _arrival_form(at: At) -> hours.MeetingForm:
    """Another time with its line; or, where the page says so, the line of the time that stands."""
    found, wall = at.thing.referral, timezone.localtime(at.thing.at).replace(tzinfo=None)
    if at.typed and at.typed.get("stands") and found.arrival_on is not None:
        stands = (found.arrival_on, found.arrival_part_code)
        return hours.HourForm(at.typed, stands=stands, wall=wall, auto_id="hour_%s")
    return forms.ArrivalForm(at.typed, today=wall.date(), wall=wall, auto_id="expect_%s")


def _expect(at: At) -> None:
    on, part = at.said["arrival_on"], at.said["arrival_part"]
    meeting, found = at.form.meeting() or None, at.thing.referral
    anew = not isinstance(at.form, hours.HourForm) and agrees_anew(at.thing)
    stands = time_stands(found, on, part, at.thing.at)
    if not stands and isinstance(at.form, hours.HourForm):
        raise Invalid({"hour": _("The agreed time is over. Agree on another time.")})
    if stands and not anew and not meeting and part != NOW:
        raise Invalid({"arrival_part": _("This time is agreed already. Choose another one.")})
    if stands and anew and not meeting and has_meeting(found):
        raise Invalid({"hour": _("Write hour and meeting point again: the former ones are deleted with this answer.")})
    receive.expect(at.actor, found, version=at.version, arrival_on=on, arrival_part=part, meeting=meeting, anew=anew)
    saved = _saved(meeting) if meeting and stands and not anew else arrival.say("time_saved", found.service_code)
    stays = "" if stands or not has_meeting(found) else str(STAYS)
    said.while_("accepted", at.request, " ".join(filter(None, (saved, _agreed(at), stays))))


STAYS: Final = gettext_lazy(
    "The former hour is deleted. Meeting point and whom to ask for stay as they were written, unless you wrote others."
)


def _agreed(at: At) -> str:
    """The day and the part of it, which are not locked: whoever wrote an hour checks them without opening it. Of "now"
    nothing: beside an hour it would be a second time.
    """
    on, part = at.said["arrival_on"], at.said["arrival_part"]
    if part == NOW:
        return ""
    return _("Agreed: %(when)s.") % {"when": referral_words.part_of_day(on, part, at.thing.at, at.thing.at)}


def _saved(meeting: dict[str, str]) -> str:
    """What was saved of the line, by name: what was left empty is not there."""
    return _("Saved: %(what)s. The sender has been told.") % {"what": referral_words.meeting_named(meeting)}


def _finish(at: At) -> None:
    """NotNow: as `_miss`, where it ends because nobody was reached."""
    result = at.said["result"]
    if result == UNREACHED:
        _once_over(at)
    reason = at.said["reason"] if result == "not_given" else ""
    note, night = at.said["note"].strip(), at.form.night
    receive.finish(
        at.actor, at.thing.referral, version=at.version, result=result, reason=reason, note=note, night=night
    )
    drafts.saved(at.request, home(at.code))
    if note:  # what is deleted and who confirms it, the page says
        messages.success(at.request, _("Help has ended. Your note is sent; only the sender's team can open it."))


def _amend(at: At) -> None:
    result, reason = at.said["result"], at.said["reason"]
    receive.amend(at.actor, at.thing.referral, version=at.version, result=result, reason=reason, night=at.form.night)


def _miss(at: At) -> None:
    """Not before the hour that is written with "now": only who opens it knows it, so it is opened for this press.

    NotNow: arrival_passed, vault_open.
    """
    _once_over(at)
    receive.miss(at.actor, at.thing.referral, version=at.version)


def _once_over(at: At) -> None:
    if coming.hour_ahead(at.thing, None):
        line = open_meeting(at.actor.doing(None), at.thing.referral)
        if coming.hour_ahead(at.thing, line):
            raise NotNow("arrival_passed")


STEPS: tuple[Step[Received], ...] = (
    # Gives the acceptance back, within 24 hours.
    Step(
        name="unaccept",
        act=acts("referral", receive.unaccept, "reason"),
        form=lambda at: forms.UnacceptForm(at.typed, auto_id="unaccept_%s"),
        told=gettext_lazy("Returned. The sender has been told and can ask somebody else."),
    ),
    # Another time, agreed with the sender.
    Step(
        name="expect",
        act=_expect,
        form=_arrival_form,
        given_back=lambda _request: forms.ArrivalForm(today=timezone.localdate()),
        hides=MEETING,
    ),
    # She did not come.
    Step(
        name="miss",
        act=_miss,
        told=gettext_lazy("Noted. The sender was told at once, and decides what comes next."),
    ),
    # She has come: help begins, and the own case with it.
    Step(
        name="serve",
        act=_serve,
    ),
    # Who helps: add a colleague, release one. A page of its own.
    Step(
        name="staff",
        act=_staff,
        form=_staff_form,
        says=_who_helps,
        told=gettext_lazy("The team is changed. The colleagues who were added have been told and can help now."),
        beside={"may_join": "joins"},
    ),
    # The result, in one code.
    Step(
        name="finish",
        act=_finish,
        form=lambda at: finish_form(at.thing, at.typed),
        given_back=lambda _request: forms.FinishForm(state="serving"),
        hides=("note",),
        beside={"arrival_passed": "result"},
    ),
    # A wrong or questioned result, mended.
    Step(
        name="amend",
        act=_amend,
        form=lambda at: forms.AmendForm(
            at.typed, was=at.thing.referral.result_code, auto_id="amend_%s", **last_night.night_again(at.thing)
        ),
        told=gettext_lazy("The result is saved. The sender has been told and confirms it."),
    ),
)


def withdraw(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Her word to those who help her: ends this request and nothing else. The address is the sender's too.

    By POST it ends whatever it finds: somebody who was faster does not make her say it twice.
    """
    form = forms.WithdrawForm(request.POST if request.method == "POST" else None)
    said_no = "invalid" if request.method == "POST" else ""
    if request.method == "POST" and form.is_valid():  # it needs nothing of what a page shows
        found, _sides = of_side(actor, code, "withdraw")
        said_no = attempt(form, lambda: _withdraw(request, actor, found, form))
        if not said_no:
            return posting.done(actor, home(code))
    received = at_work(actor, code, "withdraw")
    if request.method != "POST":
        possible(received, "withdraw")
    says = {"title": _("The person wants to stop")}
    return own_page(request, received, "withdraw", form, said_no, says)


def _withdraw(request: HttpRequest, actor: Actor, referral: Referral, form: forms.WithdrawForm) -> None:
    if send.withdraw(actor, referral, how_said=form.cleaned_data["how_said"]):
        if is_being_closed(referral):
            messages.info(request, referral_words.being_closed())
        else:
            messages.success(request, _("Ended. The sender has been told and asks about the rest."))
    else:
        messages.info(request, _("This referral had already ended. What was sent can no longer be opened."))
