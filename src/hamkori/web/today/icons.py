"""The sign of a row of Today."""

from typing import Final

from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.rules.worklist import ILL, NATIONAL

ICONS: Final = {
    "danger.draft": "danger",
    "danger.open": "danger",
    "next_step": "calendar",
    "no_next_step": "calendar",
    "opened_again": "seen",
    "draft": "change",
    "child": "warning",
    **dict.fromkeys(ILL, "warning"),
    "consent": "seen",
    "question": "question",
    "part": "question",
    "part.unshared": "question",
    "desk.answer": "desk",
    **dict.fromkeys(NATIONAL, "phone"),
    "stopped.missed": "danger",
    "stopped.declined": "no",
    "stopped.unaccepted": "undo",
    "stopped.lapsed": "ended",
}


def icon_of(one: Due) -> str:
    """What its row shows beside what it says."""
    if one.stays and one.what == "place.open":
        return "question"
    if one.for_today:
        return "done"
    return "phone" if one.calls_now and not one.stopped else ICONS.get(one.what, "referrals")
