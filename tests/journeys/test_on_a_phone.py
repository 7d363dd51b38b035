"""A cheap telephone on a slow line: from Today to a request that is on its way, counted in taps."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import Enter
from tests.journeys.counting import Taps
from tests.journeys.play import Play

pytestmark = [pytest.mark.browser, pytest.mark.long]

BUDGET = 16
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}


def test_register_and_refer_in_sixteen_taps(world: Play, enter: Enter) -> None:
    her = enter("caseworker-cso", width=360)
    her.go("/")
    her.page.context.new_cdp_session(her.page).send("Network.enable")
    line = her.page.context.new_cdp_session(her.page)
    line.send("Network.emulateNetworkConditions", SLOW)
    page, main, finger = her.page, her.page.locator("main"), Taps(her)

    finger.leads_on(main.get_by_role("link", name="New case"))
    finger.box("need_tonight_codes", "food_clothes_fare")
    finger.on(main.get_by_label("Use the number instead"))
    finger.leads_on(main.get_by_role("button", name="Continue"))
    finger.choice(page.locator("select[name=district]"), "TJ-KT-01")
    finger.leads_on(main.get_by_role("button", name="Continue"))
    code = her.code
    finger.leads_on(main.get_by_role("button", name="Register and refer now"))

    her.sees("Help does not depend on any answer.")
    finger.box("language", "tg")
    finger.box("read", "on")
    finger.box("a_shelter_social_help", "yes")
    finger.box("how_given", "spoken")
    finger.leads_on(main.get_by_role("button", name="Save the answers"))

    with page.expect_response("**/refer/"):
        finger.on(main.locator('label:has([name="service"])').first)
    page.locator("#side .slip").wait_for()
    finger.on(main.get_by_label("The person was told"))
    finger.leads_on(main.get_by_role("button", name="Send, answer by"))
    her.sees("Waiting for an answer")

    assert finger.number <= BUDGET, finger.number
    state = (
        "select r.state_code from referral r join referral_origin f on f.referral_id = r.id"
        ' join "case" c on c.id = f.case_id where c.code = %s'
    )
    assert world.one(state, [code]) == "sent"
