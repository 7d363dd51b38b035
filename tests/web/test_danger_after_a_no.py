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
