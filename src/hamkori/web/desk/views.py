"""The inbox: three lists, the first one asked for again every minute while the page is open."""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from hamkori.casework.case.rules import clocks
from hamkori.casework.case.rules.age import CHILD_BANDS
from hamkori.casework.referral.queries import desk
from hamkori.casework.referral.queries.calls import says_yes, standing
from hamkori.casework.referral.queries.desk import Inbox, Over, Taken, Waiting
from hamkori.people.queries import DeskLine, own_desk_line
from hamkori.web.kit import moments
from hamkori.web.sessions.signed_in import actor_of
from hamkori.web.templatetags.kit import code_mark
from hamkori.web.words import arrival, asked, desk_phone, directory, left, lists, referral
from hamkori.web.words import received as words
from hamkori.web.words.calls import called
from hamkori.web.words.comes_along import needs_doctor


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The own desk's requests. `?list=` shows one of the lists from `?page=` on."""
    only = request.GET.get("list", "")
    only = only if only in desk.LISTS else ""
    page = _page(request) if only else 1
    found = desk.inbox(actor_of(request), only=only, page=page)
    context: dict[str, Any] = {
        "title": _title(found),
        "now": found.at,
        "counts": found.counts,
        "one_list": only,
        "phone": "" if only else _own_phone(own_desk_line(actor_of(request))),
        "pass_on": desk_phone.PASS_ON,
        "taken": [_taken(one, found) for one in found.taken],
        "over": [_over(one, found) for one in found.over],
        "over_columns": [
            {"label": label} for label in (_("Referral"), _("Outcome"), _("Help"), _("Came in"), _("Ended"))
        ],
        "previous_url": _address(only, page - 1) if page > 1 else None,
        "next_url": _address(only, page + 1) if only and _more(found, only, page, alone=True) else None,
        "more": {name: _address(name, 1) for name in desk.LISTS if not only and _more(found, name, 1, alone=False)},
        "back": {"url": reverse("desk"), "label": _("Incoming")} if only else None,
        **_waiting_list(found),
    }
    return render(request, "desk/inbox.html", context)


def _own_phone(line: DeskLine) -> str:
    return f"{desk_phone.own(line.phone)} {desk_phone.marked(by_coordinator=line.by_coordinator)}".strip()


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """The list of those that wait, for the page that is open: nothing at all if nothing has changed."""
    found = desk.inbox(actor_of(request), only="waiting")
    context = {"now": found.at, "counts": found.counts, "title": _title(found), **_waiting_list(found)}
    context["more"] = {"waiting": _address("waiting", 1)} if _more(found, "waiting", 1, alone=True) else {}
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=204)
    return HttpResponse(render_to_string("desk/waiting.html", {**context, "swapped": True}, request))


def _title(found: Inbox) -> str:
    """How many wait stands in the window's title as a number; the page says what they are."""
    count = found.counts.waiting
    requests = _("Incoming referrals")
    return f"({count}) {requests}" if count else requests


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return min(int(text), 1000) if text.isdecimal() and len(text) < 5 and int(text) else 1


def _more(found: Inbox, name: str, page: int, *, alone: bool) -> bool:
    return bool(getattr(found.counts, name) > page * desk.page_size(name, alone=alone))


def _address(name: str, page: int) -> str:
    base = f"{reverse('desk')}?list={name}"
    return base if page <= 1 else f"{base}&page={page}"


# --- rows ----------------------------------------------------------------------------------------------------


def _waiting_list(found: Inbox) -> dict[str, Any]:
    rows = [_waiting(one, found) for one in found.waiting]
    facts = [
        (
            one.code,
            clocks.late(one.due_at, found.at),
            one.asked,
            one.open_question,
            one.agreed,
            one.calls,
            one.line_changed_at,
        )
        for one in found.waiting
    ]
    seen = hashlib.blake2b(repr((found.counts.waiting, facts)).encode(), digest_size=6).hexdigest()
    count = found.counts.waiting
    announce = ngettext("%(n)d referral waits for an answer.", "%(n)d referrals wait for an answer.", count)
    return {
        "rows": rows,
        "said": _how_many(found),
        "seen": seen,
        "announce": announce % {"n": count} if count else _("No referral waits for an answer."),
    }


def _how_many(found: Inbox) -> str:
    """How many wait, how many of them are late, and what is seen of them."""
    count, late = found.counts.waiting, found.counts.late
    if not count:
        return _("No referral waits for an answer.")
    waits = ngettext("%(n)d waits for your answer.", "%(n)d wait for your answer.", count) % {"n": count}
    behind = ngettext("%(n)d is late.", "%(n)d are late.", late) % {"n": late} if late else ""
    return " ".join(filter(None, (waits, behind, _("You see a summary without a name until you accept."))))


def _waiting(one: Waiting, found: Inbox) -> dict[str, Any]:
    card, late = one.card, clocks.late(one.due_at, found.at)
    hurry = words.urgent(one.urgency_code)
    said: list[object] = [format_html("<b>{}</b>", called(each, found.at)) for each in standing(one.calls)]
    said += [format_html("<b>{}</b>", words.line_changed(one.line_changed_at, found.at))] if one.line_changed_at else []
    number = code_mark(one.code)
    parts: list[object] = [number, *said, hurry]
    if card is not None:
        spoken = referral.spoken(card.language_codes, interpreter=card.interpreter)
        region = lists.label("region", card.region_code or "")
        risk = words.risk(card) if card.risk_level_code != "ordinary" else ""
        child = _("Child") if card.age_band_code in CHILD_BANDS else ""
        needs = needs_doctor((card.flags.urgent_health if card.flags is not None else None) or "")
        day = moments.day(card.needed_from_on, timezone.localdate(found.at))
        needed = _("needed from: %(day)s") % {"day": day}
        help_asked = lists.label("service", one.service_code)
        parts = [number, *said, hurry, needed, needs, child, risk, help_asked, region, spoken]
    parts.append(_("from %(organisation)s") % {"organisation": words.body(one.sender, one.sender_id)})
    if (late or says_yes(one.calls)) and one.expires_at is not None:
        parts.append(_("without an answer it expires: %(when)s") % {"when": moments.moment(one.expires_at, found.at)})
    if not one.agreed:
        parts.append(_("the consent has ended"))
    elif one.open_question:
        parts.append(_("you asked, no answer yet"))
    elif one.asked:
        parts.append(ngettext("%(n)d question answered", "%(n)d questions answered", one.asked) % {"n": one.asked})
    return {
        "href": reverse("referral", args=[one.code]),
        "what": asked.of_card(card) if card is not None else lists.label("service", one.service_code),
        "sub": words.dotted(parts),
        "icon": directory.service_icon(one.service_code),
        "due_at": one.due_at,
        "start": one.seen_at,
        "late": late,
        "late_words": capfirst(moments.target(one.due_at, found.at)) if late else "",
    }


def _taken(one: Taken, found: Inbox) -> dict[str, Any]:
    coming, card = one.state == "accepted", one.card
    names = ", ".join(one.names)
    at = (one.arrival_on, one.arrival_part, one.agreed_at)
    agreed = referral.part_of_day(*at, found.at, written=one.hour_written)
    said = _("agreed for %(when)s") % {"when": agreed} if coming else ""
    return {
        "href": reverse("referral", args=[one.code]),
        "what": asked.of_card(card) if card is not None else lists.label("service", one.service_code),
        "sub": words.dotted(
            [code_mark(one.code), lists.label("service", one.service_code) if card else "", said, names]
        ),
        "icon": "calendar" if coming else "together",
        "tag": _said_of(one) if coming else referral.state(one.state),
        "tone": "late" if one.overdue else "wait" if one.missed else "" if coming else "info",
        "when_tone": "late" if one.overdue else "soon" if one.missed else "",
    }


def _said_of(one: Taken) -> str:
    """Of somebody who has not come yet: whether that is still as agreed."""
    if one.missed:
        return arrival.say("desk_missed", one.service_code)
    return arrival.say("desk_late" if one.overdue else "desk_expected", one.service_code)


def _over(one: Over, found: Inbox) -> list[Any]:
    today = timezone.localdate(found.at)
    ended = words.outcome(one.word, one.reason, one.service_code, missed=one.missed)
    how = left.named(one.service_code, one.result_code, served=one.served) if one.result_code else ended
    return [
        {"text": code_mark(one.code), "href": reverse("referral", args=[one.code])},
        how,
        lists.label("service", one.service_code),
        # A date in a narrow column stays in one line.
        *(moments.day(timezone.localdate(at), today).replace(" ", "\u00a0") for at in (one.came_at, one.ended_at)),
    ]
