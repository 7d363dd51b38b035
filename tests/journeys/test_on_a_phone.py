"""A cheap telephone on a slow line: from Today to a referral that is on its way, counted in taps and fields."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Enter
from tests.journeys.counting import Taps
from tests.journeys.play import Play

pytestmark = [pytest.mark.browser, pytest.mark.long]

SLOW = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
STATE = (
    "select r.state_code from referral r join referral_origin f on f.referral_id = r.id"
    ' join "case" c on c.id = f.case_id where c.code = %s'
)


def slow(page: Page) -> None:
    """The line of a district: 400 kbit/s."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)


@pytest.mark.parametrize("language", ["en", "tg"])
def test_register_and_refer_in_sixteen_taps_and_nine_fields(world: Play, enter: Enter, language: str) -> None:
    her = enter("caseworker-cso", width=360, language=language)
    her.go("/")
    slow(her.page)
    main, finger = her.page.locator("main"), Taps(her)

    def button(name: str, value: str) -> None:
        finger.leads_on(main.locator(f'button[name="{name}"][value="{value}"]').first)

    finger.leads_on(main.locator('a[href="/cases/first/"]').first)
    finger.answers(main.locator('button[name="danger"][value="talk"]'))
    finger.box("sex_code", "female")
    finger.box("age_band_code", "a18_29")
    button("do", "go")
    code = her.code
    finger.box("pay", "present")
    finger.box("documents", "present")
    button("read", "tg")
    finger.box("a_shelter_social_help", "yes")
    finger.box("police", "no")
    button("how", "spoken")
    finger.box("tonight", "needs")
    finger.box("urgency", "urgent")
    button("do", "go")
    finger.leads_on(main.locator('button[name="service"]').first)
    button("do", "send")
    main.locator(".note.done").wait_for()
    assert "step=sent" in her.page.url

    finger.within(16, 9)
    assert world.one(STATE, [code]) == "sent"
