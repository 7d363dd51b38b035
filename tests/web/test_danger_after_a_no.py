"""Somebody is in danger and took everything back: the person is asked again, and no organisation before that."""

from __future__ import annotations

import pytest

from tests.web.senders import Senders, page_text
from tests.web.test_today_in_danger import rows
from tests.web.test_withdrawing import take_back

pytestmark = pytest.mark.django_db


def test_todays_row_asks_the_person_and_no_organisation(house: Senders) -> None:
    """Red before: "Ask an organisation", to a list on which every one said "the person said no"."""
    case = house.case({"has_danger": True, "risk_code": "high"})
    house.agreed(case)
    before = house.browser().get("/")
    assert rows(before.content.decode())[0] == f"/cases/{case.code}/refer/"
    take_back(house, case)
    today = house.browser().get("/")
    assert rows(today.content.decode())[0] == f"/cases/{case.code}/consent/"
    row = page_text(today).partition("Nobody helps now")[2].partition("There is no next step")[0]
    assert "Ask the person again" in row
    assert "Ask an organisation" not in row
    above = house.browser("supervisor-cso").get("/")
    assert rows(above.content.decode())[0] == f"/cases/{case.code}/", "the supervisor reads the case"


def test_the_page_of_the_case_says_the_same_in_its_box_and_among_its_tasks(house: Senders) -> None:
    """Red before: "Ask an organisation" above "Ask for consent again only if the person raises it"."""
    case = house.case({"has_danger": True, "risk_code": "high"})
    house.agreed(case)
    take_back(house, case)
    shown = page_text(house.browser().get(f"/cases/{case.code}/"))
    box = shown.partition("Somebody is in danger. Nobody helps now.")[2].partition("What is next")[0]
    assert "Ask the person again" in box
    assert "Ask an organisation" not in box
    assert "Somebody is in danger: you may ask the person again." in shown
    assert "only if the person raises it" not in shown
