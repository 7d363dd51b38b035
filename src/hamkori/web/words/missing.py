"""Who is looked for, in words: on Today, on the page of the case and of the referral, and in the list of cases."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.case.queries.arrival_calls import CALMS, NOT_WITH_THEM, PUT_BACK_THERE
from hamkori.casework.case.queries.coordination import Call
from hamkori.casework.case.rules.lifecycle import IS_SAFE, NOT_FOUND
from hamkori.casework.work.queries.looked_for import DID_NOT_GET_THERE, HERE, UNREACHED, Looked
from hamkori.web.kit import moments
from hamkori.web.words import arrival, desk_phone, lists, place, place_told, red
from hamkori.web.words.calls import called

NOT_REACHED: Final = "not_reached"
DANGER: Final = gettext_lazy("It may mean danger. Call the person if that is safe, and those who expected them.")
DANGER_ALONE: Final = gettext_lazy("It may mean danger. Call the person if that is safe.")
CALL_FIRST: Final = gettext_lazy(
    "Call them before anybody is looked for, and ask whether it is this person. Then say what you know."
)
LOCKED: Final = gettext_lazy("If the person's telephone is written, it is locked in the case, under: %(part)s")
WITH_TEAM: Final = gettext_lazy(
    "If the person's telephone is written, it is locked: only those of the team who hold that part read it."
)
NOBODY_SAID: Final = gettext_lazy("Nobody has said whether the person is safe.")


def title(word: str) -> str:
    """What is first to do. `word`: how it was said that they did not arrive; HERE: an organisation says otherwise."""
    if word == HERE:
        return str(red.SAID_HERE)
    return str(red.MISSING if word == DID_NOT_GET_THERE else red.FIND_OUT)


def danger(looked: Looked) -> str:
    """What to do first. An organisation that must get nothing is nobody to ask for help; who says that the person is
    with them is called before anybody is alarmed.
    """
    if looked.here is not None:
        return str(CALL_FIRST)
    return str(DANGER_ALONE if looked.unwanted else DANGER)


def did_not_come(looked: Looked, now: datetime) -> str:
    """Where they were expected, or slept and left, as was said when; '' where that was no organisation."""
    if not looked.service:
        return ""
    if looked.step == UNREACHED:
        said = _("left without a word, said %(when)s: %(service)s")
        told = said % {"when": moments.moment(looked.at, now), "service": lists.label("service", looked.service)}
        if looked.result in ("", NOT_REACHED):
            return told
        result = lists.label("referral_result", looked.result)
        corrected = _("the organisation says now: %(result)s")
        return f"{told} · {corrected % {'result': result}}"
    return arrival.say("missed_which", looked.service, service=lists.label("service", looked.service))


NOT_THERE: Final = gettext_lazy("did not get to: %(place)s")
"""Which place, in a row of Today and in the box of the case."""


def meant(looked: Looked, organisation: str, now: datetime) -> str:
    """Which place it is to which the person did not get; '' where that was a referral. `organisation`: whose it is."""
    if not looked.meant or looked.meant_at is None:
        return ""
    values = {
        "place": place_told.place(organisation, looked.meant),
        "when": moments.moment(looked.meant_at, now),
    }
    return _("%(place)s (found %(when)s)") % values


def here(looked: Looked, organisation: str, now: datetime) -> str:
    """That an organisation says that the person is with them; '' where none does."""
    if looked.here is None:
        return ""
    values = {"organisation": organisation, "when": moments.moment(looked.here.at, now)}
    return _("%(organisation)s says since %(when)s that the person is with them") % values


def helps(looked: Looked, now: datetime) -> str:
    """Who else helps the person now, when they met them, and where they are called; '' where nobody does. Hamkori tells
    them nothing: whoever reads it calls. Who says that the person is with them is called before anybody else.
    """
    one = looked.helps
    if one is None or looked.here is not None:
        return ""
    values = {"organisation": desk_phone.or_none(one.body, one.phone), "when": moments.moment(one.at, now)}
    return _("Also call who helps the person now and met them %(when)s: %(organisation)s") % values


def found_since(looked: Looked, now: datetime) -> str:
    """Which place was found since, in a row of Today; '' where none was."""
    if looked.place_at is None:
        return ""
    whose = looked.place or place.whose_is(looked.whose)
    values = {"when": moments.moment(looked.place_at, now), "whose": whose}
    return _("a place was found %(when)s: %(whose)s") % values


def said_before(looked: Looked) -> str:
    """That the reader's team had said that the person came, if it had."""
    return arrival.say("had_said_came", looked.service) if looked.said_come else ""


def not_found(looked: Looked, now: datetime) -> str:
    """When somebody looked for the person in vain."""
    if looked.not_found_at is None:
        return ""
    return _("looked for, not found: %(when)s") % {"when": moments.moment(looked.not_found_at, now)}


def back(looked: Looked, now: datetime) -> str:
    """That those whom they left say that they are back, or that this was not so; '' where nobody said either."""
    if looked.not_back_at is not None:
        return _not_back(looked, looked.not_back_at, now)
    if looked.back_at is None:
        return ""
    said = (
        _("the organisation said %(when)s: the person is back with them")
        if looked.unwanted
        else _("the organisation said %(when)s: the person is back with them. Call them")
    )
    return said % {"when": moments.moment(looked.back_at, now)}


def by_word(back_at: datetime, now: datetime) -> str:
    """That "safe" rests on nothing but what those whom they left said."""
    said = _(
        "“Safe” rests on one word: the organisation said %(when)s that the person is back. Nobody has written that they"
        " spoke with the person."
    )
    return said % {"when": moments.moment(back_at, now)}


def _not_back(looked: Looked, said_at: datetime, now: datetime) -> str:
    when = moments.moment(said_at, now)
    if looked.doubted_at is None:
        return _("they say: not there after all (%(when)s)") % {"when": when}
    said = _("they say: not there after all (%(when)s). That the person is safe was said before that (%(safe)s)")
    return said % {"when": when, "safe": moments.moment(looked.doubted_at, now)}


TO_DO: Final = {
    CALMS[0]: gettext_lazy("Ask the person, then say what you know."),
    NOT_WITH_THEM: gettext_lazy("Find out whether the person is safe, then say what you know."),
    PUT_BACK_THERE: gettext_lazy("Nobody knows it from them: ask the person, and put right what your team said."),
}
"""What is to do after what the desk has told a coordinator."""


TOGETHER: Final = gettext_lazy("Lead worker and supervisor decide together what comes next.")
"""Once somebody looked in vain."""


def heard(there: Call | None, now: datetime) -> tuple[str, str]:
    """What that was, as a sentence without its end, and what is to do then; '' twice where nothing was told."""
    return (called(there, now), str(TO_DO.get(there.answer, ""))) if there is not None else ("", "")


def since(looked: Looked, now: datetime, *, in_vain: bool = True) -> list[str]:
    """What was said since, besides what the desk told: that they are back, the last call, and, `in_vain`, the last
    time that somebody looked for them so. It ends nothing.
    """
    call = called(looked.call, now) if looked.call is not None else ""
    return [one for one in (back(looked, now), call, not_found(looked, now) if in_vain else "") if one]


def answers() -> list[tuple[str, str]]:
    """What can be said of the person: its code, and its button."""
    return [(one, lists.label("whereabouts", one)) for one in (IS_SAFE, NOT_FOUND)]
