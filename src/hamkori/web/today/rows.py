"""Rows of Today in words: what, whom, since when, and the button that ends it."""

from datetime import datetime
from typing import Any, Final

from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.referral.rules.card import AT_RISK
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.rules.worklist import PHONED
from hamkori.web.kit import moments
from hamkori.web.templatetags.kit import due, grouped
from hamkori.web.words import case as words
from hamkori.web.words import desk_phone, lists, received, referral
from hamkori.web.words.calls import called

ASKS: Final = {"ask_agreement": "next_step.ask", "signs": "next_step.signs"}
"""Planned steps that are done in a form of their own: their rows lead to its questions."""
NATIONAL: Final = ("national.late", "national.unread")
"""Rows of the coordinator: whom to call, about which number."""
ICONS = {
    "danger.draft": "danger",
    "danger.open": "danger",
    "next_step": "calendar",
    "no_next_step": "calendar",
    "draft": "change",
    "child": "warning",
    "consent": "seen",
    "question": "question",
    "part": "question",
    "desk.answer": "desk",
    **dict.fromkeys(NATIONAL, "phone"),
    "stopped.missed": "danger",
    "stopped.declined": "no",
    "stopped.unaccepted": "undo",
    "stopped.lapsed": "ended",
}
# What ends a row, as its button says it. A supervisor's row opens the case, or the referral with what is hers to say.
DO: Final = {
    "danger.draft": gettext_lazy("Continue"),
    "danger.open": gettext_lazy("Ask an organisation"),
    "next_step": gettext_lazy("Done, set the next step"),
    "no_next_step": gettext_lazy("Choose the next step"),
    **dict.fromkeys(ASKS.values(), gettext_lazy("Ask now")),
    "draft": gettext_lazy("Continue"),
    "child": gettext_lazy("Say that they were told"),
    "consent": gettext_lazy("Ask again"),
    "question": gettext_lazy("Answer"),
    "part": gettext_lazy("Send this part again"),
    "sent.answer": gettext_lazy("Ask another organisation"),
    "sent.arrival": gettext_lazy("Say what you know"),
    "sent.waiting": gettext_lazy("Open the referral"),
    "sent.comes": gettext_lazy("Open the referral"),
    "sent.confirm": gettext_lazy("Confirm"),
    "got.arrival": gettext_lazy("Open the referral"),
    "got.arrival.late": gettext_lazy("Say what you know"),
    "got.miss": gettext_lazy("Say what you know"),
    "got.result": gettext_lazy("Say what was done"),
    "got.dispute": gettext_lazy("Answer"),
    "desk.answer": gettext_lazy("Answer"),
    **dict.fromkeys(NATIONAL, gettext_lazy("Say that you called")),
    **dict.fromkeys(
        ("stopped.missed", "stopped.declined", "stopped.unaccepted", "stopped.lapsed"),
        gettext_lazy("Ask another organisation"),
    ),
}


def row(one: Due, now: datetime, *, mixed: bool = False) -> dict[str, Any]:
    """Values for `{% work_row %}`. `mixed`: whoever has cases of their own, too, reads which they supervise."""
    grave = (one.late and not one.spoken) or one.danger or one.unread or one.what == "stopped.missed"
    return {
        "href": _href(one),
        "what": _what(one, now),
        "sub": _sub(one, mixed, now),
        "when": _when(one, now),
        "when_tone": "late" if one.late and not one.spoken else "soon" if one.stopped else "",
        "icon": "late" if one.late and not one.spoken else "phone" if one.unread else ICONS.get(one.what, "referrals"),
        "tone": "late" if grave else "wait" if one.stopped or one.what in ("question", "part") else "",
        "button": _do(one),
        "button_href": _at_once(one),
        "stopped": one.stopped,
        "discard_url": reverse("discard_case", args=[one.case]) if one.what == "draft" else "",
    }


def _do(one: Due) -> str:
    if one.supervised and one.what not in ("sent.arrival", "sent.confirm"):
        if _tells(one):
            return _("Tell the lead worker")
        if not one.referral:
            return _("Open the case")
        return _("Open the referral")
    if _unphoned(one):
        return _("Record the number")
    if one.what == "national.late" and not one.referral:
        return _("Open the late answers")  # of a disputed result nobody says that they called
    return str(DO.get(f"{one.what}.late" if one.late else "", "") or DO[_step(one) or one.what])


def _unphoned(one: Due) -> bool:
    """Whether the coordinator cannot call there before a number is recorded."""
    return one.what in NATIONAL and bool(one.slug) and not one.phone


def _step(one: Due) -> str:
    """A planned step whose own form ends it."""
    return ASKS.get(one.step, "") if one.what == "next_step" else ""


def _tells(one: Due) -> bool:
    """Whether its page has the button with which a supervisor tells the lead worker of what only the team can do."""
    waits = one.stopped or one.danger or (one.late and not one.referral)
    return one.supervised and waits and bool(one.lead) and one.told_at is None


def _at_once(one: Due) -> str:
    """Where the button leads if not to the page of its row: in one tap to what comes next, or whom else to ask."""
    if one.what == "next_step" and not _step(one) and not one.supervised:
        return reverse("edit_case", args=[one.case]) + "?done=1"
    if one.what == "part":
        return f"{reverse('referral_add', args=[one.referral])}?part={one.step}"
    if one.what == "got.result" and not one.supervised:
        return f"{reverse('referral', args=[one.referral])}?do=finish#finish"
    if _unphoned(one):
        return reverse("coordination_phone", args=[one.slug])
    asks = one.stopped or one.what == "sent.answer"
    return reverse("referral_again", args=[one.referral]) if asks and not one.supervised else ""


def _href(one: Due) -> str:
    if one.what in NATIONAL:
        return f"{reverse('coordination_late')}#r{one.referral}" if one.referral else reverse("coordination_late")
    if one.referral:
        return reverse("referral", args=[one.referral])
    name = FORMS.get(_step(one) or one.what, "case") if not one.supervised else "case"
    return reverse(name, args=[one.case]) + ("#child" if one.what == "child" else "")


FORMS: Final = {
    "draft": "register",
    "danger.draft": "register",
    "danger.open": "case_refer",
    "consent": "consent",
    "next_step": "edit_case",
    "no_next_step": "edit_case",
    ASKS["ask_agreement"]: "consent",
    ASKS["signs"]: "screening",
}
"""Rows that open the form which ends them; of a supervisor they open the case."""
# The verb of a row: what it is, or what it is once its time has passed. A whole sentence for each.
VERBS: Final = {
    "danger.draft": gettext_lazy("The registration is not finished"),
    "danger.open": gettext_lazy("Nobody was asked for help yet"),
    "next_step": "%(step)s",
    "no_next_step": gettext_lazy("There is no next step"),
    "child": gettext_lazy("Tell child protection"),
    "consent": gettext_lazy("The consent ends"),
    "consent.late": gettext_lazy("Ask again: the consent has ended"),
    "sent.answer": gettext_lazy("No answer yet: %(service)s"),
    "sent.arrival": gettext_lazy("Did the person arrive? %(service)s"),
    "sent.waiting": gettext_lazy("Waiting for an answer: %(service)s"),
    "sent.comes": gettext_lazy("The person is expected: %(service)s"),
    "stopped.missed": gettext_lazy("The person did not come: %(service)s"),
    "stopped.declined": gettext_lazy("Declined: %(service)s"),
    "stopped.unaccepted": gettext_lazy("Returned: %(service)s"),
    "stopped.lapsed": gettext_lazy("Expired: %(service)s"),
    "draft": gettext_lazy("Finish the registration"),
    "sent.confirm": gettext_lazy("Ask the person how it was: %(service)s"),
    "question": gettext_lazy("Answer a question: %(question)s"),
    "part": gettext_lazy("They ask for what is missing in: %(part)s"),
    "got.arrival": gettext_lazy("The person comes: %(service)s"),
    "got.arrival.late": gettext_lazy("Did the person come to you? %(service)s"),
    "got.miss": gettext_lazy("Contact the person again: %(service)s"),
    "got.result": gettext_lazy("Say what was done: %(service)s"),
    "got.dispute": gettext_lazy("Your result is disputed: %(service)s"),
    "desk.answer": gettext_lazy("Answer a referral: %(service)s"),
    **dict.fromkeys(NATIONAL, gettext_lazy("Call: %(body)s")),
}


def _what(one: Due, now: datetime) -> str:
    verb = VERBS.get(f"{one.what}.late") if one.late else None
    if one.what == "consent" and one.late and one.supervised:
        verb = gettext_lazy("Consent has ended")
    if one.opens is not None and one.what not in NATIONAL:
        verb = gettext_lazy("Nobody reads it before %(opens)s: %(service)s")
    if one.what == "sent.confirm" and one.supervised:
        verb = gettext_lazy("The result is not confirmed: %(service)s")
    return str(verb or VERBS[one.what]) % {
        "service": lists.label("service", one.service),
        "step": lists.label("next_step", one.step),
        "question": lists.label("question_code", one.step),
        "part": lists.label("packet_section", one.step) if one.what == "part" else "",
        "body": one.body,
        "opens": moments.moment(one.opens, now) if one.opens is not None else "",
    }


def _sub(one: Due, mixed: bool, now: datetime) -> SafeString:
    code = one.case or one.referral
    hurry = one.step if one.what in NATIONAL else one.urgency
    parts = [received.urgent(hurry), _risk(one)]
    parts.append(words.person_of(one.sex, one.age_band) if one.sex else "")
    if one.what in NATIONAL:
        # Of a disputed result the coordinator reads the organisation alone; the row says what is late all the same.
        parts.append(lists.label("service", one.service) or _("The answer to a disputed result"))
    elif one.body:
        parts.append(one.body)
    if one.stopped:
        parts += [lists.label(REASONS.get(one.what, ""), one.reason) if one.what in REASONS else "", _suggested(one)]
    elif one.what == "desk.answer" or not one.body:
        parts.append(lists.label("region", one.region))
    if one.own_case:
        parts.append(_("your case %(code)s") % {"code": grouped(one.own_case)})
    if one.what in PHONED:
        parts.append(desk_phone.said(one.phone) if one.unread else desk_phone.short(one.phone))
    if one.what in NATIONAL and one.opens is not None:
        parts.append(_("closed until %(opens)s") % {"opens": moments.moment(one.opens, now)})
    if one.sender:
        parts.append(desk_phone.of_sender(one.sender, one.sender_phone))
    if one.call is not None:
        parts.append(called(one.call, now))
    if one.lead:
        parts.append(_("lead worker: %(name)s") % {"name": one.lead})
    elif one.supervised and mixed:
        parts.append(_("you supervise"))
    parts.append(_told(one, now))
    said = [part for part in parts if part]
    if code:
        said.insert(0, format_html('<span class="code">{}</span>', grouped(code)))
    return format_html_join("\u00a0· ", "{}", ((part,) for part in said))


def _told(one: Due, now: datetime) -> str:
    """That the lead worker was told of the case: for the supervisor when, for that worker who asks."""
    if one.told_at is None or not (one.late or one.stopped or one.danger):
        return ""
    if one.supervised:
        return _("told %(when)s") % {"when": moments.moment(one.told_at, now)}
    return _("your supervisor asks you to look")


def _risk(one: Due) -> str:
    return received.risk_of(one.risk) if one.risk in AT_RISK else ""


COMES: Final = ("got.arrival", "sent.comes")
REASONS: Final = {
    "stopped.declined": "decline_reason",
    "stopped.unaccepted": "unaccept_reason",
    "stopped.lapsed": "lapse_reason",
}


def _suggested(one: Due) -> str:
    return _("they suggest: %(service)s") % {"service": lists.label("service", one.suggested)} if one.suggested else ""


def _when(one: Due, now: datetime) -> str | SafeString:
    if one.what == "consent" and one.at is not None:
        return moments.last_day(one.at, now)  # a day of hers, no target of ours
    if (one.what == "draft" or one.danger) and one.started_at is not None:
        return _("begun %(when)s") % {"when": moments.moment(one.started_at, now)}
    if one.what == "part" and one.started_at is not None:
        return _("asked %(when)s") % {"when": moments.moment(one.started_at, now)}
    if one.what == "national.unread" and one.at is not None:
        return _("sent %(when)s") % {"when": moments.moment(one.at, now)}
    if one.what in COMES and not one.late and one.on is not None:
        # The time that was agreed, and not our limit for saying what became of it.
        return referral.part_of_day(one.on, one.part, one.agreed_at, now)
    if one.at is not None and (one.stopped or one.spoken):
        # Where somebody was reached today it is as late as before, and no longer in red.
        return moments.moment(one.at, now) if one.stopped else moments.target(one.at, now)
    return due(Context({"now": now}), at=one.at, start=one.started_at) if one.at is not None else _day(one, now)


def _day(one: Due, now: datetime) -> str:
    return moments.day(one.on, timezone.localdate(now)) if one.on is not None else ""
