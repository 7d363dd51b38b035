"""After an arrival the receiver's page begins with what is wanted then; what ends the help stands last."""

from __future__ import annotations

import pytest

from tests.web.senders import Senders, at
from tests.web.senders import press as serving
from tests.web.test_told_person import HELPER

pytestmark = pytest.mark.django_db


def test_shared_information_and_the_next_step_stand_before_what_ends_the_help(house: Senders) -> None:
    """Red before: under "End this help" and "Left without a word", below the first screen of a telephone."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral, part="now")
    parvina = house.browser(HELPER)
    parvina.post(at(referral, "serve"), serving(referral))
    page = parvina.get(at(referral)).content.decode().partition("<main")[2]
    box = 'aria-label="This referral"'
    order = ["Set the next step", "Shared information", box, "End this help", "Left without a word"]
    assert [page.index(one) for one in order] == sorted(page.index(one) for one in order)
    assert page.count('aria-label="Shared information"') == page.count("End this help") == 1


def test_who_comes_before_the_agreed_time_is_received_from_the_first_screen(house: Senders) -> None:
    """Red before: a fold two screens down, below the agreed time and the shared information."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral, part="morning")
    page = house.browser(HELPER).get(at(referral)).content.decode().partition("<main")[2]
    early = page.index("The person came before the agreed time")
    assert early < page.index('aria-label="This referral"') < page.index("Shared information")
    assert page.count('id="come"') == 1
    assert "<details open" not in page.partition("The person came before")[0], "quiet: it is not asked yet"
