"""An arrival that is late: from Today to an answer and back, on a telephone, with nothing to fill in."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import Enter
from tests.journeys.counting import Taps
from tests.journeys.play import Play

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_a_late_arrival_is_answered_in_three_taps(world: Play, enter: Enter) -> None:
    her = enter("caseworker-cso", width=360)
    her.go("/")
    main, finger = her.page.locator("main"), Taps(her)
    row = main.locator(".work > li", has_text="Did the person arrive?").first
    finger.leads_on(row.get_by_role("link").first)
    code = her.code
    finger.leads_on(main.get_by_role("button", name="I called"))
    her.sees("Saved: you called.")
    finger.leads_on(her.page.locator("nav.bar").get_by_role("link", name="Today"))
    her.sees("Late or stopped")
    rests = main.locator(".lines > li", has=her.page.locator(f'[href="/referrals/{code}/"]'))
    assert "Comes back" in rests.inner_text()
    assert not rests.locator(".t-late").count(), "nothing of it is red, in the row of what else is late of the person"
    finger.within(3, 0)
    assert world.one("select heard_code from referral where code = %s", [code]) == "called"
