"""What a case shows of who is at a place that was found, as was said: its way back; and that they leave the own one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hamkori.casework.case.rules.lifecycle import NOT_FOUND, PLACE_STEPS, THEY_SAID_NO, WITH_US, WRITABLE
from hamkori.casework.referral.rules.tonight import asked_until, is_asked
from hamkori.casework.work.queries.case_page import File
from hamkori.casework.work.queries.no_place import BY_TELEPHONE, FOUND, WHOSE, Said
from hamkori.casework.work.queries.still_there import REACHED
from hamkori.web.cases import two_places
from hamkori.web.cases.place import for_one, is_asked_of, slip, whose_of
from hamkori.web.words import place_told
from hamkori.web.words.absence import is_alone

if TYPE_CHECKING:
    from datetime import datetime

CAME: Final = (("serve", ""), ("hear", "came"))
"""An organisation says, or the team of it, that the person came."""


def expected_elsewhere(file: File) -> dict[str, Any] | None:
    """The same box of who is said to be at the place that was found, while an organisation expects them for the same
    night: neither has heard of the other (ADR 0169). A slip is put back there.
    """
    last, before = slip(file)
    if last is None or before is None or last.step != "place_reached" or file.no_place or file.missing:
        return None
    said = Said(before.reason, before.found_at, last.at, is_there=True)
    two = two_places.box(file, before, said, for_one(file)) if is_asked_of(file, said) else None
    until = asked_until(timezone.localtime(before.found_at))
    return {"until": until, "two": two, "put_back": before.reason} if two is not None else None


def is_there(file: File) -> dict[str, Any] | None:
    """That the person is at the place that was found, or goes to another one, while another one is ready; or that it is
    none: then whoever may go there is told not to. Until noon: a slip has a way back there too (ADR 0162, 0168, 0177).
    Not once somebody was told that nobody comes.
    """
    last, before = slip(file)
    if last is None or before is None:
        return None
    # That nobody said who called it off is asked in a box of its own, which has its own way back (ADR 0165).
    whose = whose_of(before, file)
    of_none = THEY_SAID_NO if whose == BY_TELEPHONE else ""
    none = (last.step, last.reason) == ("place_needed", of_none)
    hidden = file.missing or file.sleeps or not file.standing.works or _is_outdated(file, last.at)
    if (
        hidden
        or (file.no_place and not none)
        or before.reason not in WHOSE
        or not is_asked(timezone.localtime(last.at), timezone.localtime(file.now))
    ):
        return None
    told = place_told.last(file.places) if whose == BY_TELEPHONE else None
    is_off = told is not None and told.told_at is not None and told.told_at > last.at
    return {
        "at": last.at,
        "where": place_told.place(before.body, before.reason),
        "reason": before.reason,
        "said": last.reason if last.step == "place_needed" else last.step,
        "may_go": str(place_told.MAY_GO) if none and whose != WITH_US else "",
        "told": place_told.told(told, file.now) if told is not None and is_off else "",
    }


def _is_outdated(file: File, said_at: datetime) -> bool:
    """Whether somebody looked for the person in vain since a word of where they are, or they came to an organisation:
    of both the later word counts, and the history keeps the other (ADR 0168).
    """
    words = (("looked_for", NOT_FOUND), *CAME)
    places = {one.code for one in for_one(file)}
    since = (one for one in file.steps if one.at > said_at and (not one.referral or one.referral in places))
    return any((one.step, one.reason) in words for one in since)


def sleeps_here(file: File) -> datetime | None:
    """Since when it is said that the person sleeps at the own organisation: that they leave can be said at any time."""
    said = [one for one in file.steps if one.step in PLACE_STEPS and not one.referral]
    found = next((one for one in said if one.step == FOUND), None)
    if found is None or said[0].step != REACHED or whose_of(found, file) != WITH_US:
        return None
    hidden = file.no_place or file.missing or file.case.state_code not in WRITABLE or not file.standing.works
    return None if hidden or _is_outdated(file, said[0].at) else said[0].at


def one_place(file: File) -> str:
    """Where somebody sleeps of whom both is said, that they sleep here and that an organisation has them: the later
    word counts, and the other is named as what it is. '' where there is one place.
    """
    said = [one for one in file.steps if one.step in PLACE_STEPS and not one.referral]
    here = next((one for one in said if one.step == FOUND), None)
    if here is None or said[0].step != REACHED or whose_of(here, file) != WITH_US:
        return ""
    places = {one.code: one for one in for_one(file) if one.state in ("accepted", "serving") and not one.stopped}
    came = [one for one in file.steps if one.referral in places and (one.step, one.reason) in CAME]
    last = max(came, key=lambda one: one.at, default=None)
    if last is None or file.missing or file.case.state_code not in WRITABLE:
        return ""
    body = places[last.referral].body
    if last.at > said[0].at:
        return place_told.sleeps_since(body, last.at, file.now)
    return place_told.still_says(body) if sleeps_here(file) is not None else ""


def night_shift(file: File) -> str:
    """Where a colleague is added, to who alone works on the case of somebody who is to sleep at the own organisation:
    who is there at night reads nothing of it. '' once a colleague works on it, and of all others.
    """
    said = [one for one in file.steps if one.step in PLACE_STEPS and not one.referral]
    found = next((one for one in said if one.step == FOUND), None)
    if found is None or said[0].step not in (FOUND, REACHED) or whose_of(found, file) != WITH_US:
        return ""
    hidden = file.no_place or file.missing or not file.standing.may("admit", file.case.state_code)
    return "" if hidden or not is_alone(file.people) else reverse("admit", args=[file.case.code])


def said(file: File) -> str:
    """The same in words, before the case is closed; '' of all others."""
    return _("The person sleeps with you, as was said here.") if sleeps_here(file) is not None else ""
