"""What the page of a case shows of a place for tonight beside its boxes."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from hamkori.casework.work.queries.case_page import File
from hamkori.web.cases import place
from hamkori.web.cases.alarms import whom
from hamkori.web.words import place as place_words
from hamkori.web.words import place_told


def shown(file: File, *, no_place: bool, said: bool) -> dict[str, Any]:
    """A place for tonight: where it is said whose was found, and whether the person got there. `said`: a box of the
    page has said already with whom a supervisor speaks.
    """
    found = place.found(file)
    return {
        "place_url": reverse("place_found", args=[file.case.code]) if no_place else "",
        "whose": place_words.whose(),
        "place_found": found,
        "stayed": place.stayed(file),
        "call_off": place_told.boxes(file.case.code, file.places, file.now, needed=file.no_place),
        "speak_with": whom(file) if found and not (file.standing.works or said) else "",
    }
