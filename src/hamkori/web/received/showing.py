"""The receiver's page of a referral: the card and three answers while it waits, then the team's work, then its fate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hamkori.access.actor import Actor
from hamkori.casework.case.rules.clocks import MOVES_AT_MOST, QUESTIONS_AT_MOST, late
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.actions.disclosure import open_packet
from hamkori.casework.referral.queries import as_read
from hamkori.casework.referral.queries.calls import said_here, standing
from hamkori.casework.referral.queries.copies import sent_at
from hamkori.casework.referral.queries.meeting import has_meeting
from hamkori.casework.referral.queries.note import note_of
from hamkori.casework.referral.queries.received import (
    OURS,
    Received,
    kinds_offered,
    of_code,
    who_could_meet_her,
    whole,
)
from hamkori.casework.referral.rules.card import AT_RISK
from hamkori.casework.work.queries.due import DAY
from hamkori.notices import actions as notices
from hamkori.people.queries import Colleague
from hamkori.refusal import ENDED, NotNow, NotVisible
from hamkori.web.kit import moments
from hamkori.web.kit.opened_from import way_back
from hamkori.web.received import coming, facts, forms, goes_on, kept, meet, on_the_way, packet, said, still, wanted
from hamkori.web.received.ending import finish_form
from hamkori.web.received.history import events
from hamkori.web.received.last_night import night_again, night_said
from hamkori.web.received.left import left as who_left
from hamkori.web.received.left import left_so
from hamkori.web.received.told_yes import told_yes, until_when
from hamkori.web.words import agreed_before, asked, directory, left, lists, steps
from hamkori.web.words import received as words
from hamkori.web.words import referral as referral_words
from hamkori.web.words.calls import called

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral

Forms = Mapping[str, Any]
KEPT = ("team", "when", "arrival_on", "arrival_part")
"""What of a half-written acceptance travels through the unlock page: codes. The meeting line never does."""


SHUT = frozenset({"from_state", "consent_live"})
"""It has ended, or it is paused: a packet that is asked for now stays shut."""


def page(request: HttpRequest, actor: Actor, referral: Referral, on: frozenset[str]) -> HttpResponse:
    """The page of this referral for whoever stands on its receiving side; NotVisible for who stands on none."""
    if not on & OURS:
        raise NotVisible
    found = whole(actor, referral, on & OURS)
    if found.state == ENDED and not kept.stands(found):  # till then it stays on Today
        notices.read(actor, ["closed"], about=referral.pk)
    if any(section == "contact" for section, _at in found.narrowed):
        notices.read(actor, ["narrowed"], about=referral.pk)  # the page says it as long as it is so
    return show(request, actor, found)


def show(
    request: HttpRequest,
    actor: Actor,
    received: Received,
    tried: Forms | None = None,
    *,
    status: int = 200,
    kept: QueryDict | None = None,
    sealed: str = "",
    changed: str = "",
) -> HttpResponse:
    """The page; `tried` forms come back as they were typed. `sealed`: where the passphrase is asked.

    `changed`: what is said where the summary is another one than was read.
    """
    opened: dict[str, Any] = {}
    part = request.GET.get("open", "") if request.method == "GET" else ""
    if part in OPENS and _may_open(received, part):
        try:
            opened = OPENS[part](actor, received)
        except NotNow as refusal:
            if refusal.guard not in SHUT:
                raise
            # The page itself says why nothing opens, in words that this side may read: as it stands by now.
            status, received = 409, whole(actor, *of_code(actor, received.referral.code))
    place = _back(actor)
    request.place = place["url"]  # type: ignore[attr-defined]  # the rail marks the place that leads here
    context: dict[str, Any] = {
        "title": _("Referral"),
        "back": way_back(request, received.referral.code, place),
        "in_task": True,
        "now": received.at,
        "it": received,
        "referral": received.referral,
        "state_word": coming.outcome(received),
        "service": lists.label("service", received.referral.service_code),
        "sender": words.sender(received.referral),
        "ask_sender": wanted.whom_to_ask(received),
        "age_unasked": agreed_before.to_receiver(received),
        "meeting_readers": referral_words.MEETING_READERS,
        "passphrase_url": sealed or f"{reverse('account_unlock')}?next={request.path}",
        "sealed_again": bool(sealed),
        "changed": changed,
        "asked_to": request.GET.get("do", ""),
        "messages": (told := said.still_true(request, received.state)),
        **said.way_on(told, actor, received),
        "only_to_protect": received.state in wanted.ASKS_SENDER and _only_to_protect(received.referral),
    }
    waits = received.state == "sent"
    if waits:
        context |= _answering(request, actor, received, tried or {}, kept)
        context |= meet.arranged(received, opened)
    else:
        context |= _at_work(actor, received, tried or {}, opened, context["asked_to"])
        context["finish_first"] |= received.state == "serving" and context["asked_to"] == "finish"
        context |= left_so(context, received, said_so=request.GET.get("left") == "1")
    if "asked" in context:
        context["kind"] = asked.kind_beside(context["asked"], context["service"])
    return render(request, "received/card.html" if waits else "received/work.html", context, status=status)


def _may_open(received: Received, part: str) -> bool:
    """Whether this page opens that part: for who was named there; before that what the desk agreed by telephone."""
    if received.state == "sent":
        return part == "meeting" and Side.DESK in received.sides and has_meeting(received.referral)
    return Side.RECEIVER in received.sides


def _only_to_protect(found: Referral) -> bool:
    return words.only_to_protect(found.recipient_kind_code, found.purpose_code)


def _at_work(actor: Actor, received: Received, tried: Forms, opened: dict[str, Any], asked_to: str) -> dict[str, Any]:
    """What stands on it once it was answered: the team's work, what came, what is asked for."""
    line = opened.get("meeting_line")
    context = {**_working(received, tried, line), **coming.said(received, line)}
    context |= who_left(received, actor, finishes="finish" in (asked_to, *tried))
    context["facts"] = facts.rows(received, line)
    context["asks"] = wanted.asks(received)
    missing = wanted.not_shared(received, actor)
    not_given = [*(section for section, _name in missing), *context["asks"].get("codes", ())]
    context["where_to_meet"] = coming.where_to_meet(received, not_given)
    context["asked_rows"] = wanted.asked(received)
    context |= {"agreed_yet": wanted.agreed(received, missing), "never": wanted.never(received, actor)}
    if received.card is not None:
        context["card_rows"] = _summary(received)
        context["child_before"] = words.before(received)
        context["asked"] = asked.of_card(received.card, received.called)
    context |= {"plans_next": _plans_next(received), "plans_doctor": wanted.doctor(received)}
    context["plans_doctor_of"] = wanted.who_needs_doctor(received)
    part = words.own_part(actor.function, protects=_only_to_protect(received.referral))
    context |= {"own_part": part, **opened, **meet.shown(received, tried, opened)}
    context["wanted"] = [*opened.get("lacking", ()), *missing]
    if Side.RECEIVER in received.sides:
        context["packet_holds"] = packet.holds(received, actor.function)
    return context


def _plans_next(received: Received) -> bool:
    """Whether somebody is being helped, and the own case of whoever helps has no next step yet."""
    begun = received.state == "serving" and Side.RECEIVER in received.sides
    return begun and bool(received.own_case_code) and not (received.own_case_has_step or received.own_case_closed)


def _ends_soon(received: Received) -> bool:
    """Whether by tomorrow at this hour it is said how the help ended: then that stands first."""
    return received.due_at is not None and received.due_at <= received.at + DAY


def _summary(received: Received) -> list[tuple[str, object]]:
    if received.card is None:
        return []
    return referral_words.together(words.card_rows(received.card, received.referral, received.at))


def _back(actor: Actor) -> dict[str, str]:
    if "desk_officer" in actor.roles:
        return {"url": reverse("desk"), "label": _("Incoming")}
    return {"url": reverse("today"), "label": _("Today")}


# --- while it waits ------------------------------------------------------------------------------------------


def _answering(
    request: HttpRequest, actor: Actor, received: Received, tried: Forms, kept: QueryDict | None
) -> dict[str, Any]:
    able, keyless = who_could_meet_her(actor)
    form = tried.get("accept") or accept_form(actor, received, able, kept=kept)
    due_at, card, needed_now = received.referral.answer_due_at, received.card, _needed_now(received)
    return {
        "asked": asked.of_card(card) if card else "",
        "card_rows": [*wanted.sender_rows(received), *_summary(received)] if card else (),
        "summary": as_read.of_card(card),
        "later_text": words.later_text(received.agreed, received.at),
        "time_left": words.time_left(due_at, received.at) if due_at else "",
        "late": late(due_at, received.at),
        "read_at": received.at.isoformat(),
        "called_here": [called(one, received.at) for one in standing(said_here(received.referral))],
        "told_yes": told_yes(received),
        **until_when(received),
        "questions": [
            {
                "at": one.asked_at,
                "question": lists.label("question_code", one.question_code),
                "answer": lists.label("answer_code", one.answer_code),
                "answered_at": one.answered_at,
            }
            for one in received.questions
        ],
        "questions_left": QUESTIONS_AT_MOST - len(received.questions),
        "may_ask": received.facts.holds("under_three"),
        "open_question": not received.facts.holds("no_open_question"),
        "accept_form": form,
        "closed": ", ".join(moments.day(on, form.today) for on in received.offered.closed(form.days())),
        "unwritten": needed_now and not has_meeting(received.referral),
        "needed_tonight": needed_now and directory.group(received.referral.service_code) == "HOME",
        "now_means": coming.now_means(received, form),
        "where_first": coming.ask_where_first(received),
        "way_here": received.is_far and needed_now,
        "nobody": not able,
        "keyless": [one.name for one in keyless],
        "ask_form": tried.get("ask") or ask_form(received),
        "decline_form": tried.get("decline") or decline_form(received),
        "tried": tuple(tried),
        "declines": (declines := "decline" in tried or (not tried and request.GET.get("do") == "decline")),
        # A child whom the service does not say that it takes is accepted after the people there were asked.
        "accepts_at_once": "accept" in tried or not (tried or received.child_not_admitted or declines),
        "another_day": bool(kept and kept.get("arrival_on")) or _another_day(tried.get("accept")),
        "meeting_typed": forms.is_written(tried.get("accept")) or bool(kept and kept.get("when") == forms.HOUR),
    }


def _another_day(form: forms.AcceptForm | None) -> bool:
    """Whether the fold with another day holds something of this reader: a day, a part of it, or what is wrong there."""
    if form is None:
        return False
    return any(form[name].errors or form[name].value() for name in ("arrival_on", "arrival_part"))


def accept_form(
    actor: Actor,
    received: Received,
    able: list[Colleague] | None = None,
    *,
    typed: QueryDict | None = None,
    kept: QueryDict | None = None,
) -> forms.AcceptForm:
    """The form of acceptance; `kept` is what came back from the unlock page."""
    people = who_could_meet_her(actor)[0] if able is None else able
    initial: dict[str, Any] = {}
    if kept is not None:
        initial = {"team": kept.getlist("team"), **{name: kept.get(name) for name in KEPT[1:]}}
    else:
        # At night who answers is who meets the person; whoever has colleagues for it unticks themselves.
        alone = len(people) == 1
        meets = (one.membership_id for one in people if alone or one.membership_id == actor.membership_id)
        initial["team"] = [str(one) for one in meets]
    arranged = has_meeting(received.referral)
    form = forms.AcceptForm(
        typed,
        people=people,
        agreed=received.agreed.sections,
        today=timezone.localdate(received.at),
        wall=timezone.localtime(received.at).replace(tzinfo=None),
        now=_needed_now(received) or arranged,
        arranged=arranged,
        own=str(actor.membership_id),
        initial=initial,
        auto_id="accept_%s",
    )
    if directory.group(received.referral.service_code) == "HOME":
        form.sleeps_there(people)
    return form


def _needed_now(received: Received) -> bool:
    """Whether help is asked for at once: urgent, or from today on."""
    referral = received.referral
    on = referral.needed_from_on
    return referral.urgency_code == "urgent" or (on is not None and on <= timezone.localdate(received.at))


def ask_form(received: Received, typed: QueryDict | None = None) -> forms.AskForm:
    """The form of a question."""
    asks = forms.question_codes(received.referral.service_code, [one.question_code for one in received.questions])
    return forms.AskForm(typed, asks=asks, auto_id="ask_%s")


def decline_form(received: Received, typed: QueryDict | None = None) -> forms.DeclineForm:
    """The form of a decline: what could help instead is neither what was asked for, nor help for other people."""
    asked, card = received.referral.service_code, received.card
    sex, age = (card.sex_code, card.age_band_code) if card is not None else ("", "")
    offered = kinds_offered()
    return forms.DeclineForm(typed, asked=asked, offered=offered, sex=sex, age_band=age, auto_id="decline_%s")


# --- afterwards ----------------------------------------------------------------------------------------------


def _working(received: Received, tried: Forms, line: Mapping[str, Any] | None) -> dict[str, Any]:
    referral = received.referral
    today = timezone.localdate(received.at)
    context: dict[str, Any] = {
        "steps": received.steps,
        "called_here": next((called(one, received.at) for one in said_here(referral)), ""),
        "at_the_door": wanted.at_the_door(received),
        "way": on_the_way.box(received),
        "takes_back": on_the_way.before(received),
        **goes_on.said(received),
        "questioned": steps.reason("dispute", referral.reason_code) if _questioned(received) else "",
        "answers": wanted.answers(received),
        "events": events(received),
        "narrowed": referral_words.taken_back(received.narrowed, received.at),
        # That somebody is expected stands as the agreed time, until it is over.
        "clock_word": words.clock(received.clock) if received.arrival_passed or received.clock != "arrival" else "",
        "asks_first": received.state in ("accepted", "serving") and referral.recipient_kind_code != "police",
        "result": left.result(referral) if received.state in facts.SHOWS_RESULT else "",
        "sleeps_on": night_said(received),
        "note": note_of(referral) if received.sides & {Side.RECEIVER, Side.RECEIVER_SUPERVISOR} else None,
        "is_full": Side.DESK in received.sides and _said_full(received),
        "moves_left": MOVES_AT_MOST - referral.moves,
        "may_move": received.facts.holds("under_two_moves"),
        "may_give_back": received.facts.holds("within_24h"),
        "tried": tuple(tried),
        "finish_first": received.state == "serving" and ("finish" in tried or _ends_soon(received)),
        "return_url": f"{reverse('referral', args=[referral.code])}?do=unaccept#unaccept",
        "anew_url": f"{reverse('referral', args=[referral.code])}?do=expect#expect",
        "withdraw_url": reverse("referral_withdraw", args=[referral.code]) if Side.RECEIVER in received.sides else "",
    }
    made: dict[str, Callable[[], Any]] = {
        "expect": lambda: forms.ArrivalForm(today=today, initial=_agreed(received), auto_id="expect_%s"),
        "finish": lambda: finish_form(received, line=line),
        "unaccept": lambda: forms.UnacceptForm(auto_id="unaccept_%s"),
        "amend": lambda: forms.AmendForm(was=referral.result_code, auto_id="amend_%s", **night_again(received)),
    }
    for name, fresh in made.items():
        if name in received.steps:
            context[f"{name}_form"] = tried.get(name) or fresh()
    return context


def _agreed(received: Received) -> dict[str, Any]:
    """The time that stands, where it is to be agreed on again."""
    if not words.agrees_anew(received):
        return {}
    return {"arrival_on": received.referral.arrival_on, "arrival_part": received.referral.arrival_part_code}


FULL: Final = (("declined", "full"), ("unaccepted", "no_place_now"))
"""By what a desk says that there is no place."""


def _said_full(received: Received) -> bool:
    """Whether the desk said that there is no place, and the directory says that there is."""
    return (received.state, received.referral.reason_code) in FULL and not received.offered.is_full


def _questioned(received: Received) -> bool:
    """Whether the sender's reason is for this reader: those who may mend the result, not the desk."""
    return received.state == "disputed" and bool(received.sides & {Side.RECEIVER, Side.RECEIVER_SUPERVISOR})


def _opened(actor: Actor, received: Received) -> dict[str, Any]:
    opened = open_packet(actor, received.referral)
    parts = packet.parts(opened, sent_at(received.referral), received)
    sent = {one["as_of"] for one in parts}
    return {
        "packet": parts,
        "still_url": still.address(received.referral.code, opened, named=received.agreed.named),
        "lacking": wanted.unasked(received, packet.lacking(parts)),
        "all_as_of": sent.pop() if len(sent) == 1 else "",
        "packet_named": received.agreed.named,
        # A risk that was said to be ordinary may be older than the words: nothing reads them but this reader.
        "calm": received.card is not None and received.card.risk_level_code not in AT_RISK,
        "lacks_seals": packet.lacks_seals(received, actor.membership_id, opened),
    }


OPENS: Mapping[str, Callable[[Actor, Received], dict[str, Any]]] = {"packet": _opened, "meeting": meet.opened}
"""What of this page is locked: `?open=` and what opens it."""
