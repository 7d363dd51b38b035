"""On the case: help ended at a place to sleep, and the person sleeps there one more night, then needs another one."""

from __future__ import annotations

from hamkori.casework.case.rules.lifecycle import PLACE_STEPS
from hamkori.casework.work.queries.case_page import File, Sent
from hamkori.web.cases import place
from hamkori.web.words import last_night as words


def box(file: File) -> str:
    """What is said of it; '' where nobody does, or somebody has another place for the person, or said since that one
    was found, or is not needed.
    """
    there = next((one for one in file.referrals if one.code in file.sleeps_on), None)
    if there is None or file.missing is not None or file.no_place or _knows(file, there):
        return ""
    return words.then_needs(there.body)


def in_row(one: Sent, file: File) -> list[str]:
    """The same in the row of that referral."""
    return [str(words.IN_ROW)] if one.code in file.sleeps_on and not _is_elsewhere(file, one) else []


def _is_elsewhere(file: File, there: Sent) -> bool:
    """Whether it was said since that the person is at another place: that is the one where they sleep."""
    ended = max((one.at for one in file.steps if one.referral == there.code and one.step == "finish"), default=None)
    others = {one.code for one in place.for_one(file)} - {there.code}
    came = (
        one.at
        for one in file.steps
        if (one.step == "place_reached" and not one.referral) or (one.step == "serve" and one.referral in others)
    )
    return ended is not None and any(at > ended for at in came)


def _knows(file: File, there: Sent) -> bool:
    """Whether it is known where the person sleeps afterwards."""
    if any(one.state in ("accepted", "serving") and not one.stopped for one in place.for_one(file)):
        return True
    ended = max((one.at for one in file.steps if one.referral == there.code and one.step == "finish"), default=None)
    said = (one.at for one in file.steps if one.step in PLACE_STEPS and not one.referral)
    return ended is not None and any(at > ended for at in said)
