"""The button of a row of Today: it opens the place where the row ends, and its name says what is found there.

No button here bears the name of one that acts on the page it opens, so that nobody presses the same twice; the only one
that acts itself, at one press, tells the lead worker.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.case.queries.coordination import FRUITLESS, UNREACHED
from hamkori.casework.case.queries.shown import Shown
from hamkori.casework.work.queries.due import Due, is_near
from hamkori.casework.work.queries.helped import UNTOLD
from hamkori.casework.work.queries.needed import DOCTOR
from hamkori.casework.work.queries.order import is_unasked_emergency
from hamkori.casework.work.queries.supervised import calls_not, only_reads
from hamkori.casework.work.rules.worklist import (
    ADULT_FIRST,
    ASKS_ON,
    CHILD,
    COMES,
    FOUND,
    GOES_ON,
    LAST_NIGHT,
    LEFT,
    MISSING,
    NATIONAL,
    NEEDED,
    NEEDS_ANEW,
    NO_ADULT,
    OTHER_AGE,
    PHONED,
    SLEEPS_HERE,
    SLEEPS_ON,
    STILL,
    THERE,
    UNHEARD,
    UNPLANNED,
    UNSENT,
)
from hamkori.web.today import calls, needed, without
from hamkori.web.words import absence, arrival, child_alone, place, red
from hamkori.web.words import needed as words_needed
from hamkori.web.words.ways import opened_hour

ASKS: Final = {"ask_agreement": "next_step.ask", "signs": "next_step.signs"}
"""Planned steps that are done in a form of their own: their rows lead to its questions."""
# What ends a row, as its button says it. A supervisor's row opens the case, or the referral with what is hers to say.
DO: Final = {
    "danger.draft": gettext_lazy("Open the registration"),
    "danger.open": red.ASK,
    UNTOLD: gettext_lazy("See whom to call"),
    "place.draft": gettext_lazy("Open the registration"),
    "place.open": red.ASK,
    "place.alone": gettext_lazy("See whom to call"),
    FOUND: gettext_lazy("Say what you know"),
    STILL: gettext_lazy("Say what you know"),
    **dict.fromkeys((GOES_ON, ASKS_ON), gettext_lazy("Say what you know")),
    **dict.fromkeys((MISSING, THERE, SLEEPS_HERE, OTHER_AGE), gettext_lazy("Open the case")),
    "doctor": red.ASK_DOCTOR,
    "doctor.alone": gettext_lazy("See whom to call"),
    "next_step": gettext_lazy("Done, set the next step"),
    "no_next_step": gettext_lazy("Choose the next step"),
    **dict.fromkeys((NO_ADULT, ADULT_FIRST), gettext_lazy("See whom to call")),
    **dict.fromkeys(("opened_again", *ASKS.values()), gettext_lazy("Ask now")),
    **dict.fromkeys((NEEDED, LAST_NIGHT), red.ASK),
    NEEDS_ANEW: words_needed.WRITE_ANEW,
    "draft": gettext_lazy("Open the registration"),
    **dict.fromkeys(("child", CHILD), gettext_lazy("Say that they were told")),
    "consent": red.ASK_PERSON_AGAIN,
    UNHEARD: red.ASK_PERSON,
    UNSENT: red.GO_ON_WRITING,
    "question": red.READ_QUESTION,
    "part": red.OPEN_PART,
    "part.unshared": red.READ_QUESTION,
    "sent.answer": red.ASK_ANOTHER,
    "sent.arrival": gettext_lazy("Say what you know"),
    "sent.waiting": red.OPEN_REFERRAL,
    "sent.comes": red.OPEN_REFERRAL,
    "sent.today": red.READ_HOUR,
    "sent.doubt": red.OPEN_REFERRAL,
    "sent.confirm": red.SAY_HOW,
    "sent.dispute": red.OPEN_REFERRAL,
    "sent.disputed": red.OPEN_REFERRAL,
    "got.arrival": red.OPEN_REFERRAL,
    **dict.fromkeys(("got.arrival.late", "got.arrival.met"), gettext_lazy("Say what you know")),
    "got.arrival.today": gettext_lazy("Say whether they came"),
    "got.came": gettext_lazy("Confirm the arrival"),
    "got.miss": gettext_lazy("Say what you know"),
    **dict.fromkeys((LEFT, SLEEPS_ON), red.OPEN_REFERRAL),
    "got.result": gettext_lazy("Say how it ended"),
    "got.result.on": red.OPEN_REFERRAL,
    "got.dispute": gettext_lazy("Look at the result"),
    "desk.answer": gettext_lazy("Read and answer"),
    "desk.asked": gettext_lazy("Open the referral"),
    **dict.fromkeys(NATIONAL, gettext_lazy("Say that you called")),
    "again": gettext_lazy("Called again"),
    **dict.fromkeys(
        ("stopped.missed", "stopped.declined", "stopped.unaccepted", "stopped.lapsed"),
        red.ASK_ANOTHER,
    ),
    "without": without.ASK,
    "moot": red.CANCEL,
}


def name(one: Due, now: datetime) -> str:
    """What the button says."""
    if one.not_here or one.is_refused or only_reads(one):
        if tells(one):
            return absence.tell()
        return str(red.OPEN_REFERRAL) if one.referral else _("Open the case")
    if _unphoned(one) or needed.asks_sender(one):
        return _("Record the number") if _unphoned(one) else _("Open the case")
    if (one.unagreed or one.asks_to_stay or _adult_first(one)) and not _reads_note(one):
        again = red.ASK_PERSON if one.what in ASKED_AT else red.ASK_PERSON_AGAIN
        return str(child_alone.ADULT if _adult_first(one) else again)
    if not one.for_today and (is_ahead(one, now) or (one.what == "national.late" and not one.referral)):
        return ""  # nothing is to do yet; of a disputed result nobody says that they called: the row has the number
    kind = "got.came" if one.came_at is not None else f"{one.what}.late" if one.late else _of_today(one, now)
    kind = "desk.asked" if one.asked_at is not None else _of_help(one, now) or kind
    kind = "sent.today" if one.to_tell and one.hour_written else kind
    kind = "sent.answer" if one.place_from or _asks_another(one) else kind
    kind = "without" if without.is_without(one) else kind
    kind = "again" if one.what in NATIONAL and one.spoken else kind
    kind = "sent.waiting" if one.nobody_else or _opens_since(one) or _reads_note(one) else kind
    kind = "moot" if one.moot else kind
    kind = "sent.waiting" if may_still_answer(one) else kind
    kind = "sent.waiting" if _agrees_a_time(one) else kind
    kind = "got.result.on" if one.what == THERE and one.closed else kind
    said = DO.get(kind, "") or DO[step_of(one) or one.what]
    return red.ask_there(one.again.name) if one.again and said is red.ASK_ANOTHER else str(said)


def _asks_another(one: Due) -> bool:
    """Whether a call about what waits for an answer brought none: the next way is another organisation."""
    fruitless = one.call is not None and one.call.answer in FRUITLESS
    return one.what == "sent.waiting" and fruitless and not (one.nobody_else or one.supervised)


def may_still_answer(one: Due) -> bool:
    """Whether another one said yes by telephone, and nobody was reached here: until that is confirmed both stay."""
    return one.moot == red.PROMISED and one.call is not None and one.call.answer in UNREACHED


def _agrees_a_time(one: Due) -> bool:
    """Whether another time is agreed with those who expected the person: their page says whom to call."""
    return one.safe is not None and not (one.unagreed or one.no_place)


def _unphoned(one: Due) -> bool:
    """Whether the coordinator cannot call there before a number is recorded."""
    return one.what in NATIONAL and bool(one.slug) and not one.phone


def is_called(one: Due) -> bool:
    """Whether the row has the number to call now on a line of its own."""
    phoned = bool(one.phone) and (one.missing or bool(one.left) or one.place_from is not None)
    team_calls = calls_not(one) and one.told_at is None
    return not team_calls and (one.not_here or phoned or (one.calls_now and one.what in PHONED))


def not_reached(one: Due) -> str:
    """Where the coordinator says that nobody was reached at a desk without a number, of what is urgent."""
    return reverse("coordination_call", args=[one.referral]) if _unphoned(one) and one.calls_now else ""


def step_of(one: Due) -> str:
    """A planned step whose own form ends it."""
    return ASKS.get(one.step, "") if one.what == "next_step" and not one.in_peace else ""


def tells(one: Due) -> bool:
    """Whether a supervisor tells the lead worker here, at one press, of what only the team can do: of a place that is
    awaited while the desk reads it. What is late or read by nobody she can call about herself: its row opens that page.
    """
    if one.told_above or one.in_peace or one.not_here or one.closed or (one.ill and one.is_refused):
        return False  # nobody is sent after the person; or she can say herself what she knows, on the page of its row
    late = one.late and (not one.referral or one.what == "sent.dispute")
    lacks = one.danger or one.missing or one.ill or one.no_place or one.unheard
    waits = late or one.stopped or lacks or (one.awaits_place and not (one.late or one.unread))
    # They can ask another organisation.
    waits = waits or (one.unread and (calls.was_tried(one) or calls.is_next_coordinator(one)))
    return one.supervised and waits and bool(one.lead) and one.told_at is None


def before_telling(one: Due) -> str:
    """What stands before the press that tells the team, where that is one worker alone, who may be away: the way to
    what whoever supervises can do themselves; '' of all others.
    """
    if not (tells(one) and one.lead_alone):
        return ""
    return str(red.OPEN_REFERRAL) if one.referral else _("Open the case")


def is_ahead(one: Due, now: datetime) -> bool:
    """Whether it is only planned for a day of the coming week. Who is expected then is told before: the referral says
    where and when, and there it is said that they were told.
    """
    ahead = one.what == "next_step" or (one.what == COMES and (one.supervised or one.person_told is not None))
    return ahead and not (one.late or one.in_peace or is_near(one, now))


def goes_on(one: Due, now: datetime) -> bool:
    """Whether somebody is being helped, and nobody asks yet how it ended."""
    return one.what in (SLEEPS_HERE, SLEEPS_ON) or (one.what == "got.result" and not is_near(one, now))


def _of_help(one: Due, now: datetime) -> str:
    """What the button is of while somebody is being helped: the own case that has no next step yet."""
    if not goes_on(one, now):
        return ""
    sleeps = one.what == SLEEPS_HERE
    return UNPLANNED if one.unplanned or (sleeps and one.late) else SLEEPS_HERE if sleeps else "got.result.on"


def opens(one: Due, now: datetime) -> str:
    """Where the button leads if not to the page of its row: the form that ends it, or the place of it on that page."""
    if one.what in NATIONAL:
        return f"{reverse('coordination_phone', args=[one.slug])}?from=today" if _unphoned(one) else _called(one)
    rests = goes_on(one, now) or one.asks_to_stay or one.is_refused or one.not_here or needed.asks_sender(one)
    if only_reads(one) or rests:
        # Whether the person stays: the page of the case has both answers; after a no it is the row's page.
        return reverse("edit_case", args=[one.own_case]) if _of_help(one, now) == UNPLANNED else ""
    if (one.unagreed or one.what == "doctor" or _adult_first(one)) and not _reads_note(one):
        return _asked_at(one)
    if one.what == "next_step" and not step_of(one):
        return reverse("edit_case", args=[one.case]) + "?done=1"
    if one.what in PLACES and (one.late or one.came_at or one.what != "got.arrival"):
        return reverse("referral", args=[one.referral]) + PLACES[one.what]
    return (
        reverse("referral_recall", args=[one.referral])
        if one.moot and not may_still_answer(one)
        else ""
        if one.moot
        else _comes_today(one, now) or _reads(one, now) or _form_of(one)
    )


def _of_today(one: Due, now: datetime) -> str:
    """The button of who is expected today: people come early, and it is said where the row leads."""
    at = one.what == "got.arrival" and one.on is not None and one.on <= timezone.localdate(now)
    return ("got.arrival.met" if arrival.goes(one.service) else "got.arrival.today") if at else ""


def _comes_today(one: Due, now: datetime) -> str:
    """The place on its page at which that is said, unfolded before the hour; '' of all others."""
    return f"{reverse('referral', args=[one.referral])}?do=come#come" if _of_today(one, now) else ""


def _reads(one: Due, now: datetime) -> str:
    """Where the hour stands open, of a button that says so; '' of all others."""
    return opened_hour(one.referral) if name(one, now) == str(red.READ_HOUR) else ""


def _form_of(one: Due) -> str:
    """The page whose form ends it; '' where that is the page of its row."""
    if one.needs or one.what in (NO_ADULT, ADULT_FIRST):
        return needed.choice(one) if one.needs else child_alone.calls_at(one.case)
    name = "referral_again" if one.stopped or _asks_another(one) else FORMS_OF.get(one.what)
    since = one.note if _reads_note(one) else one.since_waits if _opens_since(one) else ""
    name = ("referral" if since else None) if one.nobody_else or since or _agrees_a_time(one) else name
    part = f"?part={one.step}" if one.what == "part" else ""
    part = f"?service={one.again.service}" if one.again and name == "referral_again" else part
    return reverse(name, args=[since or one.referral or one.case]) + part if name else ""


def _reads_note(one: Due) -> bool:
    """Whether a note that came with the result is read first: it may say where the person sleeps."""
    return bool(one.note) and one.what == "place.open" and not one.asks_to_stay


def _opens_since(one: Due) -> bool:
    """Whether other help that was asked for since waits for an answer, and the row opens that."""
    return bool(one.since_waits) and not is_unasked_emergency(one)


def _adult_first(one: Due) -> bool:
    """Whether an adult answers for the child first, before anything that is needed is asked for."""
    return bool(one.needs) and one.alone_child


def _asked_at(one: Due) -> str:
    """Where the person is asked first, or a doctor; of a child an adult."""
    if _adult_first(one):
        return child_alone.adult_at(one.case)
    if one.what == "doctor" and not one.unagreed:
        return place.doctors_at(one.case)
    if one.needs and one.needs != (DOCTOR,):
        return reverse("consent", args=[one.case])
    asked_at = ASKED_AT.get(one.what)
    return asked_at(one.case) if asked_at is not None else reverse("consent", args=[one.case])


ASKED_AT: Final = {"place.open": place.asked_at, **dict.fromkeys(("doctor", NEEDED), place.asked_of_doctor)}
"""Whether they may be asked for is a question of its own."""


PLACES: Final = {
    "sent.arrival": "#hear",
    GOES_ON: "#goes-on",
    "part.unshared": "#asks",
    "got.arrival": "#come",
    "got.miss": "#come",
    "got.result": "?do=finish#finish",
    "got.dispute": "#amend",
}
"""The place on the page of a referral at which its row ends."""
FORMS_OF: Final = {
    UNSENT: "referral_edit",
    "sent.answer": "referral_again",
    "sent.confirm": "referral_confirm",
    "question": "referral_answer",
    "part": "referral_add",
    **dict.fromkeys(("child", CHILD), "tell_child_protection"),
}
"""Rows that a page of its own ends."""


def _called(one: Due) -> str:
    """The row of the late answers, with the answers to a call unfolded; of a disputed result the page alone."""
    late = reverse("coordination_late")
    return f"{late}?call={one.referral}#r{one.referral}" if one.referral else late


def acts(one: Due, cases: Mapping[str, UUID]) -> dict[str, str]:
    """Where the button is sent that acts by itself, and for which case; nothing where it opens something."""
    if not tells(one) or one.case not in cases:
        return {}
    return tell_lead(one.case, cases[one.case], row=one.referral or one.case)


def tell_lead(code: str, case: UUID, *, row: str = "") -> dict[str, str]:
    """Where the team of this case is told; `row`: in which row it is said afterwards, '': above all."""
    shown = Shown(code)
    shown.same("case", case)
    return {"url": reverse("tell_lead", args=[code]), "page_of": shown.field, "row": row}


def page_of(one: Due) -> str:
    """The page of the row."""
    if one.what in NATIONAL:
        return f"{reverse('coordination_late')}#r{one.referral}" if one.referral else reverse("coordination_late")
    if one.referral or (one.ended and one.closed):  # in an own case that is closed nothing is planned
        return reverse("referral", args=[one.referral or one.ended]) + ("" if one.referral else "#goes-on")
    if one.is_refused:
        return reverse("case", args=[one.case])
    if one.unagreed and not (one.supervised or one.asks_to_stay):
        return needed.at_case(one) if needed.asks_sender(one) else _asked_at(one)
    name = FORMS.get(step_of(one) or one.what, "case") if not (one.supervised or one.asks_to_stay) else "case"
    if name == "case_refer" and one.what in ("place.open", LAST_NIGHT):
        return place.shelters_at(one.case)  # of that one need: a hospital is no place to sleep
    return reverse(name, args=[one.case]) + ON_THE_CASE.get(one.what, "")


ON_THE_CASE: Final = {
    "child": "#child",
    UNTOLD: "#danger",
    ASKS_ON: "#goes-on",
    **dict.fromkeys((FOUND, STILL), "#tonight"),
    MISSING: "#missing",
    NEEDS_ANEW: words_needed.ALL_FIELDS,
}
"""The place on the page of a case that is meant."""
FORMS: Final = {
    "draft": "register",
    "danger.draft": "register",
    "danger.open": "case_refer",
    "place.draft": "register",
    "place.open": "case_refer",
    LAST_NIGHT: "case_refer",
    "consent": "consent",
    UNHEARD: "consent",
    **dict.fromkeys((NEEDS_ANEW, "next_step"), "edit_case"),
    "no_next_step": "edit_case",
    CHILD: "tell_child_protection",
    "opened_again": "consent",
    ASKS["ask_agreement"]: "consent",
    ASKS["signs"]: "screening",
}
"""Rows that open the form which ends them; of a supervisor they open the case."""
