"""A desk without a number says yes through the coordinator, or rings itself: the answers are those of any other."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.referral.queries.referrals import sender_state
from hamkori.directory.models import Service
from tests.web.senders import Senders, closes, page_text
from tests.web.test_said_on_the_telephone import press
from tests.web.test_which_place import found
from tests.web.test_which_place import steps as places

pytestmark = pytest.mark.django_db
ANSWERS = ["coordinator", "no_coordinator", "said_yes", "said_no", "calls_back"]


def offered(page: str) -> list[str]:
    return re.findall(r'<button[^>]*name="answer"[^>]*value="(\w+)"', page)


@pytest.mark.parametrize("pressed_on", ["", "today"])
def test_what_a_desk_without_a_number_said_is_recorded_with_hour_and_place(house: Senders, pressed_on: str) -> None:
    """Red before: only "Reached the coordinator / Coordinator not reached", and nowhere an hour."""
    closes(house)
    case = house.case({"need_tonight_codes": ["safe_place"]})
    house.agreed(case)
    sent = house.sent(case)
    zarina, page = house.browser(), f"/referrals/{sent.code}/"
    for at in ("/", page):
        assert offered(zarina.get(at).content.decode()) == ANSWERS, at
    said = press(zarina, f"{page}call/", "said_yes", **({"from": pressed_on} if pressed_on else {}))
    assert "said yes by telephone. In Hamkori it is still open." in said
    assert sender_state(sent) == "sent", "it accepts nothing"
    after = zarina.get(page)
    assert 'name="hour"' in after.content.decode(), "hour, meeting point and whom to ask for"
    assert "yes, not confirmed in Hamkori yet" in page_text(after)
    assert "They changed to no" in page_text(zarina.get("/"))


def test_a_place_found_where_one_is_asked_for_is_the_yes_to_that_referral(house: Senders) -> None:
    """Red before: the referral stayed under "Call now", and nobody asked whether the person knew hour and place."""
    closes(house)
    case = house.case({"need_tonight_codes": ["safe_place"]})
    house.agreed(case)
    sent = house.sent(case)
    said = found(house, case, "shelter-kulob")
    assert "said yes by telephone. In Hamkori it is still open." in said
    assert 'name="hour"' in house.browser().get(f"/referrals/{sent.code}/").content.decode()
    assert places(case) == [], "it is one place, and that of the referral"
    today = page_text(house.browser().get("/"))
    assert "Call now" not in today
    assert "yes, not confirmed in Hamkori yet" in today


def test_a_place_found_where_nobody_was_asked_is_a_place_as_ever(house: Senders, second_shelter: Service) -> None:
    house.agreed(case := house.case({"need_tonight_codes": ["safe_place"]}))
    house.sent(case)
    assert "Today asks whether the person got there." in found(house, case, "legal-aid")
    assert places(case) == [("place_found", "organisation", True)]
