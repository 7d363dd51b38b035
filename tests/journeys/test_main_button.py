"""One place for the button that saves a form (ADR 244): below the last question, in its box, at its left edge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab

from hamkori.site.screens.pages import Page, pages
from tests.journeys.play import Play

pytestmark = [pytest.mark.browser, pytest.mark.long]

FORMS = {
    *("register-1", "register-2", "register-3", "case-section", "case-admit", "case-child-told", "case-reopen"),
    *("settle-age", "case-consent", "consent-child", "case-decide", "screening-part", "first-later", "first-who"),
    *("first-need", "first-answers", "sent-recall", "sent-withdraw", "sent-add", "sent-settle", "got-staff"),
    *(
        "got-withdraw",
        "desk-phone",
        "coordination-phone",
        "service-edit",
        "service-add",
        "account-passphrase",
        "unlock",
    ),
}
"""The forms that have questions and one button. What is answered by a row of buttons has no main one."""
BORDERS = 4
"""Pixels: two borders of what is framed."""
READ_ABOVE = {"refer-chosen", "sent-edit"}
"""Here a box that is read aloud stands between the questions and the button."""
PLACE = """() => {
  const seen = (e) => e.checkVisibility() && e.getBoundingClientRect().width > 3;
  const forms = [...document.querySelectorAll("main form")].map((form) => {
    const main = [...form.querySelectorAll("button.btn:not(.quiet, .plain, .small)")].filter(seen).pop();
    if (!main || main.closest(".slots, .seg, .work")) return null;
    const before = (e) => seen(e) && e.compareDocumentPosition(main) & Node.DOCUMENT_POSITION_FOLLOWING;
    const all = [...form.querySelectorAll(".field, .ask, .ask4, .choices, .seg, .prefilled")].filter(before);
    const last = all.filter((e) => !all.some((other) => other !== e && other.contains(e))).pop();
    const above = (main.closest(".actions") || main).previousElementSibling || last;
    return {main, last, above};
  }).filter((one) => one && one.above);
  if (!forms.length) return null;
  const {main, last, above} = forms.pop();
  const left = (e) => e.getBoundingClientRect().left;
  const room = (e) => e.clientWidth - ["Left", "Right"].reduce(
    (sum, side) => sum + parseFloat(getComputedStyle(e)[`padding${side}`]), 0);
  return {
    question: last ? left(main) - left(last.querySelector(".q, legend") || last) : null,
    box: left(main) - left(above),
    below: main.getBoundingClientRect().top >= (last || above).getBoundingClientRect().bottom - 1,
    short: room((main.closest(".actions") || main).parentElement) - main.getBoundingClientRect().width,
  };
}"""


def shown(world: Play, browser: Browser, names: set[str], width: int) -> Iterator[tuple[str, Tab]]:
    """Each of these pages in a window of this width."""
    with world.owner() as owner:
        known = {page.name: page for page in pages(owner)}
    signs = known["case-screening"]
    known["screening-part"] = replace(signs, press="main form button.btn")
    for name in sorted(names):
        context = browser.new_context(viewport={"width": width, "height": 780}, base_url=world.address)
        context.add_cookies(world.cookies(known[name].who))  # type: ignore[arg-type]
        yield name, opened(context.new_page(), known[name])
        context.close()


def opened(tab: Tab, page: Page) -> Tab:
    """The page, after the press that it asks for."""
    tab.goto(page.path)
    if page.press:
        with tab.expect_response(lambda response: response.request.method == "POST"):
            tab.locator(page.press).first.evaluate("thing => thing.click()")
        tab.wait_for_load_state("networkidle")
        tab.wait_for_function("() => [...document.querySelectorAll('main .btn:not(.quiet, .plain)')].length")
    return tab


def test_the_main_button_stands_below_the_last_question_at_its_left_edge(world: Play, browser: Browser) -> None:
    """Red before: of the signs, the short way and a service it stood 17 px to the left of the questions."""
    found: dict[str, Any] = {name: tab.evaluate(PLACE) for name, tab in shown(world, browser, FORMS, 1366)}
    assert [name for name, one in found.items() if one is None] == []
    assert {name: one["question"] for name, one in found.items() if abs(one["question"]) > 1} == {}
    assert [name for name, one in found.items() if not one["below"]] == []


def test_where_a_box_is_read_before_it_the_button_stands_at_the_edge_of_that(world: Play, browser: Browser) -> None:
    found: dict[str, Any] = {name: tab.evaluate(PLACE) for name, tab in shown(world, browser, READ_ABOVE, 1366)}
    assert {name: one["box"] for name, one in found.items() if abs(one["box"]) > 1} == {}
    assert [name for name, one in found.items() if not one["below"]] == []


def test_on_a_phone_it_is_as_wide_as_its_box(world: Play, browser: Browser) -> None:
    found: dict[str, Any] = {name: tab.evaluate(PLACE) for name, tab in shown(world, browser, FORMS | READ_ABOVE, 360)}
    assert {name: one["short"] for name, one in found.items() if abs(one["short"]) > BORDERS} == {}
    assert [name for name, one in found.items() if not one["below"]] == []
