"""The list of cases in a real browser: how much of it fits, and that a row is a link of 44 px."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from hamkori.casework.case.models import Case
from hamkori.site.screens.looks import barriers
from tests.cast import pass_time
from tests.database import god
from tests.web.in_a_browser import Shown, shot
from tests.web.senders import Senders

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

Show = Callable[..., Shown]
TALLEST, ROW = 1350, 44
LAST_ROW = "[...document.querySelectorAll('main table.dense tbody tr')].pop().getBoundingClientRect().bottom + scrollY"
"""Where the list ends. Below it stand the pages and what is provisional."""


def test_twenty_five_rows_stand_within_a_screen_and_a_half(house: Senders, show: Show) -> None:
    for _ in range(25):
        house.case()
    shown = show("/cases/")
    page = shown.page
    page.set_viewport_size({"width": 1366, "height": 900})
    shot(page, "list-1366-light")
    rows = page.locator("table.dense tbody tr")
    assert rows.count() == 25
    assert {round(row.bounding_box()["height"]) for row in rows.all()} == {ROW}
    assert page.evaluate(LAST_ROW) <= TALLEST
    code = "".join(filter(str.isdigit, rows.first.locator("td, th").first.inner_text()))
    rows.first.locator("td").nth(3).click(force=True)
    page.wait_for_url(f"**/cases/{code}/")
    shown.go("/cases/")
    shown.look(360, "dark")
    shot(page, "list-360-dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    typed, find = (page.locator(f".finder {one}").first.bounding_box() for one in (".in", "button"))
    assert typed["y"] == find["y"], "one line"
    assert typed["width"] > 180, "as wide as what stands in it"
    assert not page.locator(".finder .chip").first.is_visible()
    page.get_by_text("Filters", exact=True).click()
    assert page.get_by_role("link", name="Late or stopped").is_visible()
    assert barriers(page) == []


def in_tajik(shown: Shown, slug: str) -> None:
    """The filters are longer there and may take a second line: the rows end within a screen and a half."""
    assert shown.client is not None
    shown.client.post("/language/", {"language": "tg"})
    shown.go("/cases/")
    shot(shown.page, f"list-regions-tg-{slug}")
    assert shown.page.evaluate("document.documentElement.lang") == "tg"
    boxes = [row.bounding_box() for row in shown.page.locator("table.dense tbody tr").all()]
    assert {round(box["height"]) for box in boxes} == {ROW}
    assert boxes[-1]["y"] + boxes[-1]["height"] <= TALLEST
    shown.client.post("/language/", {"language": "en"})
    shown.go("/cases/")


def test_a_second_region_brings_a_column_and_a_filter_and_still_fits(house: Senders, show: Show) -> None:
    """Red before: a row with three referrals had 66 px."""
    made = [house.case() for _ in range(25)]
    house.agreed(made[0])
    house.agreed(made[0], "legal")
    house.accepted(house.sent(made[0]))
    house.sent(made[0], service="LEGAL-01")
    house.sent(made[0], urgency="normal")
    pass_time(hours=3)
    with god():
        for number, case in enumerate(made):
            region = ("TJ-KT", "TJ-RA", "TJ-GB")[number % 3]
            step = {
                "next_step_code": ("ask_agreement", "review_risk")[number % 2],
                "next_step_on": timezone.localdate(),
            }
            Case.objects.filter(pk=case.pk).update(region_code=region, risk_code="raised", **step)
    for slug in ("caseworker-cso", "supervisor-cso"):
        shown = show("/cases/", slug)
        page = shown.page
        page.set_viewport_size({"width": 1366, "height": 900})
        shot(page, f"list-regions-{slug}")
        rows = page.locator("table.dense tbody tr")
        assert rows.count() == 25
        assert {round(row.bounding_box()["height"]) for row in rows.all()} == {ROW}
        assert page.evaluate(LAST_ROW) <= TALLEST
        assert "Khatlon" in page.locator("table.dense").inner_text()
        marks = page.locator("td.marks", has_text="+2")
        assert marks.locator(".tag").count() == 1, "the gravest of three"
        assert "ccepted" in (marks.locator("> .quiet-label").text_content() or "")
        in_tajik(shown, slug)
        page.get_by_text("Region", exact=True).first.click()
        page.get_by_role("link", name="Khatlon").click()
        page.wait_for_url("**/cases/?region=TJ-KT")
        shot(page, f"list-of-a-region-{slug}")
        assert page.locator("table.dense tbody tr").count() == 9
        assert barriers(page) == []
