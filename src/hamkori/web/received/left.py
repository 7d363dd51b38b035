"""Where somebody sleeps: whom to call if they left and nobody knows where, and what can be said of it then."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from hamkori.access.actor import Actor
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.queries.closed_there import sender_reads_from
from hamkori.casework.referral.queries.left_unseen import AFTER_HELP, Gone, gone_of
from hamkori.casework.referral.queries.on_the_way import KEPT
from hamkori.casework.referral.queries.promised import promised_here
from hamkori.casework.referral.queries.received import Received
from hamkori.refusal import ENDED
from hamkori.web.received import kept
from hamkori.web.received.forms import FinishForm
from hamkori.web.received.last_night import asks_night
from hamkori.web.received.wanted import phone
from hamkori.web.words import calling, coordinator
from hamkori.web.words import left as words
from hamkori.web.words import received as said_words
from hamkori.web.words.stays import is_home


def left(received: Received, actor: Actor, *, finishes: bool) -> dict[str, Any]:
    """Whom to call if they left and nobody knows where, before it is said; and after that, until it is known that they
    are safe; that it may be that nobody reads it now; what became of it, and what can be said. `finishes`: the page was
    opened to say how it ended, and only then asks for the hours before the press.
    """
    number = calling.the_sender(phone(received)) if is_home(received.referral.service_code) else ""
    gone = gone_of(received.referral.pk) if number and _may_have_left(received) else None
    sought = gone is not None and gone.safe is None
    asks = bool(number) and (sought or (finishes and received.state == "serving"))
    unread = _nobody_reads(received, actor) if asks and not (gone and gone.called) else ""
    back = sought or (gone is not None and gone.back is not None)
    answers = _answers(received, gone, by_night=bool(unread))
    said = words.said(gone, received.at) if gone is not None else ""
    promised = received.state == ENDED and received.referral.agreed_at is None and promised_here(received.referral.pk)
    stands = kept.stands(received)
    ended = calling.the_sender(phone(received)) if promised else ""
    return {
        "nobody_reads": unread,
        "or_coordinator": coordinator.reached() if unread and phone(received) else "",
        "asks_if_left": number if received.state == "serving" else "",
        "sender_called": number if back and received.state in AFTER_HELP else ended,
        "doubt": words.doubt(gone) if gone is not None and answers else "",
        "fate": said_words.fate(
            received, said, promised=promised, stands=stands, no=None if stands else kept.no_again(received)
        ),
        **({"state_word": said_words.STANDS_SHORT[stands]} if stands else {}),
        "fate_tone": "late" if stands == KEPT else "wait" if sought or stands else "",
        "of_who_left": said if received.state == "disputed" else "",
        "left_calls": words.calls(gone, received.at) if gone is not None and sought else "",
        "left_url": reverse("referral_call_sender", args=[received.referral.code]),
        "left_answers": answers,
        "left_calls_first": sought,
    }


def left_so(context: dict[str, Any], received: Received, *, said_so: bool) -> dict[str, Any]:
    """The form that says how help ended, where it is of who left without a word: heading and answer say so.
    `said_so`: it was opened by who says that.
    """
    form = context.get("finish_form")
    if form is None:
        return {}
    if said_so:
        first, bed = {"result": words.UNREACHED}, asks_night(received)
        form = FinishForm(state=received.state, bed=bed, initial=first, auto_id="finish_%s")
    so = bool(context.get("asks_if_left")) and form["result"].value() == words.UNREACHED
    if so:
        named = {words.UNREACHED: words.LEFT_SO}
        form.offer("result", [(code, named.get(code, label)) for code, label in form.choices_of("result")])
    return {"finish_form": form, "left_so": so}


def _answers(received: Received, gone: Gone | None, *, by_night: bool) -> list[tuple[str, object]]:
    if gone is None or Side.RECEIVER not in received.sides:
        return []
    return words.answers(gone, by_night=by_night)


def _may_have_left(received: Received) -> bool:
    """Whether it is worth asking: they could not be reached, or that was put right since."""
    found = received.referral
    unreached = found.result_code == words.UNREACHED or any(one.step == "amend" for one in received.events)
    return received.state in AFTER_HELP and found.served_at is not None and unreached


def _nobody_reads(received: Received, actor: Actor) -> str:
    """That what is said now may lie unread at the sender until they open; '' while somebody there is at work."""
    opens = sender_reads_from(actor, received.referral.from_organisation_id, received.at)
    return words.unread(opens, received.at, said_words.sender(received.referral)) if opens is not None else ""
