"""Who had a place by telephone and said no is not asked again at once, because of an older decline (ADR 177)."""

from __future__ import annotations

import pytest

from tests.cast import pass_time
from tests.web.senders import Senders, at, page_text
from tests.web.test_bed_nobody_calls_off import needed
from tests.web.test_chain_of_places import finds
from tests.web.test_place_found import NEEDED, until
from tests.web.test_the_way_on import declines

pytestmark = pytest.mark.django_db

AGAIN = "Ask Shelter Kulob again"


def test_who_said_no_minutes_ago_is_not_the_way_on(house: Senders) -> None:
    """Red before: the main button led to who had said no minutes ago, "declined yesterday: no place then"."""
    until(13)
    case = house.case(NEEDED)
    house.agreed(case)
    sent = house.sent(case)
    declines(house, sent)
    pass_time(hours=5)

    def leads() -> list[bool]:
        return [AGAIN in page_text(house.browser().get(where)) for where in ("/", at(sent))]

    assert leads() == [True, True], "they had no room hours ago"
    finds(house, case, "shelter-kulob")
    needed(house, case, "they_said_no")
    assert leads() == [False, False]
    offered = page_text(house.browser().get(f"{at(sent)}again/"))
    assert "said no by telephone today" in offered
    pass_time(hours=4)
    assert leads() == [True, True], "it may be another hour there by now"
