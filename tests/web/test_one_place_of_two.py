"""One shelter accepts two referrals of one person: it is one place, and one row has the buttons (ADR 0164)."""

from __future__ import annotations

import pytest

from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_place_found import NEEDED, until
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db

ONCE = "the same place as above, for one person: cancel one of the two referrals"


@pytest.mark.parametrize("slug", ["shelter-kulob", "legal-aid"])
def test_two_that_one_shelter_accepted_read_as_one_place(house: Senders, slug: str) -> None:
    """Red before: two places, each with "Read hour and meeting point" and "I told the person"."""
    until(19)
    house.world.services["HOME-01"] = another(house, slug, service_code="HOME-01").pk
    case = house.case(NEEDED)
    house.agreed(case)
    both = [house.sent(case), house.sent(case, service="HOME-01")]
    pass_time(minutes=1)
    one_house = slug == "shelter-kulob"
    for sent in both if one_house else both[:1]:
        house.accepted(sent, {"hour": "soon"}, part="now")
    page = house.browser().get("/")
    said = page_text(page)
    assert (ONCE in said) == one_house
    assert said.count("I told the person") <= 1
    assert said.count("Read the hour") + said.count("Read when and where") <= 1, "one main button"
    line = page.content.decode().partition('<ul class="lines">')[2]
    assert any(f"/referrals/{sent.code}/" in line for sent in both), "each leads to its page, where it is cancelled"
