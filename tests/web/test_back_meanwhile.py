"""An older window at the sender, after those whom somebody left said that the person is back with them (ADR 250)."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.case.models import Case, CaseStep
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_is_back import gone, tells
from tests.web.test_looked_for import FIND_OUT
from tests.web.test_not_here import READERS, under
from tests.web.test_place_found import file, found_of
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db

NOT_SAVED = "Not saved yet. Recorded meanwhile: "
IS_BACK = r"the person is back there \(Shelter[^()]*, \w+ \d\d:\d\d\)"
VAIN = r"looked for, not found \(you, \w+ \d\d:\d\d\)"


def steps(case: Case) -> int:
    with god():
        return CaseStep.objects.filter(case=case).count()


def not_found(house: Senders, case: Case) -> tuple[str, dict[str, str]]:
    """That button, on the page as it is now."""
    at, form = form_of(file(house, case), f"/cases/{case.code}/looked_for/")
    return at, {**form, "why": "not_found"}


def test_looked_for_in_vain_is_held_by_who_says_that_the_person_is_back(house: Senders) -> None:
    """Red before: saved with no stop, and a woman whom the shelter had again was looked for."""
    case, referral = gone(house)
    old = not_found(house, case)
    pass_time(minutes=1)
    tells(house, referral, "is_back")
    before = steps(case)
    first = house.browser().post(*old, follow=True)
    assert re.search(f"{NOT_SAVED}{IS_BACK}", page_text(first)), page_text(first)
    assert steps(case) == before, "nothing was written"
    pass_time(minutes=1)
    _at, again = form_of(first.content.decode().partition("You pressed: ")[2], old[0])
    assert "Saved: looked for, not found." in page_text(house.browser().post(old[0], again, follow=True))
    for who in READERS:
        assert FIND_OUT in under(house, who, "Call now"), who


def test_a_place_that_was_found_is_held_by_it_also_after_a_word_of_the_team(house: Senders) -> None:
    """Red before: "Recorded meanwhile" named nothing but what the reader had said."""
    case, referral = gone(house)
    old = found_of(file(house, case), f"/cases/{case.code}/place-found/")
    pass_time(minutes=1)
    tells(house, referral, "is_back")
    house.browser().post(*not_found(house, case), follow=True)
    pass_time(minutes=1)
    before = steps(case)
    said = page_text(house.browser().post(*old, follow=True))
    assert re.search(f"{NOT_SAVED}{IS_BACK}; {VAIN}", said), said
    assert steps(case) == before, "nothing was written"


def test_what_was_taken_back_there_holds_nothing(house: Senders) -> None:
    """Nor does it go on saying, of who came back again, that they are not there."""
    case, referral = gone(house)
    old = not_found(house, case)
    pass_time(minutes=1)
    tells(house, referral, "is_back")
    tells(house, referral, "not_back")
    assert "Saved: looked for, not found." in page_text(house.browser().post(*old, follow=True))
    old = not_found(house, case)
    at, safe = old[0], {**old[1], "why": "is_safe"}
    pass_time(minutes=1)
    tells(house, referral, "is_back")
    tells(house, referral, "not_back")
    tells(house, referral, "is_back")
    assert "Saved: the person is safe." in page_text(house.browser().post(at, safe, follow=True))
