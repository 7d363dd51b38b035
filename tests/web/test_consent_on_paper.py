"""The record of consent on paper, in a real browser: one press, two languages side by side, nothing cut off."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.web.in_a_browser import Shown, shot
from tests.web.senders import Senders

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

Show = Callable[..., Shown]
A4 = 794
"""Its width in pixels of a page."""


@pytest.fixture
def case(house: Senders):
    case = house.case()
    house.agreed(case)
    house.agreed(case, kind="police", purpose="justice", answer="no")
    return case


def as_pdf(page: Page, name: str) -> bytes:
    made = page.pdf(format="A4", prefer_css_page_size=True, print_background=True)
    if os.environ.get("HAMKORI_SHOTS"):
        (Path(os.environ["HAMKORI_SHOTS"]) / f"{name}.pdf").write_bytes(made)
    return made


def test_one_press_saves_and_shows_the_paper_in_two_languages(show: Show, case) -> None:
    page = show(f"/cases/{case.code}/consent/").page
    page.locator("[name=a_legal_help][value=no]").check(force=True)
    page.get_by_label("In person").locator("visible=true").check(force=True)
    page.add_init_script("window.print = () => { document.title = 'printed' }")
    page.locator("button[name=print]").click()
    page.get_by_role("heading", name="Consent on paper").wait_for()
    paper = page.locator(".bare")
    assert paper.get_by_text("Help does not depend on any answer here.").is_visible()
    assert paper.get_by_text("Your answers").first.is_visible()
    assert paper.get_by_text("Shared: what you want them to know; How to reach the person safely").first.is_visible()
    assert page.get_by_text("Saved. Nothing is sent without a yes.").is_visible()
    page.evaluate("document.title = 'not yet'")
    page.get_by_role("button", name="Print", exact=True).click()
    assert page.title() == "printed"
    page.emulate_media(media="print")
    assert not page.get_by_text("Saved. Nothing is sent without a yes.").is_visible(), "the paper has no place for it"
    assert "today" not in paper.inner_text(), "a paper lives on"
    assert paper.get_by_text("Кумак ба ҳеҷ ҷавоби шумо вобаста нест.").is_visible()


@pytest.mark.parametrize("pair", [("tg", "en"), ("ru", "tg"), ("fr", "en")])
def test_the_paper_fits_a_sheet_and_shows_nothing_but_the_record(show: Show, case, pair: tuple[str, str]) -> None:
    hers, other = pair
    page = show(f"/cases/{case.code}/consent/print/?in={hers}&with={other}").page
    shot(page, f"paper-{hers}-{other}-1366")
    page.set_viewport_size({"width": A4, "height": 1123})
    page.emulate_media(media="print")
    shot(page, f"paper-{hers}-{other}-print")
    assert page.evaluate("document.documentElement.scrollWidth") <= A4
    assert page.get_by_text("A paper can be found by somebody else.").count() == 1
    assert not page.get_by_text("A paper can be found by somebody else.").is_visible()
    columns = page.locator(".bare tbody tr").first.locator("td")
    widths = [columns.nth(place).bounding_box() for place in range(2)]
    assert all(box is not None and box["width"] > A4 / 3 for box in widths), "two columns of the same weight"
    assert as_pdf(page, f"paper-{hers}-{other}").startswith(b"%PDF")


PRINTED = """() => [...document.querySelectorAll("main *")].filter((one) => one.checkVisibility() && [...one.childNodes]
    .some((node) => node.nodeType === 3 && node.data.trim())).map((one) => getComputedStyle(one).color)"""
CONTROLS = ".rail, .bar, .top, .btn, button, nav, a.solo, summary, .anew"


def test_a_case_and_her_answers_print_without_controls_black_on_white_from_a_dark_screen_too(show: Show, case) -> None:
    """Red before: links and lists of links were printed, and the chosen answer was white without its ground."""
    for path in ("", "consent/"):
        shown = show(f"/cases/{case.code}/{path}")
        shown.look(A4, "dark")
        shown.page.emulate_media(media="print", color_scheme="dark")
        shot(shown.page, f"case-{path.rstrip('/') or 'page'}-printed")
        printed = shown.page.locator(CONTROLS).evaluate_all(
            "(all) => all.filter((one) => one.checkVisibility()).length"
        )
        assert printed == 0, path
        colours = set(shown.page.evaluate(PRINTED))
        assert colours <= {"rgb(0, 0, 0)", "rgb(51, 51, 51)"}, (path, colours)
    answers = shown.page.locator(".ask4 .seg span:visible").all_inner_texts()
    assert set(answers) <= {"Yes, with name", "No", "Not asked"}, "one answer each, the chosen one"
