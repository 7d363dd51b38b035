"""What is red: in the same words on Today, on the page of the case and in the list of cases."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.case.queries.coordination import NATIONAL, TEAM, Call
from hamkori.casework.referral.queries.calls import is_for_now
from hamkori.casework.referral.queries.left import Again
from hamkori.casework.referral.rules.card import SICK_CHILD, WITH_CHILD
from hamkori.web.kit import moments
from hamkori.web.words import lists, referral

DANGER: Final = gettext_lazy("Somebody is in danger")
UNTOLD: Final = gettext_lazy("Those who help do not know of the danger: call them")
NOBODY_HELPS: Final = gettext_lazy("Nobody helps now")
CALL_NOW: Final = gettext_lazy("Call now")
NO_PLACE: Final = gettext_lazy("No place for tonight")
SAID_HERE: Final = gettext_lazy("Where the person is, is said in two ways: call now")
"""Of who did not get to a place that was found, and is said to be at another one."""
MISSING: Final = gettext_lazy("The person did not get to the place: find out whether they are safe")
"""Before that, of who did not get to a place that was found."""
PLACE_READY: Final = gettext_lazy("A place for tonight is ready")
"""Of an organisation that said yes on the telephone, where the person may not come any more."""
FIND_OUT: Final = gettext_lazy("Find out whether the person is safe")
"""Of whom an organisation expected, and who did not come."""
NO_PLACE_YET: Final = gettext_lazy("No place for tonight yet")
"""Somebody was asked for one, and has not answered."""
SAID_YES: Final = gettext_lazy("Yes by telephone, not confirmed")
"""In place of that, once they said yes on the telephone: it is a place when they accept (ADR 0121)."""
NOT_CONFIRMED: Final = gettext_lazy("No confirmed place for tonight")
"""The title above several, where one of them has such a yes: true of each."""
NO_DOCTOR: Final = gettext_lazy("Needs a doctor: nobody is asked now")
_FOR_WHOM: Final = {
    **dict.fromkeys(SICK_CHILD, gettext_lazy("A child needs a doctor: nobody is asked now")),
    WITH_CHILD: gettext_lazy("The person and a child need a doctor: nobody is asked now"),
}
STILL_DOCTOR: Final = gettext_lazy("Still to ask: a doctor")
"""The same after sending, of one who is needed this week."""
NO_EMERGENCY: Final = gettext_lazy("No emergency care")
"""In the list of cases, of emergency care that was asked for in vain, and of which nobody is asked now."""
WITHOUT: Final = gettext_lazy("Still without: %(service)s")
"""Of a referral that gave no help, after other help was asked for."""
DOCTOR_NEEDED: Final = gettext_lazy("Needed: a doctor")
"""Of one who is needed this week, and to whom the person said no: nobody is to do anything."""
ASK_DOCTOR: Final = gettext_lazy("Ask a doctor")
STAYS: Final = gettext_lazy("Does the person stay in the shelter?")
"""In place of no place, where the person is there and their word ended what was agreed: the bed has not ended."""
THEY_DOUBT: Final = gettext_lazy("Child: they do not say that they take children")
"""Of a referral, where a row or a box of it says something else first."""
SLEEPS: Final = gettext_lazy("Where does the person sleep tonight?")
"""The same in the list of cases, of whom it is known only that help has ended at the place where they were."""
HOW_IT_WAS: Final = gettext_lazy("Ask the person how it was: %(service)s")
"""Of help that has ended, until whoever asked for it confirms the result or disputes it."""
NO_ANSWER_TO_DISPUTE: Final = gettext_lazy("They have not answered the dispute: %(service)s")
"""Of a result that the sender disputed, once the answer is late."""
SAY_HOW: Final = gettext_lazy("Say how it was")
READ_NOTE: Final = gettext_lazy("A note came with the result: read it first.")
"""Beside that, where nobody has read it: it may say where."""
TEAM_READS: Final = gettext_lazy("A note came with the result: the team reads it first.")
"""The same to a supervisor, who opens no note."""
ASK: Final = gettext_lazy("Ask an organisation")
ASK_ANOTHER: Final = gettext_lazy("Ask another organisation")
CALL_COORDINATOR: Final = gettext_lazy("Call the coordinator")
NOBODY_ELSE: Final = gettext_lazy("nobody else is listed: call the coordinator")
"""In place of the button that asks another one."""
CANCEL: Final = gettext_lazy("Cancel this one")
ASK_PERSON: Final = gettext_lazy("Ask the person")
REACH_PERSON: Final = gettext_lazy("How to reach the person")
"""Where somebody may be on the way: first the telephone, then the text of the consent."""
SAID_NO: Final = gettext_lazy("The person said no. Ask again only if the person raises it.")
NO_TO_SHELTERS: Final = gettext_lazy(
    "The person said no to shelters. If they ask for a place, ask again what may be shared. Otherwise say where they"
    " sleep."
)
ASK_SHARED: Final = gettext_lazy("Ask again what may be shared")
UNHEARD: Final = gettext_lazy("No, not certain to be theirs: ask the person, alone, whether it is so")
"""Of a no to everything that the person has not said themselves; and in place of `SAID_NO` and `STOPPED`."""
NOT_HEARD: Final = gettext_lazy("There is a no that is not certain to be the person's; the person has not been asked.")
"""The same where it is said of what has ended by it, or is about to."""
HEARD_NO: Final = gettext_lazy("No, not certain to be theirs")
"""The same in a few words; above rows of such persons alone, in place of "The person said no"."""
BROUGHT_NO: Final = gettext_lazy("no, not certain to be theirs: ask the person")
"""In place of the next, of a no to everything that the person has not said themselves."""
NO_FOR_THE_CHILD: Final = gettext_lazy("the person said no to doctors: ask whether for the child too")
"""Of a doctor whom a child who comes along needs, after a no to doctors (ADR 208)."""
SAID_NO_HERE: Final = gettext_lazy("the person said no: our own help goes on")
STOPPED: Final = gettext_lazy(
    "The person said no to everything. Our own help goes on. Ask for consent again only if the person raises it."
)
STOPPED_IN_DANGER: Final = gettext_lazy(
    "The person said no to everything. Our own help goes on. Somebody is in danger: you may ask the person again."
)
ASK_PERSON_AGAIN: Final = gettext_lazy("Ask the person again")
FIRST: Final = {
    "child": gettext_lazy("a child comes first"),
    "danger": gettext_lazy("danger comes first"),
    "high": gettext_lazy("high risk comes first"),
    "place": gettext_lazy("No place for tonight yet: comes first"),
    "kind": gettext_lazy("help of this kind comes first"),
}
"""Why a row stands above one whose hour runs out earlier."""
KNOWN_SAFE: Final = gettext_lazy("Nothing to call about: the person is safe")
"""To the coordinator, above what is late though the sender knows that the person is safe."""
BED_AT_ONCE: Final = gettext_lazy("a place to sleep, urgent")
"""To the coordinator, of a referral that waits for its first answer, by its kind and its urgency alone."""
OPEN_REFERRAL: Final = gettext_lazy("Open the referral")
GO_ON_WRITING: Final = gettext_lazy("Go on writing")
TELL_TIME: Final = gettext_lazy("Tell the person the time")
READ_HOUR: Final = gettext_lazy("Read the hour")
I_TOLD: Final = gettext_lazy("I told the person")
"""The same where somebody was accepted and is expected: the referral says where, and at what hour."""
NO_HOUR: Final = gettext_lazy("no hour and no place written")
NO_HOUR_CALL: Final = gettext_lazy("no hour and no place written: call them")
"""In place of both, where whoever accepted has written neither; the second to whoever tells the person."""


ASK_FIRST: Final = gettext_lazy("accepted, ask again")
PAUSED: Final = gettext_lazy("Accepted, ask the person again")
"""Of what was accepted and rests on a consent that does not hold any more, in the list of cases and elsewhere."""


def no_doctor(doctor: str) -> str:
    """That nobody is asked for a doctor who is needed now; for whom, where it is for a child who comes along."""
    return str(_FOR_WHOM.get(doctor, NO_DOCTOR))


def stopped(*, unheard: bool) -> str:
    """The same of a no to everything, where our own help goes on."""
    return said_no(unheard=True) if unheard else str(STOPPED)


def said_no(*, unheard: bool) -> str:
    """What stands where the person said no: they raise it; or, as long as it is not certain to be theirs, are asked."""
    return f"{UNHEARD}." if unheard else str(SAID_NO)


def ask_there(organisation: str) -> str:
    """In place of the button that asks another one, where who is left had no room hours ago: by name."""
    return _("Ask %(organisation)s again") % {"organisation": organisation}


def has_ended(organisation: str, *, closed: bool = False, before: bool = False) -> str:
    """The place where the person was; nobody has said since where they stay. `closed`: those there closed their case,
    and it is not known whether the place has ended. `before`: they were there before the case was opened again.
    """
    if before:
        return str(SLEEPS)
    said = _("The place at %(organisation)s has ended. Where does the person sleep tonight?")
    if closed:
        said = _("%(organisation)s closed its own case. Where does the person sleep tonight?")
    return said % {"organisation": organisation}


def ended_at(organisation: str, *, closed: bool = False) -> str:
    """The same of a row of Today that begins with the question: what has ended there."""
    said = _("%(organisation)s closed its own case") if closed else _("the place at %(organisation)s has ended")
    return said % {"organisation": organisation}


def call_or_ask(whom: str, opens: datetime | None, now: datetime) -> str:
    """Whom to call for tonight where a place is ready later; while they are closed another one is the first way."""
    if opens is None:
        return _("Call %(whom)s, or ask another") % {"whom": whom}
    slots = {"whom": whom, "opens": moments.moment(opens, now)}
    return _("Closed until %(opens)s: %(whom)s") % slots


def first_then(coordinator: str, desk: str) -> str:
    """Whom to call after a desk was called in vain: the coordinator; and that desk, which may be reached later."""
    return _("%(coordinator)s. Then again: %(desk)s") % {"coordinator": coordinator, "desk": desk}


def accepted_from(place_from: tuple[date, str], now: datetime) -> str:
    """Beside a row of who has no place for tonight: from when one was accepted."""
    return _("accepted from %(when)s") % {"when": referral.part_of_day(*place_from, None, now)}


def no_place(
    place_from: tuple[date, str] | None, now: datetime, left: str = "", *, closed: bool = False, before: bool = False
) -> str:
    """Nobody has one for tonight; where one was accepted for a later day, from when. `left`: the organisation whose
    help has ended, of whom nothing else is known; `closed` and `before` as in `has_ended`.
    """
    if place_from is None:
        return has_ended(left, closed=closed, before=before) if left else str(NO_PLACE)
    day, part = place_from
    when = referral.part_of_day(day, part, None, now)
    return _("No place for tonight: accepted from %(when)s") % {"when": when}


PROMISED: Final = "promised"
"""They said no on the telephone, or were called in vain, and whoever else was asked for a place said yes."""


def moot(why: str, service: str) -> str:
    """Why nobody calls any more about what waits for an answer; '' where somebody may have to."""
    if why == "elsewhere":
        return _("A place for tonight is accepted elsewhere")
    if why == "there":
        return _("The person came to another place since this was sent")
    if why == "double":
        return _("They said yes by telephone to another referral of this person: one is enough")
    if why == PROMISED:
        return _("Another organisation said yes by telephone")
    return _("%(service)s: for children, and the person is an adult") % {"service": service} if why else ""


def had_no_room(one: Again, organisation: str, now: datetime) -> str:
    """Of the only one that is left to be asked: it declined hours ago, and had no room then. What was newer, first."""
    said, slots = _("%(organisation)s declined %(when)s: no place then"), {"when": moments.moment(one.at, now)}
    if one.since is not None:
        said = _(
            "%(organisation)s: asked %(asked)s, that referral ended %(ended)s; before that declined %(when)s: no place "
            "then"
        )
        slots |= {name: moments.moment(at, now) for name, at in zip(("asked", "ended"), one.since, strict=True)}
    return said % {"organisation": organisation, **slots}


def no_place_yet(call: Call | None) -> str:
    """Somebody was asked for one. `call`: the one about it that counts."""
    return str(SAID_YES if call is not None and call.answer == "said_yes" else NO_PLACE_YET)


def none_of_them(calls: Iterable[Call | None]) -> Any:
    """The title above several who wait for a place. `calls`: of each the one that counts."""
    return NOT_CONFIRMED if any(one is not None and one.answer == "said_yes" for one in calls) else NO_PLACE_YET


def doubted(organisation: str) -> str:
    """Who was asked for an adult, or accepted one, and the person is a child since."""
    said = _("Child: %(organisation)s does not say that it takes children")
    return said % {"organisation": organisation}


def yes_before(organisation: str) -> str:
    """Who said yes on the telephone before the age was put right, and has not been asked since."""
    return _("Yes before the age was corrected: %(organisation)s") % {"organisation": organisation}


def no_since(organisation: str, call: Call, now: datetime) -> str:
    """Who had accepted, and said no on the telephone since."""
    said = _("They said no by telephone %(when)s: %(organisation)s")
    if call.by:
        said = _("They said no by telephone to %(name)s, %(when)s: %(organisation)s")
    return said % {"when": moments.moment(call.at, now), "organisation": organisation, "name": call.by}


def in_doubt(organisation: str, before: Call | None, no: Call | None, now: datetime, *, accepted: bool) -> str:
    """Who has to be called, because of what was said there, or because the person is a child since."""
    if no is not None and is_for_now(no, accepted=accepted):
        return no_since(organisation, no, now)
    return yes_before(organisation) if before is not None else doubted(organisation)


def ask_again(*, child: bool) -> str:
    """Consent that was given as an adult, of a child now, or the other way round."""
    if child:
        return _("Ask for consent again: the person is a child")
    return _("Ask for consent again: the person is an adult")


ADULT_FIRST: Final = gettext_lazy("An adult must answer for the child")
"""In its place while no adult can be asked."""
NO_ADULT: Final = gettext_lazy("No adult who speaks for the child is known")
"""Of a child who said no to everything: that is looked for, and the child is not asked again."""
PART: Final = gettext_lazy("They ask for what is missing in: %(part)s")
PART_UNSHARED: Final = gettext_lazy("They ask for: %(part)s")
OPEN_PART: Final = gettext_lazy("Open this part")
READ_QUESTION: Final = gettext_lazy("Read the question")
"""What a receiver asks of its sender."""
NOTHING_NEW: Final = gettext_lazy(
    "Nothing new can be sent until the child and the adult who acts for them have answered."
)
"""Beside it, of a child."""

CALLED: Final = {
    "coordinator": gettext_lazy("Coordinator reached %(called)s, answer by %(due)s: %(service)s"),
    "no_coordinator": gettext_lazy("Coordinator not reached %(called)s, answer by %(due)s: %(service)s"),
    "yes_before": gettext_lazy("Yes %(called)s, before the age was corrected, answer by %(due)s: %(service)s"),
    "said_no": gettext_lazy("They said no %(called)s, answer by %(due)s: %(service)s"),
    "not_reached": gettext_lazy("Nobody reached %(called)s, answer by %(due)s: %(service)s"),
}
"""The same once somebody called: what that brought is the news, and until when its desk is closed stands below."""


CALL: Final = gettext_lazy("Call: %(body)s")
"""How a row of Today begins of what only a call helps; the hours stand below."""
BROUGHT: Final = {
    "coordinator": gettext_lazy("Coordinator reached: %(service)s"),
    "no_coordinator": gettext_lazy("Coordinator not reached: %(service)s"),
    "yes_before": gettext_lazy("Yes before the age was corrected: %(organisation)s"),
    "said_no": gettext_lazy("They said no: %(service)s"),
    "not_reached": gettext_lazy("Nobody reached: %(service)s"),
}
"""The same once somebody called: what that brought is the news."""


HOURS: Final = {
    "": gettext_lazy("called %(called)s, answer by %(due)s"),
    TEAM: gettext_lazy("%(name)s called %(called)s, answer by %(due)s"),
    NATIONAL: gettext_lazy("the coordinator called %(called)s, answer by %(due)s"),
}
"""Who called, where it is known: a colleague by name, of the coordinator the office."""


def hours(due: datetime | None, opens: datetime | None, now: datetime, call: Call | None = None) -> str:
    """Beside such a row: until when an answer is owed, and that nobody reads it before; after a call, when that was."""
    by = moments.moment(due, now) if due is not None else ""
    if call is not None and call.answer in BROUGHT:
        said = HOURS.get(call.side, HOURS[""]) if call.by or call.side != TEAM else HOURS[""]
        return str(said) % {"called": moments.moment(call.at, now), "due": by, "name": call.by}
    shut = moments.moment(opens, now) if opens is not None else ""
    return _("due %(due)s, but the organisation is closed until %(opens)s") % {"due": by, "opens": shut}


def unread(service: str, due: datetime | None, opens: datetime | None, now: datetime, call: Call | None = None) -> str:
    """A referral that nobody reads in time: both times, and for which help; after a call, what that brought."""
    said = CALLED.get(call.answer) if call is not None else None
    return str(said or _("Due %(due)s, but the organisation is closed until %(opens)s: %(service)s")) % {
        "called": moments.moment(call.at, now) if call is not None else "",
        "service": lists.label("service", service),
        "due": moments.moment(due, now) if due is not None else "",
        "opens": moments.moment(opens, now) if opens is not None else "",
    }


def alone(name: str) -> str:
    """To whoever supervises: the lead worker of an open case, on whose team nobody else is; the word begins no line."""
    return "\N{NO-BREAK SPACE}".join(_("%(name)s, alone").rsplit(" ", 1)) % {"name": name}
