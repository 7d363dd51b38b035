"""The list of what was sent: what is red on Today first, then what needs the worker."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from hamkori.access.actor import Actor
from hamkori.casework.case.rules.lifecycle import NOT_FOUND
from hamkori.casework.referral.queries import sent_list as queries
from hamkori.casework.referral.queries.referrals import body_name
from hamkori.casework.referral.queries.sent_list import CHIPS, Line
from hamkori.casework.referral.rules.card import URGENT
from hamkori.casework.referral.rules.stopped import MISSED
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.looked_for import Looked
from hamkori.casework.work.queries.red_cases import red_referrals
from hamkori.refusal import NotAllowed
from hamkori.web.kit import moments
from hamkori.web.kit.filters import Asked
from hamkori.web.kit.posting import actor_of
from hamkori.web.nav import CASES
from hamkori.web.templatetags.kit import STATES, code_mark
from hamkori.web.words import arrival, lists, missing, red
from hamkori.web.words import referral as words
from hamkori.web.words.case import person_of
from hamkori.web.words.received import dotted

CALLED = {
    "needs_me": gettext_lazy("Needs me"),
    "waiting": gettext_lazy("Waiting"),
    "accepted": gettext_lazy("Accepted"),
    "ended": gettext_lazy("Ended"),
}


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """A page of what the worker's cases have sent. A chip that is none is dropped."""
    actor: Actor = actor_of(request)
    if not actor.roles & CASES:
        raise NotAllowed("referral.view")
    chip = request.GET.get("show", "")
    chip = chip if chip in CHIPS else ""
    asked = Asked("referrals", {"show": chip} if chip else {})
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    red_now = red_referrals(actor)
    found = queries.sent(actor, chip, first=red_now.first, gone=red_now.gone, after=after, before=before)
    lines = [_row(line, found.at, red_now.stopped.get(line.code)) for line in found.lines]
    context = {
        "title": _("Referrals"),
        "chips": [{"label": label, "url": asked.url(show=code), "on": code == chip} for code, label in CALLED.items()],
        "chip": chip,
        "all_url": asked.url(show=""),
        "lines": lines,
        "room": any(line["button"] for line in lines),
        **asked.pages(found.before, found.after),
        "now": found.at,
    }
    return render(request, "referrals/list.html", context)


def _row(line: Line, now: datetime, today: Due | None) -> dict[str, Any]:
    """`today`: its row of Today, where it stopped without help and something is to do about that."""
    state = line.stopped if line.stopped == MISSED else line.state
    paused = line.paused and state == "accepted"
    tone, sign = STATES.get(words.UNCONFIRMED if paused else state, ("", ""))
    late = line.due is not None and line.due <= now
    grave = line.calls or (late and line.state == "sent" and line.urgency == URGENT)  # as on Today (ADR 194)
    looked = today.looked if today is not None else None
    sought = looked is not None
    body = body_name(line.organisation, line.organisation_id, lists.language())
    return {
        "href": reverse("referral", args=[line.code]),
        "what": format_html("{} {}", lists.label("service", line.service_code), code_mark(line.code)),
        "sub": dotted(
            [
                body,
                *_why(today),
                format_html(_("case {code}"), code=code_mark(line.case_code)),
                _sought(looked, now) if looked is not None else _next(line, now),
            ]
        ),
        "stopped": today is not None,
        **_way_on(today),
        "icon": "phone" if line.calls else "late" if late else sign or "send",
        "sought": sought,
        "tone": "late" if grave or sought else "wait" if late or line.stopped else tone,
        "owed": late and not grave,
        "due": line.due if line.opens is None else None,  # nobody can keep it, and the row says so
        "since": line.since,
        "ended_at": line.ended_at,
        "tag": _tag(line, state, looked, paused=paused),
        "tag_tone": "late" if line.calls or sought else tone,
    }


def _tag(line: Line, state: str, looked: Looked | None, *, paused: bool) -> str:
    """How it stands in a word; of who is looked for, that somebody did so in vain."""
    if line.calls:
        return str(red.CALL_NOW)
    if looked is not None and looked.not_found_at is not None:
        return lists.label("whereabouts", NOT_FOUND)
    return str(red.PAUSED) if paused else words.state(state, line.reason, line.service_code)


# Of what stopped: the list that the reason is of.
REASONS = {
    "stopped.declined": "decline_reason",
    "stopped.unaccepted": "unaccept_reason",
    "stopped.lapsed": "lapse_reason",
}


def _why(today: Due | None) -> list[str]:
    """Of what stopped: why, and who still needs it, as the row of Today says it."""
    if today is None:
        return []
    reason = lists.label(REASONS[today.what], today.reason) if today.what in REASONS and today.reason else ""
    return [said for said in (reason, person_of(today.sex, today.age_band, today.children)) if said]


def _way_on(today: Due | None) -> dict[str, Any]:
    """The button of what stopped, as Today has it; none where nobody is urged, or nobody else is listed."""
    if today is not None and today.not_here:
        opens = {"button": red.OPEN_REFERRAL, "button_href": reverse("referral", args=[today.referral])}
        on = _another(today)
        return opens | {"second": on["button"], "second_href": on["button_href"]}
    return _another(today)


def _another(today: Due | None) -> dict[str, Any]:
    """What goes on from it; of who is looked for it stands second, below the page on which that is answered."""
    if today is None or today.supervised or today.refused or today.nobody_else or today.since_waits:
        return {"button": "", "button_href": ""}
    if today.unagreed and today.not_here:
        return {"button": "", "button_href": ""}  # the person is asked once somebody knows that they are safe
    if today.unagreed:
        return {"button": red.ASK_PERSON_AGAIN, "button_href": reverse("consent", args=[today.case])}
    if today.again:
        again = f"?service={today.again.service}"
        there = reverse("referral_again", args=[today.referral])
        return {"button": red.ask_there(today.again.name), "button_href": there + again}
    return {"button": red.ASK_ANOTHER, "button_href": reverse("referral_again", args=[today.referral])}


# A whole sentence for each way in which help stopped.
STOPPED = {
    "declined": gettext_lazy("declined: decide what comes next"),
    "unaccepted": gettext_lazy("returned: decide what comes next"),
    "lapsed": gettext_lazy("expired: decide what comes next"),
}


def _sought(looked: Looked, now: datetime) -> str:
    """Of who is looked for: what is first to do, as on Today, and when somebody did so in vain."""
    return dotted([lists.inside(missing.title(looked.step)), missing.not_found(looked, now)])


CALLED_THEM = gettext_lazy("your team called; asked again %(when)s")


def _next(line: Line, now: datetime) -> str:
    """What this line asks of the sender, or waits for."""
    if line.question:
        return _("answer a question")
    if line.stopped in STOPPED:
        return str(STOPPED[line.stopped])
    if said := _of_arrival(line):
        return arrival.say(said, line.service_code)
    if line.heard:
        return str(CALLED_THEM) % {"when": moments.reminder(line.next_at, now) if line.next_at else ""}
    if line.says_yes:
        return lists.inside(str(red.SAID_YES))
    expected = words.part_of_day(*line.expected, now, written=line.hour_written)
    late = line.due is not None and line.due <= now
    return {
        "draft": _("continue writing, and send"),
        "sent": _("no answer yet") if late else _unread(line, now) or _("waits for their answer"),
        "accepted": arrival.say("list_expected", line.service_code, when=expected),
        "serving": "",
        "finished": _("ask the person, and confirm"),
        "disputed": _("no answer to the dispute yet") if late else _("waits for their answer to the dispute"),
    }.get(line.state, words.state(line.state, line.reason))


def _of_arrival(line: Line) -> str:
    """The key of what is known of an arrival, as far as it asks something; '' else."""
    known = (
        ("list_stopped", bool(line.stopped)),
        ("list_missed", line.missed),
        ("list_came", line.heard == "came"),
        ("list_late", line.overdue and not line.heard),
    )
    return next((key for key, is_so in known if is_so), "")


def _unread(line: Line, now: datetime) -> str:
    """That its desk is closed until the answer is due, as the page of the referral says it."""
    if line.opens is None or line.due is None:
        return ""
    only_called = _("due %(due)s, but the organisation is closed until %(opens)s: only a call helps")
    said = only_called if line.calls else _("due %(due)s, but the organisation is closed until %(opens)s")
    return said % {"due": moments.moment(line.due, now), "opens": moments.moment(line.opens, now)}
