"""No place for tonight: whether the page of a case says so; the button that ends it is web/first/place.py."""

from __future__ import annotations

from hamkori.casework.work.queries import no_place
from hamkori.casework.work.queries.case_page import File


def is_needed(file: File) -> bool:
    """Whether Today says so: it asks the same. Of a case in which nothing of a place was said nobody asks."""
    said = no_place.PLACE in file.case.need_tonight_codes or any(step.step == "withdraw" for step in file.steps)
    return said and file.case.state_code != "closed" and no_place.lacks_one(file.case, file.now)
