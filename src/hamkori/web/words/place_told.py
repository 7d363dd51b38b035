"""The organisation that said yes on the telephone to a place for tonight: who it is, where it is called (ADR 0130)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.case.queries.place_told import BY_TELEPHONE, PlaceTold
from hamkori.casework.case.rules.lifecycle import NOBODY_COMES, THEY_SAID_NO
from hamkori.web.kit import moments
from hamkori.web.words import calling_off, desk_phone, excluded, sections
from hamkori.web.words import place as place_words

PART: Final = "needs"
"""The locked part in which the name of an organisation may stand that is not listed."""
STILL: Final = ("still_needed", gettext_lazy("The place is still needed"))
"""One more answer, where nobody knows that nobody comes."""
NO_PLACE: Final = (
    (THEY_SAID_NO, gettext_lazy("No place: they said no")),
    (NOBODY_COMES, gettext_lazy("The person does not want it")),
)
"""That the place is none after all: who called it off. Whoever did not is to be told (ADR 0165)."""
MAY_GO: Final = gettext_lazy("If the person was told to go there, tell them not to go.")
"""Once a place that was found is none: nobody waits for them there."""
MAY_GO_IN_ROW: Final = gettext_lazy("they said no by telephone: if the person was told to go there, tell them not to")
MAY_GO_TO: Final = gettext_lazy(
    "%(organisation)s said no by telephone: if the person was told to go there, tell them not to"
)
"""By name: another organisation may stand in the same row."""
NO_PLACE_AT_ALL: Final = (("", gettext_lazy("No place after all")),)
"""The same of a place where nobody waits."""


def no_place(reason: str) -> tuple[tuple[str, Any], ...]:
    """That it is none, with why, of a place of this kind."""
    return NO_PLACE if reason == BY_TELEPHONE else NO_PLACE_AT_ALL


def no_place_of(place: str, reason: str) -> tuple[tuple[str, str], ...]:
    """The same where another one is ready: it names the place. That nobody comes is said by where the person goes."""
    if reason == BY_TELEPHONE:
        return ((THEY_SAID_NO, _("They said no: %(place)s") % {"place": place}),)
    return (("", _("No place after all: %(place)s") % {"place": place}),)


def place(organisation: str, reason: str) -> str:
    """A place that was found, inside a sentence: whose it is; of an organisation that is not listed, how it came."""
    if organisation:
        return organisation
    return _("the place found by telephone") if reason == BY_TELEPHONE else place_words.whose_is(reason)


SAVED: Final = {
    "reached": gettext_lazy("Saved: they were told that nobody comes."),
    "not_reached": gettext_lazy("Saved: they were not reached. Call again: this stays on Today."),
    "still_needed": gettext_lazy("Saved: the place is still needed. They do not have to be called."),
}


def may_go(organisation: str) -> str:
    """In a row: that whoever had a place by telephone said no. '': it is in no list."""
    return str(MAY_GO_TO) % {"organisation": organisation} if organisation else str(MAY_GO_IN_ROW)


def none_in_row(at: datetime, now: datetime) -> str:
    """The same of a place where no organisation waits."""
    said = _("the place that was found is none (%(when)s): if the person was told to go there, tell them not to")
    return said % {"when": moments.moment(at, now)}


def after_all_in_row(told_at: datetime, now: datetime) -> str:
    """Of a place that was found at an organisation to which the person was told not to go."""
    said = _("the person was told not to go there (%(when)s): tell them that they are expected after all")
    return said % {"when": moments.moment(told_at, now)}


def after_all(told_at: datetime | None, now: datetime) -> str:
    """The same as a sentence; '' where nobody told them so."""
    if told_at is None:
        return ""
    said = _("The person was told not to go there (%(when)s): tell them that they are expected after all.")
    return said % {"when": moments.moment(told_at, now)}


def last(told: Iterable[PlaceTold]) -> PlaceTold | None:
    """The one whose place was found last, if no other place was found since."""
    return next((one for one in told if one.last), None)


def whose(one: PlaceTold) -> str:
    """Who it is and where they are called, or that it is not listed, and where its name may stand."""
    if one.organisation is None:
        said = _("The organisation that was called is not listed. Its name may be in the locked part “%(part)s”.")
        return said % {"part": sections.name(PART)}
    return f"{one.name}. {desk_phone.said(one.phone)}"


def expected_by(one: PlaceTold) -> str:
    """The same of who did not get there."""
    if one.organisation is None:
        return whose(one)
    said = _("%(organisation)s expected the person.") % {"organisation": one.name}
    number = excluded.call_only(one.phone) if one.unwanted else desk_phone.said(one.phone)
    return f"{said} {number}"


def unwanted(one: PlaceTold) -> str:
    """Of a place that may still be used: that the organisation must get nothing; '' where it may."""
    if not one.unwanted:
        return ""
    said = _(
        "The person wants %(organisation)s to get nothing. Ask the person whether they still want to sleep there. If "
        "not, tell the organisation only that nobody comes."
    )
    return said % {"organisation": one.name}


LOST: Final = {
    "decline": gettext_lazy("%(organisation)s said yes by telephone (%(when)s), and declined the referral (%(then)s)"),
    "unaccept": gettext_lazy("%(organisation)s said yes by telephone (%(when)s), and returned the referral (%(then)s)"),
    "finish": gettext_lazy(
        "%(organisation)s said yes by telephone (%(when)s), and ended the referral without help (%(then)s)"
    ),
    "said_no": gettext_lazy("%(organisation)s said yes by telephone (%(when)s), and no since (%(then)s)"),
    "told": gettext_lazy(
        "%(organisation)s said yes by telephone (%(when)s), and was told that nobody comes (%(then)s)"
    ),
}
"""Why a place does not count any more that was found."""
ASK_AGAIN: Final = gettext_lazy("Ask them whether their place is still free.")


def lost(one: PlaceTold, now: datetime) -> str:
    """That the place does not count any more, and why; '' where it counts."""
    if one.lost is None:
        return ""
    slots = {"when": moments.moment(one.at, now), "then": moments.moment(one.lost.at, now)}
    return str(LOST[one.lost.why]) % {"organisation": one.name or _("The organisation that was called"), **slots}


def is_no_of(said: tuple[Any, Any], organisation: str) -> bool:
    """Whether the step said last is this organisation's no by telephone to the place found there (second)."""
    last, found = said
    return last is not None and last.reason == THEY_SAID_NO and found.body == organisation


def ask_again(one: PlaceTold, now: datetime) -> dict[str, str]:
    """The same with what is to ask there, and where they are called, as the case shows it."""
    said = f"{lost(one, now)}."
    if one.lost is not None and one.lost.why != "said_no":
        said = f"{said} {ASK_AGAIN}"
    return {"said": said, "phone": whose(one) if one.organisation is None else desk_phone.said(one.phone)}


def parts(one: PlaceTold, now: datetime, *, missing: bool) -> list[str]:
    """The same in a row of Today."""
    if one.lost is not None and not missing:
        return [lost(one, now), *([desk_phone.in_row(one.phone)] if one.organisation is not None else [])]
    if one.organisation is None:
        return [_("not listed: the name may be in the locked part “%(part)s”") % {"part": sections.name(PART)}]
    said = [_("expected by %(organisation)s") % {"organisation": one.name} if missing else one.name]
    told = [_("told %(when)s that nobody comes") % {"when": moments.moment(one.told_at, now)}] if one.told_at else []
    nothing = [_("must get nothing: ask the person first")] if one.unwanted and not missing else []
    number = excluded.in_row(one.phone) if one.unwanted and missing else desk_phone.in_row(one.phone)
    return [*said, number, *told, *nothing]


def told(one: PlaceTold, now: datetime) -> str:
    """That they know already that nobody comes; '' where they were not told."""
    if one.told_at is None:
        return ""
    return _("They were told %(when)s that nobody comes.") % {"when": moments.moment(one.told_at, now)}


def still_waits(one: PlaceTold) -> str:
    """Before a case is closed: who may go on waiting, or is to hear that nobody comes."""
    if one.organisation is None:
        return _("An organisation that is not listed said yes by telephone: call them if the person does not go there.")
    said = _("%(organisation)s said yes by telephone: call them if the person does not go there.")
    return f"{said % {'organisation': one.name}} {desk_phone.short(one.phone)}."


MAYBE: Final = gettext_lazy(
    "%(organisation)s said yes by telephone (%(when)s), and has a place ready. If the person does not go there: call "
    "them, and say that nobody comes. Name nobody."
)
UNLISTED: Final = gettext_lazy(
    "The organisation that was called said yes by telephone (%(when)s), and has a place ready. If the person does not "
    "go there: call them, and say that nobody comes. Name nobody. It is not listed: its name may be in the locked "
    "part “%(part)s”."
)


def sentence(one: PlaceTold, now: datetime, *, needed: bool = False) -> str:
    """Who has a place ready since when, where they are called, and what is said to them. `needed`: nobody else has one
    now.
    """
    slots = {"organisation": one.name, "when": moments.moment(one.at, now), "part": sections.name(PART)}
    if one.organisation is None:
        return str(UNLISTED % slots)
    asks = needed and one.may_be_asked
    said = calling_off.NEEDED if asks else calling_off.SAID["said_yes"] if one.sure else MAYBE
    said = calling_off.UNHEARD["said_yes"] if one.unheard else said
    only = f"{excluded.told_only()} " if one.unwanted else ""
    return f"{said % slots} {only}{desk_phone.said(one.phone)}"


def answers(one: PlaceTold) -> tuple[Any, ...]:
    """The buttons: each is its answer to the call."""
    if one.unheard:
        return ()
    return calling_off.ANSWERS if one.sure else (*calling_off.ANSWERS, STILL)


def boxes(code: str, told: Iterable[PlaceTold], now: datetime, *, needed: bool = False) -> list[dict[str, Any]]:
    """A box for each that is to be called off, as the case and the page after withdrawing show it."""
    return [
        {
            "said": sentence(one, now, needed=needed),
            "url": reverse("call_off", args=[code]),
            "which": one.slug,
            "answers": answers(one),
        }
        for one in told
        if one.off
    ]


def two(number: int) -> str:
    """Where more than one place is ready for a night."""
    if number > 2:
        return _("Several places for tonight. Ask the person where they go.")
    return _("Two places for tonight. Ask the person where they go.")


def found_one(organisation: str, reason: str, at: datetime, now: datetime) -> str:
    """One of them that was found, and how."""
    slots = {"place": place(organisation, reason), "when": moments.moment(at, now)}
    if organisation and reason == BY_TELEPHONE:
        return _("%(place)s: by telephone, %(when)s") % slots
    return _("%(place)s: found %(when)s") % slots


def there_one(place: str, at: datetime, now: datetime) -> str:
    """One of them at which the person is said to be."""
    return _("%(place)s: the person is there, said %(when)s") % {"place": place, "when": moments.moment(at, now)}


def accepted_one(organisation: str, when: str) -> str:
    """One of them that an organisation accepted, for when."""
    if not when:
        return _("%(organisation)s: accepted") % {"organisation": organisation}
    return _("%(organisation)s: accepted, %(when)s") % {"organisation": organisation, "when": when}


def sleeps_since(organisation: str, came_at: datetime, now: datetime) -> str:
    """Of who was said to sleep here, and came to another organisation since."""
    said = _(
        "The person sleeps at %(organisation)s: it was said %(when)s that they came there. "
        "That they sleep here is over."
    )
    return said % {"organisation": organisation, "when": moments.moment(came_at, now)}


def still_says(organisation: str) -> str:
    """Of who sleeps here since, while another organisation has not ended its help."""
    said = _("The person sleeps here. %(organisation)s has not ended its help yet: call them, so that they end it.")
    return said % {"organisation": organisation}
