"""A place at an organisation that must get nothing: that is said before, and where somebody sleeps is recorded."""

from __future__ import annotations

import pytest

from hamkori.casework.case.models import Case
from hamkori.directory.models import Service
from tests.web.senders import Senders, page_text
from tests.web.test_place_found import NEEDED
from tests.web.test_today_in_danger import form_of
from tests.web.test_which_place import steps

pytestmark = pytest.mark.django_db

SAID = "The person wants these to get nothing. Choose one only if the person is there"


def which(case: Case) -> str:
    return f"/cases/{case.code}/place-which/"


def chosen(house: Senders, case: Case, page: str, value: str) -> str:
    to, form = form_of(page, f"/cases/{case.code}/place-found/")
    return page_text(house.browser().post(to, {**form, "which": value}, follow=True))


def test_it_stands_last_with_a_sentence_and_can_be_chosen(house: Senders, second_shelter: Service) -> None:
    """Red before: it stood first, and nothing was said of it."""
    case = house.case(NEEDED)
    house.agreed(case, excluded=[house.world.bodies["shelter-kulob"]])
    page = house.browser().get(which(case)).content.decode()
    before, _said, after = page.partition(SAID)
    assert 'value="legal-aid"' in before
    assert "shelter-kulob" not in before
    assert 'value="nothing:shelter-kulob"' in after
    assert "Saved: a place for tonight was found." in chosen(house, case, page, "nothing:shelter-kulob")
    assert steps(case) == [("place_found", "organisation", True)], "where somebody sleeps can always be recorded"


def test_whoever_chose_it_before_the_person_said_so_reads_that_first(house: Senders, second_shelter: Service) -> None:
    """Red before: it was saved without a word."""
    case = house.case(NEEDED)
    page = house.browser().get(which(case)).content.decode()
    assert SAID not in page
    house.agreed(case, excluded=[house.world.bodies["shelter-kulob"]])
    said = chosen(house, case, page, "shelter-kulob")
    assert "Nothing is saved: the person wants Shelter Kulob to get nothing." in said
    assert SAID in said
    assert steps(case) == []
