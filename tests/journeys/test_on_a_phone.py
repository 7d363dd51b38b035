"""A cheap telephone on a slow line: from Today to a request that is on its way, counted in taps."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator

from tests.journeys.conftest import Enter
from tests.journeys.people import Somebody
from tests.journeys.play import Play

pytestmark = [pytest.mark.browser, pytest.mark.long]

BUDGET = 16
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
OUT_OF_THE_PAGE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


class Taps:
    """A finger. Typing is none; to open a list and to choose from it are two."""

    def __init__(self, her: Somebody) -> None:
        self.her = her
        self.number = 0

    def on(self, thing: Locator) -> None:
        thing.scroll_into_view_if_needed()
        thing.tap()
        self.number += 1

    def leads_on(self, thing: Locator) -> None:
        """A tap that brings another page; nothing sticks out of it."""
        with self.her.page.expect_navigation():
            self.on(thing)
        assert not self.her.page.evaluate(OUT_OF_THE_PAGE), self.her.page.url

    def choice(self, select: Locator, value: str) -> None:
        """Opens the telephone's list and takes one line of it."""
        select.select_option(value=value)
        self.number += 2

    def box(self, name: str, value: str) -> None:
        """The row of a tick box or of one of several answers, as large as a thumb."""
        page = self.her.page
        self.on(page.locator("main label", has=page.locator(f'[name={name}][value="{value}"]')).first)


def test_register_and_refer_in_sixteen_taps(world: Play, enter: Enter) -> None:
    her = enter("caseworker-cso", width=360)
    her.go("/")
    her.page.context.new_cdp_session(her.page).send("Network.enable")
    line = her.page.context.new_cdp_session(her.page)
    line.send("Network.emulateNetworkConditions", SLOW)
    page, main, finger = her.page, her.page.locator("main"), Taps(her)

    finger.leads_on(main.get_by_role("link", name="New case"))
    finger.box("need_tonight_codes", "food_clothes_fare")
    finger.on(main.get_by_label("Use the code instead"))
    finger.leads_on(main.get_by_role("button", name="Continue"))
    finger.choice(page.locator("select[name=district]"), "TJ-KT-01")
    finger.leads_on(main.get_by_role("button", name="Continue"))
    code = her.code
    finger.leads_on(main.get_by_role("button", name="Register and refer now"))

    her.sees("Help does not depend on this answer.")
    finger.box("a_shelter_social_help", "yes")
    finger.choice(page.locator("select[name=language]"), "tg")
    finger.box("how_given", "spoken")
    finger.leads_on(main.get_by_role("button", name="Save her answers"))

    with page.expect_response("**/refer/"):
        finger.on(main.locator('label:has([name="service"])').first)
    page.locator("#side .slip").wait_for()
    finger.on(main.get_by_label("She was told"))
    finger.leads_on(main.get_by_role("button", name="Send, answer by"))
    her.sees("Waiting for an answer")

    assert finger.number <= BUDGET, finger.number
    state = (
        "select r.state_code from referral r join referral_origin f on f.referral_id = r.id"
        ' join "case" c on c.id = f.case_id where c.code = %s'
    )
    assert world.one(state, [code]) == "sent"
