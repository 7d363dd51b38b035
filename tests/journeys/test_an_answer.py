"""An answer on a telephone: from Incoming to an acceptance for this evening in four taps and one field."""

from __future__ import annotations

import pytest

from tests.journeys import steps
from tests.journeys.conftest import Enter
from tests.journeys.counting import Taps
from tests.journeys.play import Play

pytestmark = pytest.mark.browser


def test_a_referral_is_answered_in_four_taps_and_one_field(world: Play, enter: Enter) -> None:
    zarina = enter("caseworker-cso")
    _code, referral = steps.referred(zarina)
    desk = enter("desk-shelter", width=360)
    desk.go("/desk/")
    taps = Taps(desk)
    main = desk.page.locator("main")
    taps.leads_on(main.locator(f'.work .do a[href="/referrals/{referral}/"]'))
    desk.sees("Summary without a name")
    height = "document.documentElement.scrollHeight"
    assert desk.page.evaluate(height) < 1800, "red before: 2,400 px, with three fields before the buttons of the time"
    assert main.locator("details.fold:has([name=hour])").last.get_attribute("open") is None
    taps.box("team", main.locator("[name=team]:not(:checked)").first.get_attribute("value") or "")
    taps.leads_on(main.locator(".slots button").last)
    desk.sees("Accepted for tomorrow, evening.")
    taps.within(4, 1)
    stacked = "getComputedStyle(document.querySelector('.facts.long')).display"
    assert desk.page.evaluate(stacked) == "block", "red before: sentences in a column of 150 px"
    assert world.one("select state_code from referral where code = %s", [referral]) == "accepted"
