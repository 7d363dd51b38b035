"""The style guide in a real browser: nothing sticks out, nothing breaks the policy, the scripts do what they say.

No server stands behind it: the page is rendered here and handed to the browser with the strictest headers.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django_htmx
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import RequestFactory
from django.utils import timezone, translation
from playwright.sync_api import Browser, Page, Request, Route

from hamkori.web.kit import assets, styleguide
from tests.web.closing import close

pytestmark = pytest.mark.browser

ORIGIN = "http://hamkori.test"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
OUT_OF_THE_PAGE = """() => {
  const wide = document.documentElement.clientWidth;
  return [...document.querySelectorAll("body *")].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.width > 1 && box.right > wide + 1 && !e.closest(".scroll, .quiet-label, .skip");
  }).map((e) => e.outerHTML.slice(0, 90));
}"""
LONGER_WORDS = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode;
    text.data = text.data.replace(/\\p{L}{4,}/gu, (word) => word + word.slice(0, Math.ceil(word.length * 0.35)));
  }
}"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    assets.build(folder)
    return folder


class Shown:
    """A page, what it complained of, and what was posted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.posts: list[str] = []
        self.loads = 0


Show = Callable[..., Shown]


@pytest.fixture
def show(browser: Browser, files: Path) -> Iterator[Show]:
    contexts = []
    theirs = Path(django_htmx.__file__).parent / "static" / "django_htmx"

    def open_page(
        query: str = "", fragment: str = "", change: Callable[[str], str] = str, width: int = 1366, **options: Any
    ) -> Shown:
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        shown = Shown(context.new_page())

        def answer(route: Route, request: Request) -> None:
            path = request.url.removeprefix(ORIGIN).partition("?")[0]
            if path.startswith("/static/"):
                file = (theirs if "django_htmx" in path else files) / Path(path).name
                route.fulfill(body=file.read_bytes(), content_type=KINDS[file.suffix])
            elif request.method == "POST":
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
        shown.page.on("console", lambda message: shown.complaints.append(message.text))
        shown.page.on("pageerror", lambda error: shown.complaints.append(str(error)))
        shown.page.on("requestfailed", lambda request: shown.complaints.append(request.url))
        shown.page.goto(f"{ORIGIN}/styleguide/{fragment}")
        shown.page.wait_for_load_state("load")
        return shown

    yield open_page
    close(contexts)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 1366])
def test_nothing_sticks_out_and_nothing_complains(show: Show, width: int, scheme: Any) -> None:
    shown = show(width=width, color_scheme=scheme)
    assert shown.page.evaluate(OUT_OF_THE_PAGE) == []
    shown.page.evaluate(LONGER_WORDS)
    assert shown.page.evaluate(OUT_OF_THE_PAGE) == [], "Tajik is a third longer"
    assert shown.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1366])
def test_axe_finds_nothing(show: Show, width: int, scheme: Any) -> None:
    found = Axe().run(show(width=width, color_scheme=scheme).page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []


@pytest.mark.parametrize("theme", ["", "light", "dark"])
def test_paper_is_light_also_where_the_device_is_dark(show: Show, theme: str) -> None:
    """Red before with the theme of the device: light letters on a dark page."""
    page = show(color_scheme="dark").page
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
    row = page.locator(".item", has_text="Answer a request for social help").locator(".when")
    assert row.inner_text().strip() == "by 14:55"
    page.clock.run_for(49 * 60_000)
    assert "late" not in (row.get_attribute("class") or "")
    page.clock.run_for(2 * 60_000)
    assert row.inner_text().strip() == "since 14:55"
    assert "late" in (row.get_attribute("class") or "")


def test_an_opened_part_is_emptied_when_the_vault_closes_and_typing_stays(show: Show) -> None:
    shown = show()
    shown.page.clock.install()
    shown.page.reload()
    shown.page.locator("#id_wish").fill("a quiet room")
    loads = shown.loads
    shown.page.clock.run_for(154 * 60_000)
    assert shown.page.locator("[data-opened]").inner_text() != "Sealed again."
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
