"""Who accepted from tomorrow on and said no for tonight is not named first again: another one is asked."""

from __future__ import annotations

import pytest

from tests.cast import pass_time
from tests.web.senders import Senders, records
from tests.web.test_bed_nobody_calls_off import needed
from tests.web.test_chain_of_places import B, card, finds
from tests.web.test_place_found import today, until

pytestmark = pytest.mark.django_db
FIRST = "Call Shelter Kulob"
ASKS = "Shelter Kulob: ask whether the person can come today."


def test_after_their_no_for_tonight_another_one_is_asked(house: Senders) -> None:
    """Red before: "Call Shelter Kulob, or ask another" in bold a minute after they had said no."""
    until(19)
    records(house)
    house.agreed(case := house.case({"need_tonight_codes": ["safe_place"]}))
    house.accepted(house.sent(case))
    pass_time(minutes=1)
    assert (FIRST in today(house), ASKS in card(house, case)) == (True, True)
    finds(house, case, B)
    needed(house, case, "they_said_no")
    row = today(house).partition("No place for tonight ")[2]
    assert FIRST not in row
    assert "Shelter Kulob said no by telephone" in row
    assert "Ask another organisation" in row
    page = card(house, case)
    assert ASKS not in page
    assert "Ask another organisation" in page
