"""After an age was put right the former answers are read where they are asked again, and none is chosen (ADR 0144)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.models import ConsentRow
from tests.database import god
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text
from tests.web.test_a_yes_for_another_age import put_right
from tests.web.test_an_age_put_right_twice import CHILD, SPOKEN
from tests.web.test_short_way import goes, press

pytestmark = pytest.mark.django_db

ADULT = {"speaker": "guardianship_body", "suspected": "no", "child_answer": "agrees"}


def asked(case: Case) -> str:
    return f"/cases/{case.code}/first/?step=consent&read=tg"


def test_what_an_adult_agreed_to_is_read_and_not_chosen_for_a_child(house: Senders) -> None:
    """Red before: in the first contact the adult's yes stood chosen for the child, and no page said whose it was."""
    case = house.case({"age_band_code": "a18_29"}, contact=CHILD)
    house.agreed(case)
    put_right(house, case, "a9_17")
    zarina, at = house.browser(), asked(case)
    page = zarina.get(at)
    assert fields(page)["a_shelter_social_help"] != ["yes"]
    assert "Before, as an adult: yes, with name." in page_text(page)
    whole = page_text(zarina.get(f"/cases/{case.code}/consent/"))
    assert re.search(r"Before, as an adult: yes, with name\. Ends \d+ \w+", whole)
    unsaid = press(zarina, at, a_health_help="yes", how="child_speaker")
    assert (unsaid.status_code, "Before, as an adult: yes, with name." in page_text(unsaid)) == (400, True)
    goes(press(zarina, at, a_shelter_social_help="yes", **ADULT, how="child_speaker"))
    with god():
        newest = ConsentRow.objects.filter(kind_code="shelter_social", answer_code="yes").latest("consent__number")
        assert (newest.asked_as_child, newest.speaker_code) == (True, "guardianship_body")
    assert "Before, as an adult" not in page_text(zarina.get(at)), "it was asked again"


def test_what_a_child_agreed_to_is_read_and_not_chosen_for_an_adult(
    house: Senders, django_capture_on_commit_callbacks: Any
) -> None:
    case = house.case({"age_band_code": "a9_17"}, contact=CHILD)
    house.agreed(case, **SPOKEN)
    with django_capture_on_commit_callbacks(execute=True):  # the mark that says so is raised on commit
        put_right(house, case, "a18_29")
    page = house.browser().get(asked(case))
    assert fields(page)["a_shelter_social_help"] != ["yes"]
    assert "Before, as a child: yes, with name." in page_text(page)
