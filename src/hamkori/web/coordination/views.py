"""Who is late and where help is missing, for the coordinator: whom to telephone, about which code."""

from datetime import datetime
from typing import Any, Final
from uuid import uuid5

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.casework.case.queries import coordination, untold
from hamkori.casework.case.queries.called_late import Past, called_late
from hamkori.casework.case.queries.coordination import (
    CLOSED_THERE,
    ME,
    Call,
    Expired,
    LateBody,
    LateOne,
    Overview,
)
from hamkori.casework.case.queries.gaps import SMALLEST, Missing
from hamkori.casework.case.queries.slips import slip_of, stands
from hamkori.casework.case.rules.comes_first import is_bed, why_first
from hamkori.casework.referral.actions import coordination as coordinating
from hamkori.casework.referral.queries.calls import once
from hamkori.operations import AlreadyDone, together
from hamkori.people.queries import organisations
from hamkori.refusal import NotNow
from hamkori.web.coordination import passed_on, presses, too_late
from hamkori.web.coordination.passed_on import name_of
from hamkori.web.coordination.saved import is_void, said_of
from hamkori.web.kit import moments, posting
from hamkori.web.nav import are_late, to_call
from hamkori.web.sessions.signed_in import actor_of
from hamkori.web.templatetags.kit import code_mark
from hamkori.web.words import child_told, desk_phone, directory, lists, no_after_yes, received, red
from hamkori.web.words.calls import answers, called, closed, meanwhile, not_said, of_all, owed_to_sender, place


@require_safe
def late(request: HttpRequest) -> HttpResponse:
    """Late answers by body, what expired, and gaps by district."""
    found = coordination.overview(actor_of(request))
    children = [child_told.row_of(one, name_of(body), line.phone, found.at) for one, body, line in found.children]
    context = {
        "title": _("Late answers"),
        "now": found.at,
        "said": _said(found),
        "children": [row for row in children if not row["away"]] + passed_on.rows(found),
        "away": [row for row in children if row["away"]],
        "away_at": child_told.AWAY,
        "bodies": [_body(one, found) for one in found.bodies],
        "safe_title": red.KNOWN_SAFE,
        "safe": [_safe(one, of, found) for of in found.safe for one in of.rows],
        "expired": [_expired(one, found) for one in found.expired],
        "gap_columns": [
            {"label": _("District")},
            {"label": _("Help that was missing")},
            {"label": _("How often"), "num": True},
        ],
        "gaps": [_gap(one) for one in found.gaps],
        "since": found.since,
        "smallest": SMALLEST,
        "called": request.GET.get("call", ""),
        "read_at": found.at.isoformat(),
    }
    return render(request, "coordination/late.html", context)


def _said(found: Overview) -> str:
    said = (to_call(found.to_call), _reached(found.reached), are_late(found.late))
    return capfirst(" · ".join(filter(None, said))) or _("Nothing is late.")


def _reached(number: int) -> str:
    """Of how many urgent ones somebody was reached: they stand below those to call."""
    said = ngettext("%(n)d reached, answer awaited", "%(n)d reached, answers awaited", number)
    return said % {"n": number} if number else ""


def _body(one: LateBody, found: Overview) -> dict[str, Any]:
    urgent = [row for row in one.rows if row.sender is not None]
    several = urgent if len(urgent) > 1 else []  # what is true of one alone stands in its row
    shut = of_all(closed(row.opens, found.at) for row in several)
    sender = of_all(_sender(row) for row in several)
    whole = _whole(one, found.at)
    instead = ["" if one.line.phone or not row.code else _instead(one, row, found) for row in one.rows]
    return {
        "name": name_of(one.body),
        "tone": "late" if any(row.urgent and not row.spoken for row in one.rows) else "wait",
        "once": _line("", _phone(one) if one.line.phone else capfirst(_phone(one)), shut, sender),
        "count": len(one.rows) if len(one.rows) > 1 else None,  # one row needs no counting
        "first": one.rows[0].code,
        **whole,
        "rows": [
            _row(row, found, "" if shut else closed(row.opens, found.at), "" if sender else _sender(row))
            | {"record_url": "" if number and row.urgent else _record_url(one)}  # each row has a button of its own
            | {"instead": "" if number and said == instead[0] else said}
            | ({} if one.line.phone else presses.unphoned(row, found.at))
            | ({"call_url": _called_url(one)} if not row.code else {})
            | (presses.of_several(row, found.at, _call_url(row) or _called_url(one)) if whole else {})
            for number, (row, said) in enumerate(zip(one.rows, instead, strict=True))
        ],
    }


def _called_url(one: LateBody) -> str:
    """Of a disputed result the call is one to the organisation."""
    return reverse("coordination_called", args=[one.body.slug]) if one.body and one.line.phone else ""


def _whole(one: LateBody, at: datetime) -> dict[str, Any]:
    """That nobody was reached about several is one press: the first in the address, the rest beside it. What was heard
    is said of each. Whoever was reached already is not asked about again.
    """
    unheard = [row for row in one.rows if row.code and not (row.spoken or presses.is_answered(row, at))]
    about = [row.code for row in unheard] if one.line.phone else []
    if len(about) < 2:
        return {}
    said = ngettext("You called about %(n)d referral:", "You called about %(n)d referrals:", len(about))
    return {
        "whole_url": reverse("coordination_call", args=[about[0]]),
        "whole": said % {"n": len(about)},
        "also": about[1:],
        "answers": answers(phone=False),
    }


OTHERS: Final = 3
"""So many who give the same help are named where a desk has no number."""


def _instead(of: LateBody, one: LateOne, found: Overview) -> str:
    """Whom else to try: their office, and who gives the same help and is open now; whoever asked is no such one."""
    not_these = {card.id for card in (of.body, one.sender) if card is not None}
    office = next((each.own for each in found.numbers if of.body and each.body.id == of.body.id and each.own), "")
    same = {
        each.body.id: desk_phone.of_body(each.body.name(lists.language()), each.desk or each.own)
        for each in found.numbers
        if each.service_code == one.service_code and each.is_open and each.body.id not in not_these
    }
    listed = ", ".join([*same.values()][:OTHERS])
    said = [
        _("Their office: %(phone)s.") % {"phone": desk_phone.own(office)} if office else "",
        _("The same help, open now: %(list)s.") % {"list": listed} if listed else "",
    ]
    return " ".join(filter(None, said)) or _("No other number is recorded, and nobody else open gives this help.")


def _sender(one: LateOne) -> str:
    return desk_phone.of_sender(one.sender.name(lists.language()), one.sender_phone) if one.sender else ""


def _phone(one: LateBody | Expired) -> str:
    """The number of the desk; with the way to change it where the coordinator recorded it."""
    line, said = one.line, desk_phone.recorded(one.line.phone, by_coordinator=one.line.by_coordinator)
    if one.body is None or not line.by_coordinator:
        return said
    url = reverse("coordination_phone", args=[one.body.slug])
    return format_html('{} <a href="{}">{}</a>', said, url, _("Change the number"))


def _record_url(one: LateBody | Expired) -> str:
    """Where the number is recorded of a desk that has none: before that nobody can call. Else empty."""
    if one.body is None or one.line.phone:
        return ""
    return reverse("coordination_phone", args=[one.body.slug])


NO_MORE: Final = gettext_lazy("Call, and ask them to answer the sender: only they can.")


def _line(code: str, *parts: object) -> SafeString:
    """The number and what follows it; a dot stands at the end of a line and never at its beginning."""
    said = (code_mark(code) if code else "", *parts)
    return format_html_join("\u00a0· ", "{}", ((part,) for part in said if part))


def _when(one: LateOne, found: Overview) -> str | SafeString:
    if one.clock == CLOSED_THERE:
        return format_html("<b>{}</b>", moments.answer_by(one.due, found.at))  # red is what is late
    return moments.target(one.due, found.at)


def _urgency(one: LateOne, found: Overview) -> str | SafeString:
    """That it is urgent, and a place to sleep; or why it stands above an answer that is due earlier."""
    if is_bed(one.service_code, one.urgency_code, waits=one.clock in ("answer", CLOSED_THERE)):
        return format_html("<b>{}</b>", red.BED_AT_ONCE)
    why = _why_first(one)
    others = (row for body in found.bodies for row in body.rows if row.urgent == one.urgent and not row.spoken)
    if why and any(not _why_first(row) and row.due < one.due for row in others):
        return format_html("<b>{}</b>", red.FIRST[why])
    return received.urgent(one.urgency_code)


def _why_first(one: LateOne) -> str:
    """By its kind of help, unless somebody there was reached."""
    return "" if one.spoken else why_first(one.service_code)


def _row(one: LateOne, found: Overview, *apart: str) -> dict[str, Any]:
    """One that is late, with who called. Of a disputed result only the organisation is told.

    `apart`: what is not the same of all that this organisation owes.
    """
    kind, tell = lists.label("service", one.service_code), presses.sender_next(one)
    owes = tell and not one.spoken
    told = _urgency(one, found), not_said(one.clock, one.service_code, one.calls[:NEWEST]), *apart
    told = (kind, *told) if owes else told
    return {
        "code": one.code,
        "what": kind if one.code else _("The answer to a disputed result"),
        "sub": _line(one.code, *told) if one.code else NO_MORE,
        # As on Today: red is what cannot wait, and mere lateness is amber (ADR 194).
        "tone": "" if one.spoken else "late" if one.urgent else "wait",
        "when_tone": "" if one.spoken or one.clock == CLOSED_THERE else "late" if one.urgent else "soon",
        "when": _when(one, found),
        "calls": [
            *_calls(one.calls, found, one.service_code),
            *(
                [format_html("<b>{}</b>", capfirst(owed_to_sender(one.calls[:NEWEST], presses.untold_of(one))))]
                if tell
                else []
            ),
        ],
        "call_url": _call_url(one),
        **presses.of(one, found.at),
        **(_called_next(one, found) if owes else {}),
    }


def _safe(one: LateOne, of: LateBody, found: Overview) -> dict[str, Any]:
    """One about which there is nothing to call: with whom it is, and what its sender says."""
    return {
        "code": one.code,
        "what": name_of(of.body),
        "sub": _line(one.code, lists.label("service", one.service_code)),
        "when": _when(one, found),
        "calls": _calls(one.calls, found, one.service_code),
    }


def _called_next(one: LateOne, found: Overview) -> dict[str, Any]:
    """Of a row of which whoever sent it is called next: they head it, with their number, and that they were called is
    said beside it; another call to that desk is folded, with its name.
    """
    assert one.sender is not None
    desk = next((name_of(of.body) for of in found.bodies if one in of.rows), "")
    return {
        "what": str(no_after_yes.CALL_SENDER) % {"body": one.sender.name(lists.language())},
        "number": capfirst(desk_phone.in_row(one.sender_phone)),
        "again": _("Another call: %(body)s") % {"body": desk},
    }


def _call_url(one: LateOne | Expired) -> str:
    return reverse("coordination_call", args=[one.code]) if one.code else ""


def _expired(one: Expired, found: Overview) -> dict[str, Any]:
    return {
        "code": one.code,
        "what": one.body.name(lists.language()) if one.body else _("An organisation that no longer takes part"),
        "sub": _line(one.code, lists.label("service", one.service_code), _phone(one)),
        "when": moments.moment(one.at, found.at),
        "calls": _calls(one.calls, found, one.service_code),
        "call_url": _call_url(one) if one.line.phone else "",
        "answers": answers(),
        "record_url": _record_url(one),
    }


NEWEST: Final = 3
"""So many calls stand beside a row."""


def _calls(calls: tuple[Call, ...], found: Overview, service: str) -> list[str]:
    return [called(one, found.at, service) for one in once(calls)[:NEWEST]]


@require_POST
def call(request: HttpRequest, code: str) -> HttpResponse:
    """The coordinator has called an organisation about this one, and about those that stood beside it. They stay late
    until the organisation has said something. All that still wait are written down, or none; of the rest it is said
    since when they do not.
    """
    try:
        actor = posting.actor_of(request)
    except AlreadyDone:
        _recorded_before(request, code)
        raise
    if said := passed_on.told(actor, code, request.POST.get("answer", "")):
        messages.success(request, said)
        return posting.done(actor, back(request))
    answer, (about, gone) = request.POST.get("answer", ""), _about(actor, request, code)
    assert actor.operation is not None
    if asked_again := _meanwhile(request, about, answer):
        messages.warning(request, asked_again)
        return HttpResponseRedirect(f"{reverse('coordination_late')}?call={code}#r{code}", status=303)
    try:
        with together():
            for number, one in enumerate(about or [code]):
                # An act for each, so that each has its row in the record; the operation of the next follows from it.
                acts = actor.doing(uuid5(actor.operation, one)) if number else actor
                coordinating.call(acts, code=one, answer=answer)
    except NotNow:
        if code not in gone:
            raise
        messages.warning(request, too_late.said(code, gone[code], answer, now()))
        return HttpResponseRedirect(back(request), status=303)
    found = coordination.overview(actor)
    void = answer == "said_yes" and is_void(found, about)
    say = (
        messages.warning
        if answer in ("not_reached", "said_no", "not_with_them", coordination.NO_SENDER) or gone or void
        else messages.success
    )
    text = " ".join([*too_late.not_noted(gone, found.at), said_of(found, about, answer, several=bool(gone))])
    say(request, text, extra_tags=place(code))
    return posting.done(actor, back(request, code))


def back(request: HttpRequest, of: str = "") -> str:
    """Where the button stood that was pressed; on Today at the line `of` which it was, which says what came of it."""
    if request.POST.get("from") != "today":
        return reverse("coordination_late")
    return reverse("today") + (f"#{place(of)}" if of else "")


def _meanwhile(request: HttpRequest, about: list[str], answer: str) -> str:
    """What was heard there since the page was read, about one of these."""
    calls = coordination.calls_about({one.id: one for one in organisations()})
    if answer in coordination.TO_SENDER:
        told = [untold.is_told(stands(of), slip_of(of)) for of in (calls.get(one, ()) for one in about)]
        return _("Not saved: it was said already that the sender was called.") if told and all(told) else ""
    if not request.POST.get("read_at"):
        return ""
    said = (meanwhile(request.POST["read_at"], stands(calls.get(one, ())), answer, now()) for one in about)
    return next(filter(None, said), "")


def _about(actor: Actor, request: HttpRequest, code: str) -> tuple[list[str], dict[str, Past]]:
    """Of what stood together on the page what the same organisation owes still; and what was answered or has ended
    meanwhile, with its state and since when. The one in the address may be of either.
    """
    asked = list(dict.fromkeys([code, *request.POST.getlist("also")]))
    to = {one.code: one.to for one in coordination.owed(actor, now())}
    over = {one: called_late(one) for one in asked if one not in to}
    gone = {one: found for one, found in over.items() if found is not None}
    if code in gone:
        code = next((one for one in asked if one in to), code)
    beside = [one for one in asked if one != code and one in to and to[one] == to.get(code)]
    return ([] if code in gone else [code, *beside]), gone


def _recorded_before(request: HttpRequest, code: str) -> None:
    """The same press once more says that it wrote nothing, and when the call was recorded."""
    found = coordination.overview(request.actor)  # type: ignore[attr-defined]
    rows: list[LateOne | Expired] = [*(one for of in found.owing for one in of.rows), *found.expired]
    also = {code, *request.POST.getlist("also")}
    at = max((one.at for row in rows if row.code in also for one in row.calls if one.side == ME), default=None)
    if at is not None and not len(messages.get_messages(request)):  # of a double press the first says it
        messages.info(request, _("This call is recorded already: %(when)s.") % {"when": moments.moment(at, found.at)})


def _gap(one: Missing) -> list[Any]:
    return [
        directory.area(one.area_code),
        lists.label("service", one.service_code),
        # Translators: a count that is too small to be shown.
        f"<{SMALLEST}" if one.count is None else one.count,
    ]
