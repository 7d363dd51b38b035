"""The question of a field is in sight where the list of errors leads to it; and what is ticked is counted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.web.in_a_browser import Shown, shot
from tests.web.senders import Senders
from tests.web.test_short_way import WHO, begun
from tests.web.test_short_way_in_a_browser import speaks

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
Show = Callable[..., Shown]
ABOVE = """() => {
  const legend = document.querySelector("main .field:has([name=adult]) legend") ||
    document.querySelector("main .field:has([name=adult])");
  const bar = document.querySelector(".bar") || document.querySelector("header");
  const at = bar ? bar.getBoundingClientRect() : {bottom: 0};
  return legend.getBoundingClientRect().top - Math.max(0, at.bottom);
}"""


def read_aloud(page: Page) -> list[str]:
    """The texts of the page as a screen reader has them, what a style sheet writes among them."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    return [one["name"]["value"] for one in tree if one.get("role", {}).get("value") == "StaticText"]


@pytest.mark.parametrize("language", ["en", "tg"])
def test_the_question_about_the_adult_is_in_sight_from_the_list_of_errors(
    house: Senders, show: Show, language: str
) -> None:
    """Red before: 8 px below the head of the page, or under it."""
    at = begun(house.browser())
    speaks(language)
    page = show(at, width=360).page
    page.set_viewport_size({"width": 360, "height": 560})
    for name, value in {**WHO, "age_band_code": "a9_17"}.items():
        asked = page.locator(f"main [name={name}]").first
        if asked.get_attribute("type") == "radio":
            page.locator(f"main [name={name}][value={value}]").check(force=True)
        elif asked.evaluate("e => e.tagName") == "SELECT":
            asked.select_option(str(value))
        else:
            asked.fill(str(value))
    page.locator("main [name=do][value=go]").click()
    page.wait_for_selector(".errors a")
    page.locator(".errors a[href*=adult]").click()
    shot(page, f"lands-adult-{language}")
    assert page.evaluate(ABOVE) >= 16, page.evaluate(ABOVE)


def test_how_many_are_ticked_stands_beside_the_buttons(house: Senders, show: Show) -> None:
    """Red before: four buttons that act at once, and what is ticked a screen above."""
    case = house.case()
    for kind in ("shelter_social", "health"):
        house.agreed(case, kind=kind)
    page = show(f"/cases/{case.code}/consent/withdraw/", width=360).page
    for kind in ("shelter_social", "health"):
        page.locator(f"label[for=took_{kind}-help]").click()
    assert page.locator(".ticked").first.is_visible()
    assert read_aloud(page)[read_aloud(page).index("Ticked above: ") + 1] == "2"
    shot(page, "ticked-two")
    page.locator("label[for=took_all]").click()
    assert read_aloud(page)[read_aloud(page).index("Ticked above: ") + 1] == "1", "what is out of sight is not counted"
