"""Two who are expected on one morning may be of one sex and age: what tells them apart stands on both rows."""

from __future__ import annotations

import pytest

from tests.cast import pass_time
from tests.web.senders import Senders, at, page_text
from tests.web.test_place_found import until

pytestmark = pytest.mark.django_db
SAME = "Woman, 18\u201129: is expected"
WHICH = "Woman, 18\u201129, sent "


def expected(house: Senders, number: int) -> list[str]:
    """Persons of one sex and age who come to one shelter; where each is read."""
    found = []
    for _each in range(number):
        case = house.case()
        house.agreed(case)
        house.accepted(sent := house.sent(case), part="now")
        pass_time(minutes=1)
        found.append(at(sent))
    return found


def test_who_sent_them_stands_in_both_rows(house: Senders) -> None:
    """Red before: two rows in the same words, and no sender in either."""
    until(10)
    expected(house, 2)
    home = page_text(house.browser("shelter-worker").get("/"))
    assert home.count(SAME) == 2
    assert home.count("sent by Cso Kulob") == 2


def test_of_one_alone_it_is_not_said(house: Senders) -> None:
    until(10)
    expected(house, 1)
    assert "sent by" not in page_text(house.browser("shelter-worker").get("/"))


def test_beside_the_press_it_stands_which_of_them_it_is(house: Senders) -> None:
    """Red before: nothing beside "The person has come" said so."""
    until(10)
    for page_of in expected(house, 2):
        page = page_text(house.browser("shelter-worker").get(page_of))
        number = page_of.strip("/").rpartition("/")[2]
        said = page.partition(WHICH)[2]
        assert said, page
        assert "by Cso Kulob: " in said[:60]
        assert number in said[:90].replace("\u00a0", "").replace(" ", "")
