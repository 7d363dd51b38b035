"""One referral as its sender sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hamkori.access.actor import Actor
from hamkori.casework.case.queries.team import people
from hamkori.casework.case.rules import clocks
from hamkori.casework.case.rules.age import CHILD_BANDS
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.consent.rules.packet import asks_where
from hamkori.casework.referral.actions.disclosure import open_meeting, open_note
from hamkori.casework.referral.queries import referrals as queries
from hamkori.casework.referral.queries.calls import counting, no_since, says_yes, yes_before
from hamkori.casework.referral.queries.closed_there import is_reached
from hamkori.casework.referral.queries.copies import copies
from hamkori.casework.referral.queries.doubt import doubted_asked, is_another
from hamkori.casework.referral.queries.meeting import has_meeting, no_meeting
from hamkori.casework.referral.queries.narrowed import narrowed
from hamkori.casework.referral.queries.note import Note, note_of
from hamkori.casework.referral.queries.parts_asked import parts_asked
from hamkori.casework.referral.queries.received import takes
from hamkori.casework.referral.queries.refer import empty_in
from hamkori.casework.referral.queries.referrals import SENDER, SenderPage
from hamkori.casework.referral.queries.stopped import stopped
from hamkori.casework.referral.rules.card import URGENT, children_said, parts_of
from hamkori.casework.referral.rules.facts import facts as former_facts
from hamkori.casework.referral.rules.lifecycle import FINAL, REFERRAL, STANDS
from hamkori.casework.referral.rules.stopped import EMERGENCY
from hamkori.casework.referral.rules.summary import flags, flags_sent
from hamkori.refusal import NotNow
from hamkori.web.kit import moments
from hamkori.web.kit.opened_from import way_back
from hamkori.web.referrals import arranged, arriving, empty, lacking, on_the_way, onward, reach
from hamkori.web.referrals.asks_child import asks_child
from hamkori.web.referrals.badge import badge
from hamkori.web.referrals.called import calling, said_no_since
from hamkori.web.referrals.doubts import is_doubted, was_reached
from hamkori.web.referrals.history import events
from hamkori.web.referrals.instead import instead, promised, tonight_there
from hamkori.web.referrals.looking import her_view, known_safe, searched, who_said
from hamkori.web.referrals.nobody import closed_now, closed_there, until_when, week_there
from hamkori.web.referrals.rests import rests
from hamkori.web.referrals.showing import person_rows
from hamkori.web.referrals.stopped import not_agreed, said_no, settled, stop, telling, whether_on
from hamkori.web.words import absence, coordinator, desk_phone, facts, last_night, lists, red, steps
from hamkori.web.words import referral as words
from hamkori.web.words.ways import case_of
from hamkori.web.words.whereabouts import once_more

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral


def show(request: HttpRequest, actor: Actor, found: Referral, on: frozenset[str]) -> HttpResponse:
    """The sender's page of a referral. The meeting line and the note of a result are opened here, by hand."""
    beside = lacking.beside if lacking.has_ended(found) else onward.beside
    page = queries.sender_page(actor, found, on, beside)
    part = arriving.opens(page, asked := request.GET.get("open", ""))
    near = reach.opened(actor, page, asked) | empty.of_sent(request, page)
    near["back"] = way_back(request, found.code, {"url": reverse("referrals"), "label": _("Referrals")})
    if part not in OPENS:
        near["once_more"] = once_more(request, page.case, actor.membership_id, referral=found.code)
        return render(request, "referrals/page.html", context(actor, page) | near)
    try:
        opened = OPENS[part](actor, found)
    except NotNow as refusal:
        if refusal.guard != "from_state":
            raise
        return render(request, "referrals/page.html", {**context(actor, page), f"{part}_gone": True}, status=409)
    shown = context(actor, page, opened if part == "meeting" else None) | near
    if part == "note":
        shown["note_rows"] = [(_("The note"), opened["note"])] if opened else []
        if page.case.state_code == "open" and "needs" in page.holds and Side.SENDER in page.sides:
            shown["keep_url"] = f"{reverse('section', args=[page.case.code])}?of=needs"
            shown["keep_part"] = lists.label("packet_section", "needs")
    return render(request, "referrals/page.html", shown)


OPENS = {"meeting": open_meeting, "note": open_note}
"""What of this page is locked: `?open=` and the act that opens it."""


def context(actor: Actor, page: SenderPage, opened: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the sender's page shows."""
    found, state = page.referral, queries.sender_state(page.referral)
    note = note_of(found)
    unread = team_reads(page, note)
    may = possible(page) - ({"confirm"} if unread else set())
    waits_until = found.visible_at if state == "sent" and page.facts.holds("not_yet_visible") else None
    search = searched(page)
    boxes = onward.onward(page) | whom_to_call(actor, page) | summary(page, state) | onward.of_child(actor, page)
    return {
        "title": _("Referral"),
        "back": {"url": reverse("referrals"), "label": _("Referrals")},
        "now": page.at,
        "code": found.code,
        "state": state,
        "badge": (state, words.asks_us()) if page.open_question and state == "sent" else badge(found, state, page.live),
        "version": found.version,
        "service": lists.label("service", found.service_code),
        "to": queries.body_name(found.to_organisation, found.to_organisation_id, lists.language()),
        "case_code": page.case.code,
        "case_url": case_of(found.code, page.case.code),
        "consent_url": reverse("consent", args=[page.case.code]) if Side.SENDER in page.sides else "",
        **boxes,
        "lacking": lacking.rows(page),
        "gap_here": (gap := onward.is_gap(boxes) and not says_yes(page.calls)),
        "asked_already": onward.asked_already(page) if gap or boxes.get("alone_yet") else "",
        "told_if_silent": _told_if_silent(boxes, state),
        "stop_until": waits_until,
        "stop_seconds": max(1, round((waits_until - page.at).total_seconds())) if waits_until else 0,
        **(not_agreed(page, state) | asks_child(page, state)),
        "arrival": arriving.agreed(page, opened),
        "arrival_dated": arriving.is_dated(page, opened),
        "missed": state == "accepted" and found.missed_at is not None,
        **arriving.hearing(page, may),
        **(who_said(page, search) | known_safe(page, search)),
        **where_to_meet(page, state, opened),
        "note": note,
        "team_reads": red.TEAM_READS if unread else "",
        "note_mine": "needs" in page.holds and Side.SENDER in page.sides,
        "note_url": note_url(found.code),
        "opened": arriving.opened_rows(page, opened) if opened is not None else None,
        **last_night.result(found, page.at),
        **reasons(page, state),
        **her_view(page),
        "agrees": found.sender.agrees,
        "suggested": lists.label("service", found.suggested_service_code),
        **lacking.sections(page, state),
        "until": moments.last_day(page.until, page.at) if page.live and page.until else "",
        "asked": _answered(page),
        **asks_parts(page),
        "open_question": question(page, page.open_question.question_code) if page.open_question else "",
        "events": events(page, search),
        "steps": may,
        **_again(page, state),
        "final": state in FINAL,
        "call_off": on_the_way.call_off(page),
        "way": on_the_way.box(page),
        "narrowed": words.taken_back(narrowed(found, found.sender.sections, named=page.named), page.at),
        "closing": words.being_closed() if queries.is_closing(found) else "",
    }


def _answered(page: SenderPage) -> list[tuple[str, str]]:
    """The questions that were answered, with their answers."""
    answered = (one for one in page.asked if one.answered_at is not None)
    return [(question(page, one.question_code), lists.label("answer_code", one.answer_code)) for one in answered]


def _told_if_silent(boxes: dict[str, Any], state: str) -> bool:
    """Whether it waits in time: beside its time it is said what happens if nobody answers."""
    return state == "sent" and bool(boxes["clock"]) and not (boxes["clock"]["late"] or boxes.get("moot"))


def _again(page: SenderPage, state: str) -> dict[str, Any]:
    """Whether another organisation is asked from here: help ended, and the person has not said no to it; and who has
    the person by another referral, so that nobody else is put forward.
    """
    found = page.referral
    ended = (found.ended_at is not None or bool(stopped(found))) and state not in ("discarded", "confirmed")
    may = ended and page.case.state_code == "open" and Side.SENDER in page.sides
    may = may and not (page.waits or page.asks_child or said_no(page))
    return {"may_again": may, "instead": instead(page) if may else None, "given_up": state == "withdrawn"}


def where_to_meet(page: SenderPage, state: str, opened: dict[str, Any] | None) -> dict[str, Any]:
    """Hour and meeting point: whether this reader opens them, that none is written, who else can open them, and how;
    while the answer is awaited, what was agreed by telephone.
    """
    found = page.referral
    return {
        "meeting": state == "accepted" and arriving.may_open(page),
        "no_meeting": no_meeting(found),
        "meeting_readers": words.MEETING_READERS,
        "meeting_url": f"{reverse('referral', args=[found.code])}?open=meeting",
    } | arranged.shown(page, state, opened)


def question(page: SenderPage, code: str) -> str:
    """A question of theirs, worded from the sender's side: with their name and region where they say "our"."""
    to = page.referral.to_organisation
    name = queries.body_name(to, page.referral.to_organisation_id, lists.language())
    return words.question_of_theirs(code, name, to.region_code)


def reasons(page: SenderPage, state: str) -> dict[str, str]:
    """Why it ended or is disputed, of which step that is, and who disputed it."""
    by = next((one.name for one in reversed(page.taken) if one.step == "dispute"), "")
    stands = last_step(page) == "amend" and page.referral.reason_code == STANDS
    return {"reason": why(page, state), "reason_of": STANDS if stands else last_step(page), "disputed_by": by}


def asks_parts(page: SenderPage) -> dict[str, Any]:
    """The parts that the receiver asks for, those that were not shared apart, and where each is written and sent;
    nothing once each was sent or refused.
    """
    asked = parts_asked(page.referral) if queries.read_state(page.referral) in ("accepted", "serving") else ()
    if not asked:
        return {}
    there = {one.section for one in copies(page.case) if one.referral == page.referral.code}
    at = {one.reason: one.at for one in page.taken if one.step == "ask_part"}
    found: dict[str, list[dict[str, Any]]] = {"asks_again": [], "asks_unshared": []}
    for part in asked:
        named = steps.reason("ask_part", part, page.referral.service_code)
        shown = {"part": part, "name": named, "at": moments.moment(at[part], page.at)}
        sent_empty = part in page.holds and part not in there
        unshared = part not in page.referral.sender.sections or sent_empty
        where = asks_where(page.referral.recipient_kind_code, page.referral.purpose_code, part)
        shown["where"] = "1" if where else ""
        if unshared and not where and empty_in(page.case, [part]):
            shown["empty"] = part
        if Side.SENDER in page.sides and (unshared or not page.asks_child):
            shown["send_url"] = f"{reverse('referral_add', args=[page.referral.code])}?part={part}"
            if part in page.holds:
                shown["write_url"] = f"{reverse('section', args=[page.case.code])}?of={part}"
        found["asks_unshared" if unshared else "asks_again"].append(shown)
    return found


def note_url(code: str) -> str:
    """Where the note of a result is opened."""
    return f"{reverse('referral', args=[code])}?open=note"


def team_reads(page: SenderPage, note: Note | None) -> bool:
    """Whether the reader, a supervisor, confirms nothing yet: it would delete a note that the team has not read."""
    return note is not None and not note.opened and Side.SENDER not in page.sides


def possible(page: SenderPage) -> frozenset[str]:
    """Names of the steps that can be taken now from this side."""
    names = {row.name for row in REFERRAL.possible(queries.read_state(page.referral), page.sides & SENDER)}
    if page.open_question is None:
        names.discard("answer")
    if page.asks_child:
        names.discard("add")
    if not page.facts.holds("not_disputed_before"):
        names.discard("dispute")
    if page.referral.arrival_on is None or not page.facts.holds("not_missed"):
        names.discard("hear")
    return frozenset(names)


def whom_to_call(actor: Actor, page: SenderPage) -> dict[str, Any]:
    """The clock; while they owe something, where to call their desk, and the service; for a supervisor, who leads; once
    it stopped, what is to decide and what was decided.
    """
    found = page.referral
    shown: dict[str, Any] = {"clock": clock(page), "who_url": reverse("who", args=[page.case.code])}
    alone = False
    if Side.SENDER not in page.sides:
        team, acts = people(page.case), page.case.state_code == "open" and found.ended_at is None
        shown |= {
            "lead": absence.leader(team),
            "can_answer": absence.workers(team),
            "absent": absence.absent(team) if acts else "",
        }
        alone = absence.is_alone(team)
        shown["tell_label"] = absence.tell()
    asks = (page, shown.get("lead", ""), alone)
    shown |= {"stop": stop(*asks), "settled": settled(page), "whether_on": whether_on(page)}
    if queries.read_state(found) in ("sent", "accepted", "serving", "disputed") and not page.waits:
        shown |= telling(*asks)
    phone: str = getattr(found, "phone", "") or ""
    if queries.read_state(found) in ("sent", "accepted", "disputed"):
        shown["phone"] = desk_phone.said(phone)
    if queries.read_state(found) in ("sent", "accepted"):
        shown["coordinator"] = coordinator.reached() if phone else ""
        shown["tonight_there"] = tonight_there(page)
        shown["ambulance"] = found.service_code == EMERGENCY and queries.sender_state(found) == "sent"
        calls, asked, counts = page.calls, bool(page.asked), counting(page.calls)
        moot = getattr(found, "moot", "") if queries.sender_state(found) == "sent" else ""
        shown |= {"moot": red.moot(moot, lists.label("service", found.service_code))} | promised(page)
        week = () if moot else week_there(actor, found, page.at, asked=asked)
        shown["closed_there"] = closed_there(found, week, phone, page.at, page.case.pk, call=counts)
        shown["closed_now"] = "" if shown["closed_there"] or is_reached(counts) else closed_now(week, page.at)
        shown |= _boxes(page, shown)
        if queries.sender_state(found) == "sent":
            # Before a call, while an open desk may still answer, that desk stands first.
            calm, only = shown["calm_call"] and not calls, shown["closed_there"] and shown["closed_there"]["urgent"]
            ways, due = onward.ways(page, calm=calm), found.answer_due_at
            shown |= calling(calls, phone, page.at, due=due, first=bool(only), person=page.card, **ways)
            shown |= until_when(actor, found, page.at, yes=shown["said_yes"], late=shown["late_call"])
            shown["alone_yet"] = calm and page.open_question is None and onward.alone(page)
        shown["service_url"] = reverse("service", args=[found.service_id]) if found.service_id else ""
    return shown


def _boxes(page: SenderPage, shown: dict[str, Any]) -> dict[str, bool]:
    """Whether the number stands in a box with "I called": of an urgent answer that is not late, in a calm one."""
    found, waits = page.referral, queries.sender_state(page.referral) == "sent" and not shown["moot"]
    late = waits and bool(shown["clock"] and shown["clock"]["late"])
    urgent = found.urgency_code == URGENT and page.live
    calm = waits and not late and (urgent or yes_before(page.calls) is not None)
    return {"late_call": late, "calm_call": calm and not shown["closed_there"]}


def why(page: SenderPage, state: str) -> str:
    """The reason that stands now. Why it expired is in its state."""
    said = page.referral.sender.reason_code or page.referral.reason_code
    answered = state in ("lapsed", "withdrawn")
    return lacking.answered(page) if answered else steps.reason(last_step(page), said)


def last_step(page: SenderPage) -> str:
    """The step that gave the reason which stands now; what was said after it stopped has a place of its own."""
    return next((one.step for one in reversed(page.taken) if one.reason and one.step not in BESIDE), "")


BESIDE = ("settle", "call", "undo_call", "tell_person")
"""Steps of the sender's side that move nothing."""


def clock(page: SenderPage) -> dict[str, Any] | None:
    """The clock that runs, with its words; an answer that is late says since when. `answered`: whether the person came
    is known, or when they come, and stands below: beside an hour that is written no other time.
    """
    if page.clock is None:
        return None
    name, started, due = page.clock
    found = page.referral
    return {
        "label": lists.label("clock", name),
        "start": started,
        "due": due,
        "late": (late := clocks.late(due, page.at)),
        "answered": name == "arrival" and (_is_known(found) or (not late and has_meeting(found))),
    }


def _is_known(found: Referral) -> bool:
    return bool(found.missed_at or found.heard_code in ("came", "did_not_come"))


def summary(page: SenderPage, state: str) -> dict[str, Any]:
    """The card as rows, and whether it speaks of a child of whom the service that is asked says nothing: before it
    answers, or since it accepted an adult.
    """
    card = page.card
    child = state == "sent" and card.age_band_code in CHILD_BANDS
    says = getattr(page.referral, "admits", None) or ()
    found: dict[str, Any] = {
        "card_rows": words.together(card_rows(page)),
        "rests": rests(page, state),
        "child_not_admitted": child and not takes(says, card.sex_code, card.age_band_code),
    }
    if doubted_asked(page.referral, card, says):
        found |= {"doubt_asked": True, "call_reached": was_reached(page.own_calls(card.corrected_at))}
    at = queries.read_state(page.referral)
    no = no_since(page.referral, page.calls) if at == "accepted" else None
    if no is not None or is_doubted(page, at, says):
        calls = page.own_calls(page.referral.agreed_at if no else card.corrected_at)
        found |= {"doubt": True, "call_reached": no is None and was_reached(calls)}
        phone, of = getattr(page.referral, "phone", "") or "", card if no is not None else None
        found |= calling(calls, phone, page.at, person=of, **onward.ways(page))
        found |= said_no_since(page, no) if no is not None else {}
    return found


def card_rows(page: SenderPage) -> list[tuple[str, object]]:
    """The card as it went."""
    found, card = page.referral, page.card
    compared, police = (
        words.compared(card.corrected_at, found.agreed_at, found.sent_at),
        found.recipient_kind_code == "police",
    )
    said, kept = flags if found.sent_at is None else flags_sent, former_facts(card.former_ages)
    today, back = timezone.localdate(page.at), not is_another(card, compared)
    rows: list[tuple[str, object]] = [
        (_("Kind of help"), lists.label("service", found.service_code)),
        *([(_("What for"), lists.label("purpose", found.purpose_code))] if found.sent_at is None else []),  # ours alone
        (_("Needed from"), moments.day(found.needed_from_on, today) if found.needed_from_on else ""),
        (_("Answer wanted"), lists.label("urgency", found.urgency_code)),
        *person_rows(
            card,
            said(card, found.service_code, police=police),
            police=police,
            ages=children_said((one.question_code, parts_of(one.answer_code)) for one in page.asked if one.answered_at),
            before=words.changed(card.sex_code, card.former_age_code, card.corrected_at, page.at, back=back),
            marks=facts.marks(kept, facts.of_row(card), agreed=found.agreed_at, sent=found.sent_at, at=page.at),
        ),
    ]
    return [(label, value) for label, value in rows if value not in ("", None)]
