"""The case page, and its one-page summary for paper."""

from collections.abc import Container
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hamkori.access.actor import Actor
from hamkori.audit.ledger import looked
from hamkori.casework.case.queries.sections import is_as_begun
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.consent.queries.consent import AGREES
from hamkori.casework.referral.rules.lifecycle import LIVE
from hamkori.casework.referral.rules.stopped import MISSED
from hamkori.casework.work.queries import case_page
from hamkori.casework.work.queries.case_page import File, Sent
from hamkori.casework.work.queries.happened import opened_first
from hamkori.people.queries import shown
from hamkori.web.cases import (
    again,
    brought,
    child_contact,
    coming,
    copies,
    danger,
    doctor_seen,
    last_night,
    night,
    own,
    place,
    reached,
    said_yes,
    saved_age,
)
from hamkori.web.cases import happened as lines
from hamkori.web.cases.alarms import alarms
from hamkori.web.cases.left import who_left
from hamkori.web.cases.people import seeing
from hamkori.web.cases.strip import strip
from hamkori.web.cases.tasks import asked_us, way_on
from hamkori.web.kit import moments
from hamkori.web.kit.remembered import unwritten_in
from hamkori.web.sessions.signed_in import actor_of
from hamkori.web.words import (
    calling,
    child_alone,
    left,
    lists,
    received,
    red,
    sections,
)
from hamkori.web.words import case as words
from hamkori.web.words import referral as referral_words
from hamkori.web.words.ways import CAME_FROM, back_from_case, to_case
from hamkori.web.words.whereabouts import once_more

EVENTS = 5
"""So many stand on the page; all others are a tap away."""
HISTORY = 30
"""On paper."""
REASONS = {"declined": "decline_reason", "unaccepted": "unaccept_reason"}


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """One case. `?open=contact` opens that section, and that is written down."""
    actor = actor_of(request)
    file = case_page.file(actor, code, lists.language())
    looked("case.view", file.case.pk)
    opened = reached.opened(actor, file, request.GET.get("open", ""))
    case, standing = file.case, file.standing
    unsure = file.agreed.unsure  # then nothing is asked and nothing sent before all is taken back
    agrees = any(state in words.YES_STATES for state in file.agreed.states.values())
    takes_back = standing.works and (agrees or _takes_back(file))
    may_refer = standing.works and case.state_code == "open" and not unsure
    ask_url = reverse("consent_withdraw" if unsure else "consent", args=[case.code])
    child_due = file.clocks.get("child") if standing.may("tell_child_protection", case.state_code) else None
    alone = None if agrees else _alone(actor, file)
    refer_url = reverse("case_refer", args=[case.code]) if may_refer and not alone else None
    raises = ask_url if may_refer and words.only_raised(case, file.agreed) else None
    no_place = standing.works and file.no_place
    late = alarms(file, child_due=child_due, refer_url=refer_url, no_place=no_place and alone is None)
    waits = alone is not None and standing.works
    child = next((one for one in late if one.get("id") == "child"), None) if waits else None
    next_steps = coming.steps(file, late, told=alone is not None) if case.state_code == "open" else None
    above = coming.leads(late) | coming.opened_by(next_steps)
    context = {
        "title": _("Case"),
        "back": back_from_case(request, {*(one.code for one in file.referrals), *(one.code for one in file.came_from)}),
        "file": file,
        "case": case,
        "strip": _strip(file, waits=alone is not None),
        "consent_url": ask_url if standing.works else None,
        "withdraw_url": reverse("consent_withdraw", args=[case.code]) if takes_back else None,
        "refer_url": child_alone.adult_at(case.code) if waits else raises or refer_url,
        "raises": raises,
        **(_boxes(request, actor, file, alone) | reached.beside(file, opened, request.GET.get(CAME_FROM, ""))),
        "quiet": alone is not None or _rests(file) or any(one["full"] for one in late),
        **night.shown(file, no_place=no_place, late=late),
        "no_police": unsure or calling.no_police(file.agreed.rows),
        **place.apart([one for one in late if one is not child], file),
        "child_alarm": child or (child_contact.to_others(file) if alone else None),  # in the box that says whom to call
        **danger.asks(file, refer_url if alone is None else None, ask_url),
        **danger.box(file),
        "may_say": standing.works,
        "doctor_came": doctor_seen.came(request, actor, file),
        "steps": next_steps,
        "parts": _parts(request, file, opened),
        "referrals": [_referral(one, file, above) for one in file.referrals],
        **_happened(file, whole=request.GET.get("events") == "all"),
        "people": seeing(file, actor.membership_id),
        "links": _links(file),
        "may_register": standing.may("register", case.state_code),
        **_began(actor, file),
        "outcome": lists.label("closing_outcome", case.outcome_code),
        "agrees": standing.works and agrees,
        "again": again.wanted(actor, file),
    }
    return render(request, "cases/page.html", {**context, "has_next": coming.has_any(context)})


def _happened(file: File, *, whole: bool) -> dict[str, Any]:
    """What happened, the newest first: a few, or all of it."""
    whole = whole or len(file.steps) <= EVENTS
    happened = file.steps if whole else file.steps[:EVENTS]
    former = lines.former(happened, file)
    return {
        "events": [lines.event(step, file, former) for step in happened],
        "all": len(file.steps),
        "all_url": "" if whole else f"{reverse('case', args=[file.case.code])}?events=all#happened",
    }


def _alone(actor: Actor, file: File) -> dict[str, Any] | None:
    """Whom to call for a child for whom no adult answers yet. Who stands in reads it too; of a draft the team alone."""
    reads = file.case.state_code == "open" or (file.standing.works and file.case.state_code == "draft")
    return (
        child_alone.whom_to_call(actor, file.case)
        if reads and child_alone.waits_still(file.case, file.agreed)
        else None
    )


def _boxes(request: HttpRequest, actor: Actor, file: File, alone: dict[str, Any] | None) -> dict[str, Any]:
    """Whom to call for a child: in the place of all else, or below the alarms. And what was not saved, and may be."""
    again, found = once_more(request, file.case, actor.membership_id), request.GET.get("found") == "1"
    calls = _no_bed(actor, file) if alone is None else None
    boxes = {"alone": alone, "child_calls": calls, "once_more": again, "found_open": found}
    return {**boxes, "unheard": file.agreed.unheard}


def _no_bed(actor: Actor, file: File) -> dict[str, Any] | None:
    """The same of a child without a place for tonight, once they said no by telephone and nobody new can be asked."""
    said_no = file.no_place and any(one.no_since is not None for one in place.for_one(file))
    asks = said_no and file.case.is_child and file.agreed.sends_nothing_new and file.standing.works
    return child_alone.whom_to_call(actor, file.case) if asks else None


def _takes_back(file: File) -> bool:
    """Whether a yes can be taken back that holds no more: it has run out, or is asked again and help goes on with it.
    What was shared with it lies where it went.
    """
    answers = {row.answer for row in file.agreed.rows.values()}
    goes_on = "not_asked" in answers and any(one.state in LIVE for one in file.referrals)
    return not file.agreed.unsure and (goes_on or bool(answers & {*AGREES}))


def _rests(file: File) -> bool:
    """Whether something is to be said before anything is referred: the person is asked again, or raises it; so, too,
    of whom the sender says that they took everything back, and who was not asked here.
    """
    agreed, withdrew = file.agreed, any(one.withdrew for one in file.came_from)
    rests = agreed.sends_nothing_new or agreed.has_ended or words.no_to_all(agreed)
    return rests or (withdrew and not agreed.answered)


def _strip(file: File, *, waits: bool) -> dict[str, Any]:
    """The head of the case; on paper no organisation is named in it."""
    today, since = timezone.localdate(file.now), opened_first(file.steps)
    out, told = file.nothing_to, brought.shut_out(file)
    return strip(file.case, file.agreed, today, since=since, waits=waits, without=out, brought=told)


@require_safe
def summary(request: HttpRequest, code: str) -> HttpResponse:
    """One page for paper: codes only, no name of hers, nothing sealed."""
    actor = actor_of(request)
    file = case_page.file(actor, code, lists.language())
    case = file.case
    looked("case.print", case.pk)
    today = timezone.localdate(file.now)
    context = {
        "title": _("Summary"),
        "back": to_case(case.code),
        "in_task": True,
        "case": case,
        "strip": strip(case, file.agreed, today, since=opened_first(file.steps)),
        "printed_at": file.now,
        "printed_by": shown(actor.name),
        "rows": _summed(file),
        "referrals": [_referral(one, file) for one in file.referrals],
        "events": [lines.event(step, file) for step in file.steps[:HISTORY]],
        "more": len(file.steps) > HISTORY,
    }
    return render(request, "cases/print.html", context)


def _summed(file: File) -> list[tuple[str, str]]:
    """What was needed and decided; then what comes next, or how it ended."""
    case = file.case
    last = (_("Next step"), _planned(file))
    if case.state_code == "closed":
        last = (_("Outcome"), lists.label("closing_outcome", case.outcome_code) or "\u2013")
    return [
        (_("Tonight"), lists.in_turn("need_tonight", case.need_tonight_codes)),
        (_("Decision"), lists.label("decision", case.decision_code)),
        last,
    ]


def _planned(file: File) -> str:
    case = file.case
    if not case.next_step_code or case.next_step_on is None:
        return "\u2013"
    day = moments.full_day(case.next_step_on, timezone.localdate(file.now))
    return f"{lists.label('next_step', case.next_step_code)}, {day}"


def _parts(request: HttpRequest, file: File, opened: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Every section the reader holds, shut, but for the one that was opened; that no telephone is written there, where
    that was read in this session.
    """
    case, found = file.case, []
    here = reverse("case", args=[case.code])
    writable = file.case.state_code in ("draft", "open")
    for section in file.standing.sections:
        if section == "criminal" and _only_to_protect(file) and is_as_begun(case, section):
            continue
        mark = file.sheets.get(section)
        shut = section == "screening"
        lacks = unwritten_in(request, case.code, mark.written_at) if mark and section == "contact" else None
        edit = f"{reverse('section', args=[case.code])}?of={section}"
        found.append(
            {
                "section": section,
                "name": sections.name(section),
                "who": copies.holders(file, section),
                "lacks": sections.NO_TELEPHONE if lacks and lacks & {"safe_phone", section} else "",
                "changed": copies.changed(file, section),
                "url": reverse("screening", args=[case.code]) if shut else f"{here}?open={section}#{section}",
                "edit_url": edit if writable and not shut and section in file.standing.writes else "",
                "opened": opened["rows"] if opened and opened["section"] == section else None,
                "written": mark,
                "is_empty": mark is None and not shut,  # which is known without opening it
                "aside_url": f"{reverse('set_aside', args=[case.code])}?of={section}" if mark and mark.aside else "",
                "by": file.name_of(mark.written_by) if mark else "",
            }
        )
    return found


def _began(actor: Actor, file: File) -> dict[str, Any]:
    """The referrals with which an own case began, and whether they are for protection alone."""
    differ = [one for one in file.came_from if file.case.state_code == "open" and one.differs(file.case)]
    return {
        "came_from": file.came_from,
        "works": file.standing.works,
        "who_left": [
            who_left(actor, file, one, left)
            for one in file.came_from
            if (left := one.gone) is not None and not left.aside
        ],
        "plan_url": f"{reverse('edit_case', args=[file.case.code])}?goes_on=1",
        "may_close": file.standing.may("close", file.case.state_code),
        "not_called": file.not_called,
        "if_they_leave": own.if_they_leave(file),
        "only_to_protect": _only_to_protect(file),
        "age_there": saved_age.differs_there(file.case, file.came_from),
        "put_right": saved_age.as_said(file.case, differ[0]) if differ else "",
        "settle_url": reverse("settle_age", args=[file.case.code]) + (f"?age={differ[0].age_band}" if differ else "")
        if file.standing.may("settle_age", file.case.state_code)
        else "",
    }


def _only_to_protect(file: File) -> bool:
    """Whether the person was sent here to be protected and for nothing else, and said no yes to a criminal case here.

    Then what was told about the crime is not asked for: nothing is shown of that part until something stands in it.
    """
    agrees = file.agreed.state("police", "justice") in words.YES_STATES
    asked = [received.only_to_protect(one.kind, one.purpose) for one in file.came_from]
    return bool(asked) and all(asked) and not agrees


def _referral(one: Sent, file: File, above: Container[str] = ()) -> dict[str, Any]:
    """A row of the requests: service and body, state, clock or result. `above`: where a box of the page leads."""
    answer_url, here = reverse("referral_answer", args=[one.code]), reverse("referral", args=[one.code])
    says = one.asks and answer_url not in above
    what = lists.label("service", one.service)
    detail, came = [one.body], referral_words.unconfirmed(one.state, one.heard, missed=False)
    if one.result:
        detail += [left.named(one.service, one.result, served=one.served_at is not None), *last_night.in_row(one, file)]
    elif one.state in REASONS:
        detail.append(lists.label(REASONS[one.state], one.reason))
    elif one.state == "accepted" and one.arrival_on is not None and not came and here not in above:
        at = (one.arrival_on, one.arrival_part, one.agreed_at)
        detail.append(referral_words.part_of_day(*at, file.now, written=one.hour_written, opens=file.standing.works))
    detail += [brought.answered(one, file), *said_yes.in_row(one, file, above)]
    if one.asks:
        detail.append(asked_us(one) if says else referral_words.asks_us())
    if one.state == "draft" and one.refused:
        detail.append(_("the person said no: cannot be sent"))
    if one.suggested:
        detail.append(_("they suggest: %(service)s") % {"service": lists.label("service", one.suggested)})
    state = one.stopped if one.stopped == MISSED else one.state
    looks = referral_words.UNCONFIRMED if came or _asks_first(one) else state
    return {
        "code": one.code,
        "what": what,
        "detail": " · ".join(part for part in detail if part),
        "url": here,
        "state": "late" if one.late or _calls(one) else looks,
        "label": _label(one, state),
        "stopped": bool(one.stopped),
        **(
            {"button": _("Answer"), "button_url": answer_url}
            if says and file.standing.works
            else _button(one, file, above)
        ),
        "due": one.answer_due_at if one.state == "sent" and not _calls(one) else None,
        "start": one.visible_at if one.state == "sent" else None,
        "ended": one.ended,
    }


def _calls(one: Sent) -> bool:
    """Whether somebody has to call about it now."""
    return one.opens is not None or one.doubt_calls


def _asks_first(one: Sent) -> bool:
    """Whether it was accepted, and the person has to be asked again before anything of it goes on."""
    return one.state == "accepted" and one.paused and one.stopped != MISSED


def _label(one: Sent, state: str) -> str:
    if _calls(one):
        return str(red.CALL_NOW)
    if one.late:
        return _("Late")
    came = referral_words.unconfirmed(one.state, one.heard, missed=False)
    if _asks_first(one) and not came:
        return str(red.PAUSED)
    return referral_words.came(one.service) if came else referral_words.state(state, one.reason, one.service)


def _button(one: Sent, file: File, above: Container[str]) -> dict[str, str]:
    """What the team has to do after it stopped, or after a yes by telephone, where nothing above leads there."""
    works = file.standing.works
    button, url = said_yes.arrange(one, file)
    if url and url not in above:
        return {"button": button, "button_url": url}
    if one.stopped and not works:
        return {"button": str(red.OPEN_REFERRAL), "button_url": ""}
    button, url = way_on(one, file) if one.stopped else ("", "")
    return {"button": "", "button_url": ""} if url in above else {"button": button, "button_url": url}


def _links(file: File) -> list[dict[str, str]]:
    """What else can be done with the file, as far as the reader may and the state allows."""
    case, standing = file.case, file.standing
    code, state = case.code, case.state_code
    pairs = (
        ("edit_case", _("Change the details that are not locked"), standing.works and state == "open"),
        ("settle_age", _("Correct or confirm the age"), standing.may("settle_age", state)),
        ("admit", _("Add a colleague"), standing.may("admit", state)),
        ("leave", _("Leave the team"), standing.may("leave", state) and Side.LEAD not in standing.sides),
        ("history", _("Record of access"), bool({Side.LEAD, Side.SENDER_SUPERVISOR} & standing.sides)),
        ("print_case", _("Summary for paper"), state != "draft"),
        ("close", _("Close the case"), standing.may("close", state)),
    )
    more = {"edit_case": "?all=1"}
    return [
        {"label": label, "url": reverse(name, args=[code]) + more.get(name, "")}
        for name, label, holds in pairs
        if holds
    ]
