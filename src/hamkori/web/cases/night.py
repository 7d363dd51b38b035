"""What the page of a case shows of a place for tonight beside its boxes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.urls import reverse

from hamkori.casework.work.queries.case_page import File
from hamkori.casework.work.queries.no_place import SHELTER
from hamkori.web.cases import calls_owed, last_night, place, safe, still_there, there, two_places
from hamkori.web.cases.alarm import Alarm
from hamkori.web.cases.alarms import absent, whom
from hamkori.web.words import absence, place_told
from hamkori.web.words import place as place_words
from hamkori.web.words.case import NO_STATES


def shown(file: File, *, no_place: bool, late: Collection[Alarm]) -> dict[str, Any]:
    """A place for tonight: where it is said whose was found, whether the person got there, and still sleeps there.
    `late`: the boxes of the page; one has said already with whom a supervisor speaks, or that a place does not count
    any more.
    """
    elsewhere, still = there.expected_elsewhere(file), still_there.box(file)
    found = elsewhere or place.found(file)
    # As on Today: of whom the person said no to, no bed is asked for.
    needed = file.no_place and file.agreed.states.get(SHELTER) not in NO_STATES
    return {
        "read_at": file.now.isoformat(),
        "place_url": reverse("place_found", args=[file.case.code]) if no_place else "",
        "whose": place_words.whose(file.own_bed if no_place else ""),
        "place_found": found,
        "said_twice": None if found else two_places.said_twice(file, place.for_one(file)),
        "place_still": still,
        "place_lost": None if any(one["lost"] for one in late) else place.lost(file),
        "stayed": place.stayed(file),
        "last_night": last_night.box(file),
        "is_there": None if elsewhere else there.is_there(file),
        "sleeps_here": None if found or still else there.sleeps_here(file),
        "one_place": there.one_place(file),
        "night_shift": there.night_shift(file),
        "said_safe": safe.box(file),
        "call_off": [
            *place_told.boxes(file.case.code, file.places, file.now, needed=needed),
            *calls_owed.boxes(file, needed=needed),
        ],
        "speak_with": (speaks := whom(file) if found and not (file.standing.works or late) else ""),
        "lead_away": "" if speaks else lead_away(file, late),
    }


def lead_away(file: File, late: Collection[Alarm]) -> str:
    """To a supervisor of an open case in which one works alone: what to do while they are absent, where no box says it.
    On the page of a referral it is folded.
    """
    if file.standing.works or file.case.state_code != "open" or not absence.is_alone(file.people):
        return ""
    said = absent(file)
    return "" if any(said in str(one["text"]) for one in late) else f"{absence.leads_alone(file.people)} {said}".strip()
