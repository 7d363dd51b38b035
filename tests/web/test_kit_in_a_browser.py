"""The style guide in a real browser: nothing sticks out, nothing breaks the policy, the scripts do what they say.

No server stands behind it: the page is rendered here and handed to the browser with the strictest headers.
"""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.test import RequestFactory
from django.utils import timezone, translation
from playwright.sync_api import Page, Request, Route

from hamkori.site.screens.looks import barriers
from hamkori.web.kit import styleguide
from tests.web.conftest import Opened
from tests.web.in_a_browser import ORIGIN, OUT_OF_THE_PAGE, Shown, is_file

pytestmark = pytest.mark.browser

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'"
SCHEMES, WIDTHS = ("light", "dark"), (320, 360, 1366)
LONGER_WORDS = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode;
    text.data = text.data.replace(/\\p{L}{4,}/gu, (word) => word + word.slice(0, Math.ceil(word.length * 0.35)));
  }
}"""


class Sheet(Shown):
    """The style guide, what was posted, and how often it was fetched."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.posts: list[str] = []
        self.loads = 0
        page.on("requestfailed", lambda request: self.complaints.append(request.url))


Show = Callable[..., Sheet]


@pytest.fixture
def show(opened: Opened) -> Show:
    def open_page(
        query: str = "", fragment: str = "", change: Callable[[str], str] = str, width: int = 1366, **options: Any
    ) -> Sheet:
        shown = Sheet(opened(width, **options).new_page())

        def answer(route: Route, request: Request) -> None:
            path = request.url.removeprefix(ORIGIN).partition("?")[0]
            if is_file(route, path):
                return
            if request.method == "POST":
                shown.posts.append(request.post_data or "")
                route.fulfill(body="Draft kept 14:02", content_type="text/plain")
            elif path == "/styleguide/":
                shown.loads += 1
                with translation.override("en"), timezone.override("Asia/Dushanbe"):
                    page = styleguide.sheet(RequestFactory().get(f"/styleguide/?{query}")).content.decode()
                route.fulfill(body=change(page), content_type="text/html", headers={"Content-Security-Policy": POLICY})
            else:
                route.abort()

        shown.page.route("**/*", answer)
        shown.go(f"/styleguide/{fragment}")
        return shown

    return open_page


def test_nothing_sticks_out_and_nothing_complains(show: Show) -> None:
    shown = show()
    for words in ("as they are", "a third longer, as in Tajik"):
        if words != "as they are":
            shown.page.evaluate(LONGER_WORDS)
        for width, scheme in product(WIDTHS, SCHEMES):
            shown.look(width, scheme)
            assert shown.page.evaluate(OUT_OF_THE_PAGE) == [], (width, scheme, words)
    assert shown.complaints == []


def test_rows_at_a_desk_are_as_high_as_they_are_drawn(show: Show) -> None:
    """Red before: 66 px of a row of work, 57 of a locked part."""
    shown = show()
    shown.look(1366, "light")
    for rows, height in ((".work:not(.still) > li", 60), ("table.dense tbody tr", 44), (".locks > li", 44)):
        boxes = [row.bounding_box() for row in shown.page.locator(rows).all()]
        assert boxes
        assert max(box["height"] for box in boxes if box) <= height + 1, rows


def test_axe_finds_nothing(show: Show) -> None:
    shown = show()
    for width, scheme in product((360, 1366), SCHEMES):
        shown.look(width, scheme)
        assert barriers(shown.page) == [], (width, scheme)


@pytest.mark.parametrize("theme", ["", "light", "dark"])
def test_paper_is_light_also_where_the_device_is_dark(show: Show, theme: str) -> None:
    """Red before with the theme of the device: light letters on a dark page."""
    page = show(scheme="dark").page
    page.evaluate("theme => theme && document.documentElement.setAttribute('data-theme', theme)", theme)
    page.emulate_media(media="print", color_scheme="dark")
    of = "name => getComputedStyle(document.body)[name]"
    assert page.evaluate(of, "backgroundColor") in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
    assert page.evaluate(of, "color") == "rgb(0, 0, 0)"


def test_the_typeface_and_the_icons_arrive_under_the_strict_policy(show: Show) -> None:
    page = show().page
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('600 16px Onest'))")
    box = page.locator(".rail .nav use").first.evaluate("use => use.getBoundingClientRect().width")
    assert box > 5


def test_right_to_left_nothing_sticks_out(show: Show) -> None:
    shown = show(width=360, change=lambda page: page.replace('dir="ltr"', 'dir="rtl"', 1))
    assert shown.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_phone_opens_all_places_without_script_and_hides_the_bar_in_a_task(show: Show) -> None:
    page = show(width=360, java_script_enabled=False).page
    assert page.get_by_role("link", name="Directory").count() == 0
    page.get_by_role("link", name="More").click()
    assert page.get_by_role("link", name="Directory").is_visible()
    page.get_by_role("link", name="Close the menu").click()
    assert page.get_by_role("link", name="Directory").count() == 0
    in_task = show("task", width=360).page
    assert in_task.locator(".bar").count() == 0
    assert in_task.get_by_role("link", name="Back to: Cases").is_visible()


def test_typing_is_kept_as_a_draft_with_the_servers_words(show: Show) -> None:
    shown = show()
    shown.page.clock.install()
    shown.page.locator("#id_wish").fill("a quiet room")
    shown.page.clock.run_for(2_000)
    assert shown.posts == [], "not while she is still typing"
    shown.page.clock.run_for(2_000)
    shown.page.get_by_text("Draft kept 14:02").wait_for()
    assert len(shown.posts) == 1
    assert "wish=a+quiet+room" in shown.posts[0]


def test_the_screen_is_covered_by_one_key_and_lifted_again(show: Show) -> None:
    page = show().page
    page.locator("#id_call_her").focus()
    page.keyboard.press("F9")
    assert page.get_by_text("The screen is covered.").is_visible()
    assert not page.get_by_role("heading", name="Style guide").is_visible()
    page.keyboard.press("Enter")
    assert page.get_by_role("heading", name="Style guide").is_visible()
    assert page.evaluate("document.activeElement.id") == "id_call_her"


def test_keys_work_only_for_who_turned_them_on_and_never_while_typing(show: Show) -> None:
    quiet = show().page
    quiet.evaluate("document.activeElement.blur()")
    quiet.keyboard.press("KeyN")
    assert quiet.evaluate("location.hash") == ""
    page = show(change=lambda text: text.replace("<html ", "<html data-keys ", 1)).page
    page.locator("#id_call_her").press("KeyN")
    assert page.evaluate("location.hash") == ""
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("KeyN")
    # The browser says where it went a moment after the key.
    page.wait_for_url("**/#new")
    page.keyboard.press("KeyG")
    page.keyboard.press("KeyC")
    page.wait_for_url("**/#cases")


def test_a_target_turns_late_on_an_open_page_by_the_servers_clock(show: Show) -> None:
    """The browser's clock is years off; only the server's counts."""
    page = show().page
    page.clock.install()
    page.reload()
    row = page.locator(".item", has_text="Answer a referral for social help").locator(".when")
    assert row.inner_text().strip() == "By 14:55"
    page.clock.run_for(49 * 60_000)
    assert "late" not in (row.get_attribute("class") or "")
    page.clock.run_for(2 * 60_000)
    assert row.inner_text().strip() == "Late since 14:55"
    assert "late" in (row.get_attribute("class") or "")


def test_an_opened_part_is_emptied_when_the_vault_closes_and_typing_stays(show: Show) -> None:
    shown = show()
    shown.page.clock.install()
    shown.page.reload()
    shown.page.locator("#id_wish").fill("a quiet room")
    loads = shown.loads
    shown.page.clock.run_for(154 * 60_000)
    assert shown.page.locator("[data-opened]").inner_text() != "Locked again."
    shown.page.clock.run_for(2 * 60_000)
    assert shown.page.get_by_text("What you wrote stays on this page").is_visible()
    assert shown.page.locator("[data-opened], #id_wish").count() == 0, "and nobody who passes by reads it"
    assert shown.loads == loads, "a page with something typed is not fetched anew"


TWO_TAPS = """(button) => {
  let stopped = 0;
  document.addEventListener("submit", (event) => { stopped += event.defaultPrevented ? 1 : 0; });
  button.click();
  button.click();
  return [stopped, button.getAttribute("aria-disabled")];
}"""


def test_a_second_tap_does_not_send_again(show: Show) -> None:
    shown = show(change=lambda page: page.replace('action="#stop"', 'action="/slow/"'))
    assert shown.page.get_by_role("button", name="Stop it").evaluate(TWO_TAPS) == [1, "true"]
    shown.page.wait_for_url("**/slow/")
    assert len(shown.posts) == 1
