"""Two places for one night: the one that was found, and one that an organisation accepted (ADR 0168, 0169)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hamkori.casework.case.rules.lifecycle import GOES_ELSEWHERE, PLACE_STEPS, WRITABLE
from hamkori.casework.referral.rules.stopped import MISSED
from hamkori.casework.referral.rules.tonight import is_asked, night_of
from hamkori.casework.work.queries.case_page import File, Sent
from hamkori.casework.work.queries.no_place import BY_TELEPHONE, WHOSE, Place, Said, whose_place
from hamkori.casework.work.queries.two_places import is_ready, known_at, promised_at
from hamkori.web.kit import moments
from hamkori.web.words import desk_phone, place_told, referral

if TYPE_CHECKING:
    from hamkori.casework.work.queries.happened import Step


def given(one: Sent, file: File) -> Place:
    """What counts here of a referral for a place."""
    said = [step for step in file.steps if step.referral == one.code]
    missed = one.stopped == MISSED or one.not_here or _is_missed(said)
    came = one.heard == "came" and not missed
    served = _last(said, "serve") if one.state == "serving" else None
    heard = _last(said, "hear", "came") if came else None
    known = known_at(one.person_told, served, heard)
    return Place(one.state, (one.arrival_on, one.arrival_part), known, came, missed)


def _last(said: Iterable[Step], step: str, reason: str | None = None) -> datetime | None:
    return max((one.at for one in said if one.step == step and reason in (None, one.reason)), default=None)


def _is_missed(said: list[Step]) -> bool:
    """Whether either side said last that the person did not come."""
    word = next((one for one in said if one.step in ("miss", "hear", "expect", "accept")), None)
    return word is not None and (word.step == "miss" or (word.step, word.reason) == ("hear", "did_not_come"))


def box(file: File, last: Step, said: Said, of_place: Iterable[Sent]) -> dict[str, Any] | None:
    """Which places are ready, and where the person goes: nobody decides that for them. None: there is one place.
    `last`: with which step the first was found; `said`: what was said last of it.
    """
    every = tuple(of_place)
    others = [one for one in every if is_ready(given(one, file), said)]
    promised = _promised(every, last, said)
    if not (others or promised):
        return None
    whose = whose_place(file.case, last.reason, last.at_body)
    place = place_told.place(last.body, last.reason)
    first = place_told.found_one(last.body, whose, last.found_at, file.now)
    goes = _("They stay there: %(place)s") if said.is_there else _("They go to: %(place)s")
    return {
        "title": place_told.two(len(others) + len(promised) + 1),
        "places": [
            place_told.there_one(place, said.said_at, file.now) if said.is_there else first,
            *(place_told.accepted_one(one.body, _when(one, file)) for one in others),
            *(place_told.found_one(one.body, BY_TELEPHONE, at, file.now) for one, at in promised),
        ],
        "there": "" if said.is_there else _("The person is there: %(place)s") % {"place": place},
        "first": goes % {"place": place},
        "first_url": reverse(
            "referral_recall", args=[next(one.code for one in (*others, *(one for one, _at in promised)))]
        ),
        "others": [_("They go to: %(place)s") % {"place": one.body} for one in others],
        "why": GOES_ELSEWHERE,
        # Where nobody has accepted, that the person goes there is said by what the found one is: none any more.
        "no_place": place_told.no_place_of(place, whose) if others else place_told.no_place(whose),
    }


def said_twice(file: File, of_place: Iterable[Sent]) -> dict[str, str] | None:
    """That a place was found and an organisation says that the person is with them, of one night, until noon: who works
    here reads both (ADR 0232). None: nobody says so, it is one place, or the box of who is missing says it.
    """
    last = next((one for one in file.steps if one.step in PLACE_STEPS and not one.referral), None)
    if last is None or last.step != "place_found" or last.reason not in WHOSE or file.missing is not None:
        return None
    night = night_of(timezone.localtime(last.found_at))
    if file.case.state_code not in WRITABLE or not is_asked(
        timezone.localtime(last.found_at), timezone.localtime(file.now)
    ):
        return None
    for one in of_place:
        served = _last((step for step in file.steps if step.referral == one.code), "serve")
        if one.state != "serving" or served is None or one.body == last.body:
            continue
        if night_of(timezone.localtime(served)) == night:
            return _both(file, last, one, served)
    return None


def _both(file: File, last: Step, one: Sent, served: datetime) -> dict[str, str]:
    said = _(
        "A place for tonight was found %(when)s: %(place)s. %(organisation)s says since %(since)s that the person is "
        "with them. If that is not so, call them."
    )
    values = {
        "when": moments.moment(last.found_at, file.now),
        "place": place_told.place(last.body, last.reason),
        "organisation": one.body,
        "since": moments.moment(served, file.now),
    }
    return {"said": said % values, "phone": desk_phone.said(one.phone)}


def _promised(of_place: Iterable[Sent], last: Step, said: Said) -> list[tuple[Sent, datetime]]:
    """Those that said yes by telephone alone, and when; not the one whose place was found."""
    found = ((one, promised_at(one.state, one.urgency, one.calls, said)) for one in of_place if one.body != last.body)
    return [(one, at) for one, at in found if at is not None]


def _when(one: Sent, file: File) -> str:
    return referral.part_of_day(one.arrival_on, one.arrival_part, one.agreed_at, file.now)
