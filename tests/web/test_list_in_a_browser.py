"""The list of cases in a real browser: how much of it fits, and that a row is a link of 44 px."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hamkori.site.screens.looks import barriers
from tests.web.in_a_browser import Shown, shot
from tests.web.senders import Senders

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

Show = Callable[..., Shown]
TALLEST, ROW = 1350, 44


def test_twenty_five_rows_stand_within_a_screen_and_a_half(house: Senders, show: Show) -> None:
    last = [house.case() for _ in range(25)][-1]
    shown = show("/cases/")
    page = shown.page
    page.set_viewport_size({"width": 1366, "height": 900})
    shot(page, "list-1366-light")
    rows = page.locator("table.dense tbody tr")
    assert rows.count() == 25
    assert {round(row.bounding_box()["height"]) for row in rows.all()} == {ROW}
    assert page.evaluate("document.documentElement.scrollHeight") <= TALLEST
    rows.first.locator("td").nth(3).click(force=True)
    page.wait_for_url(f"**/cases/{last.code}/")
    shown.go("/cases/")
    shown.look(360, "dark")
    shot(page, "list-360-dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert barriers(page) == []
