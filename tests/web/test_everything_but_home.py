"""What the person arranged themselves stays said after everything was withdrawn (ADR 0162)."""

from __future__ import annotations

import pytest

from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_chain_of_places import card, goes
from tests.web.test_own_home_stays import NONE, OWN_HOME, finds, with_a_bed
from tests.web.test_place_found import ASKS, BOTH, NEEDED, rail, take_back_all, today, until

pytestmark = pytest.mark.django_db

SLEEPS = "Where does the person sleep tonight?"


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("whose", [OWN_HOME, "known_people"])
def test_home_is_no_help_that_ends(house: Senders, whose: str, *, there: bool) -> None:
    """Red before: the page after it said that a place has ended, and asked where the person sleeps tonight."""
    case, _sent = with_a_bed(house, whose)
    if there:
        goes(house, case, "place-reached")
    said = page_text(take_back_all(house, case))
    pass_time(minutes=1)
    assert SLEEPS not in said
    assert "Whose place is it?" not in said
    for who in BOTH:
        assert NONE not in today(house, who) + card(house, case, who), who
        assert rail(house, who) == 0, who
    assert (ASKS in card(house, case)) != there


def test_who_has_no_other_place_is_asked_where_they_sleep(house: Senders) -> None:
    """Once a place of their own is found, the same page asks it no more."""
    until(19)
    case = house.case(NEEDED)
    house.agreed(case)
    sent = house.sent(case)
    house.accepted(sent, part="now")
    pass_time(minutes=1)
    after = take_back_all(house, case)
    assert SLEEPS in page_text(after)
    pass_time(minutes=1)
    finds(house, case, OWN_HOME)
    assert SLEEPS not in page_text(house.browser().get(after.wsgi_request.get_full_path()))
