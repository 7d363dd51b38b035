"""The sign of a row of Today."""

from typing import Final

from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.helped import UNTOLD
from hamkori.casework.work.rules.worklist import (
    ADULT_FIRST,
    ASKS_ON,
    CHILD,
    FOUND,
    GOES_ON,
    HELPED,
    ILL,
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
    UNSENT,
)

ICONS: Final = {
    "danger.draft": "danger",
    "danger.open": "danger",
    UNTOLD: "danger",
    "next_step": "calendar",
    "no_next_step": "calendar",
    "opened_again": "seen",
    **dict.fromkeys(("place.draft", "place.open", "place.alone"), "warning"),
    FOUND: "question",
    STILL: "question",
    **dict.fromkeys((GOES_ON, ASKS_ON, LEFT), "question"),
    UNHEARD: "question",
    MISSING: "danger",
    NEEDED: "send",
    **dict.fromkeys((NO_ADULT, ADULT_FIRST), "phone"),
    **dict.fromkeys(("draft", UNSENT), "change"),
    **dict.fromkeys((LAST_NIGHT, NEEDS_ANEW), "question"),
    **dict.fromkeys((HELPED, THERE, SLEEPS_HERE, SLEEPS_ON), "together"),
    **dict.fromkeys(("child", CHILD, OTHER_AGE), "warning"),
    **dict.fromkeys(ILL, "warning"),
    "consent": "seen",
    "question": "question",
    "part": "question",
    "part.unshared": "question",
    "desk.answer": "desk",
    **dict.fromkeys(NATIONAL, "phone"),
    "stopped.missed": "danger",
    "stopped.declined": "ended",
    "stopped.unaccepted": "undo",
    "stopped.lapsed": "ended",
}


def icon_of(one: Due) -> str:
    """What its row shows beside what it says."""
    if one.asks_to_stay:
        return "question"
    if one.in_peace:
        return "ended"
    if one.safe is not None:
        return "calendar"
    icon = "phone" if one.calls_now and one.what in PHONED else ICONS.get(one.what, "referrals")
    if one.paused:
        return "waiting"
    return "done" if one.for_today else icon
