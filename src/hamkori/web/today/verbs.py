"""How a row of Today begins: the verb and what it is about."""

from datetime import datetime
from typing import Any, Final

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from hamkori.casework.case.rules.age import CHILD_BANDS
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.helped import UNTOLD
from hamkori.casework.work.rules.worklist import (
    ADULT_FIRST,
    CHILD,
    DOUBT,
    LAST_NIGHT,
    NATIONAL,
    NEEDS_ANEW,
    OTHER_AGE,
    UNHEARD,
    UNSENT,
    WAITING,
)
from hamkori.web.today import arrivals, buttons, calls, here, needed, without
from hamkori.web.words import arrival, asked, last_night, lists, no_after_yes, red, referral
from hamkori.web.words import needed as words_needed

PARTS: Final = ("part", "part.unshared")
"""Rows of a part that the receiver asks for."""


def nobody_there(one: Due) -> bool:
    """Of what one has sent: closed until it is due. The sentence of the row says both, and no bar runs."""
    return one.opens is not None and one.what not in NATIONAL


# The verb of a row: what it is, or what it is once its time has passed. A whole sentence for each.
VERBS: Final = {
    "danger.draft": gettext_lazy("The registration is not finished"),
    "danger.open": red.NOBODY_HELPS,
    UNTOLD: red.UNTOLD,
    "place.draft": red.NO_PLACE,
    "place.alone": gettext_lazy("No place for tonight: child alone"),
    "next_step": "%(step)s",
    "no_next_step": gettext_lazy("There is no next step"),
    "no_adult": red.NO_ADULT,
    ADULT_FIRST: red.ADULT_FIRST,
    "opened_again": gettext_lazy("Opened again: %(why)s. Ask the person what may be shared"),
    UNHEARD: red.UNHEARD,
    **dict.fromkeys(("child", CHILD), gettext_lazy("Tell child protection")),
    OTHER_AGE: "",  # `here.put_right` says it
    "consent": gettext_lazy("The consent ends"),
    "consent.late": gettext_lazy("Ask again: the consent has ended"),
    "sent.answer": gettext_lazy("No answer yet: %(service)s"),
    "sent.waiting": gettext_lazy("Waiting for an answer: %(service)s"),
    "stopped.declined": gettext_lazy("Declined: %(service)s"),
    "stopped.unaccepted": gettext_lazy("Returned: %(service)s"),
    "stopped.lapsed": gettext_lazy("Expired: %(service)s"),
    "draft": gettext_lazy("Finish the registration"),
    LAST_NIGHT: last_night.ON_TODAY,
    NEEDS_ANEW: words_needed.ANEW,
    UNSENT: gettext_lazy("Not sent yet: %(service)s"),
    "sent.confirm": red.HOW_IT_WAS,
    "sent.dispute": red.NO_ANSWER_TO_DISPUTE,
    "sent.disputed": gettext_lazy("Waiting for the answer to the dispute: %(service)s"),
    "question": gettext_lazy("Answer a question: %(question)s"),
    "question.above": gettext_lazy("They ask your team: %(question)s"),
    "part": red.PART,
    "part.unshared": red.PART_UNSHARED,
    "got.miss": gettext_lazy("%(who)s: contact the person again"),
    "got.result": gettext_lazy("%(who)s: say how it ended"),
    "got.dispute": gettext_lazy("%(who)s: the sender disputes your result"),
    "desk.answer": gettext_lazy("Answer a referral: %(service)s"),
    **dict.fromkeys(NATIONAL, red.CALL),
}


def what(one: Due, now: datetime, *, waits_said: bool = False) -> str:
    """How the row begins: what is to do, of whom. `waits_said`: its list says that an answer is awaited."""
    if said := _said(one, now):
        return said
    if one.what == "place.open":
        asks = red.STAYS if one.stays else red.SLEEPS if one.left and one.place_from is None else red.NO_PLACE
        return str(asks)
    if one.what == DOUBT:
        return red.in_doubt(one.body, one.yes_before, one.no_since, now, accepted=bool(one.on))
    if one.aged and not one.late:
        return str(red.ADULT_FIRST) if one.alone_child else red.ask_again(child=one.age_band in CHILD_BANDS)
    if nobody_there(one):
        return _of_call(one)
    verb = "%(service)s" if waits_said and one.what == WAITING else _verb(one, now) or VERBS[one.what]
    return str(verb) % {
        "service": lists.label("service", one.service),
        "who": arrivals.who(one),
        "step": lists.label("next_step", one.step),
        "question": referral.question_of_theirs(one.step, one.body, one.their_region),
        "part": arrival.part(one.step, one.service) if one.what in PARTS else "",
        "body": one.body,
        "why": lists.inside(lists.label("reopen_reason", one.reason)) if one.what == "opened_again" else "",
    }


def _of_call(one: Due) -> str:
    """What only a call helps: what the last one brought, else who is called, else that it waits; its hours stand below
    (`hours`).
    """
    brought = red.BROUGHT.get(one.call.answer) if one.call is not None else None
    if brought is None and buttons.is_called(one):
        reaches = bool(one.phone) and not one.alone
        return str(red.CALL) % {"body": one.body} if reaches else str(red.CALL_COORDINATOR)
    kind = lists.label("service", one.service)
    return str(brought or VERBS["sent.waiting"]) % {"service": kind, "organisation": kind}


def is_named(one: Due, now: datetime) -> bool:
    """Whether such a row begins with the organisation: the kind of help stands below, in its place."""
    return nobody_there(one) and what(one, now) == str(red.CALL) % {"body": one.body}


def below(one: Due, now: datetime) -> list[SafeString]:
    """What stands first below the beginning of a row: its hours, or how it came that nobody has a place."""
    said = ""
    if nobody_there(one):
        said = red.hours(one.at, one.opens, now, one.call)
    elif one.no_of_self:
        said = str(red.NO_FOR_THE_CHILD)
    elif one.unheard and one.no_place:
        said = str(red.UNHEARD)
    elif one.what == "place.open" and not one.stays:
        ended = one.left and not one.left_before and red.ended_at(one.left, closed=one.left_closed)
        said = red.accepted_from(one.place_from, now) if one.place_from is not None else ended or ""
    return [format_html("<b>{}</b>", said)] if said else []


def _said(one: Due, now: datetime) -> str:
    """The whole beginning of a row that needs no verb; '' of all others."""
    if one.what == "desk.answer" and one.sex:
        return asked.asked(one.service, one.sex, one.age_band, one.children, one.ages, one.doctor)
    if calls.is_sender_next(one):
        return str(no_after_yes.CALL_SENDER) % {"body": one.sender}
    if buttons.goes_on(one, now) or one.ended or one.result_at is not None:
        return here.what(one, arrivals.who(one))  # its list says that help is being given
    if one.moot or without.place_heads(one):
        return red.moot(one.moot, lists.label("service", one.service)) or str(red.SLEEPS if one.left else red.NO_PLACE)
    if one.ill or one.needs:
        return red.no_doctor(one.doctor) if one.ill else needed.what(one)
    # Where somebody was reached nobody calls before the answer is due.
    return one.body if one.reached else arrivals.what(one, now)


def _verb(one: Due, now: datetime) -> Any:
    """How the row begins where its time, its reader or what came after it changes that; None: as it always does."""
    verb: Any = VERBS.get(f"{one.what}.late") if one.late else None
    if one.what == "question" and one.supervised:
        verb = VERBS["question.above"]
    if one.what == "consent" and one.late and one.supervised:
        verb = gettext_lazy("Consent has ended")
    if without.is_without(one):
        verb = red.WITHOUT
    if one.what == "sent.confirm" and one.supervised:
        verb = gettext_lazy("The result is not confirmed: %(service)s")
    return verb
