"""She signs out by the other button that says so, on the page of her devices: her other window stays open.

What is signed out in one window is covered in the others of that browser. Only the button beside the names of the pages
says so to them; "Sign out" among her open sessions ends the same session by the same address, and what she typed and
opened stands in the other window for whoever sits there next. Red on 248b16c.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError as NotInTime

from tests.web.conftest import house, opened, show
from tests.web.in_a_browser import ORIGIN, Shown
from tests.web.senders import Senders

__all__ = ["house", "opened", "show"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.mark.parametrize("where", ["/cases/", "/account/devices/"])
def test_her_other_window_is_covered(house: Senders, show: Callable[..., Shown], where: str) -> None:
    case = house.case(needs={"needs": "Canary-Needs"})
    house.agreed(case)
    page = show(f"/cases/{case.code}/section/?of=needs").page
    page.locator("[name=wishes]").fill("Canary-Wish")
    other = page.context.new_page()
    other.goto(f"{ORIGIN}{where}")
    other.get_by_role("button", name="Sign out").first.click() if where == "/cases/" else other.locator(
        "main"
    ).get_by_role("button", name="Sign out").click()
    other.wait_for_url("**/account/sign-*/**")
    with suppress(NotInTime):
        page.get_by_text("Names and stories have closed.").wait_for(timeout=4000)
    assert page.locator("[name=wishes]").count() == 0, "she has signed out, and what she typed stands there"
