"""Pages of the product in a real browser, without a server: what the browser asks is answered by the test itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextvars import copy_context
from pathlib import Path
from typing import Any, cast

import django_htmx
from playwright.sync_api import BrowserContext, Page, Request, Route

from hamkori.web.kit import assets
from tests import doors

ORIGIN = "http://hamkori.test"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
THEIRS = Path(django_htmx.__file__).parent / "static" / "django_htmx"
SENT_ON = ("referer", "hx-request", "hx-current-url")
GIVEN_BACK = ("Content-Security-Policy", "HX-Redirect", "HX-Trigger")
OUT_OF_THE_PAGE = """() => {
  const wide = document.documentElement.clientWidth;
  return [...document.querySelectorAll("body *")].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.width > 1 && box.right > wide + 1 && !e.closest(".scroll, .quiet-label, .skip");
  }).map((e) => e.outerHTML.slice(0, 90));
}"""

Answer = Callable[[Route, Request], None]


class Shown:
    """A page that is open, what it complained of, and in whose name it asks: another sign-in takes her place."""

    def __init__(self, page: Page, client: doors.DoorClient | None = None) -> None:
        self.page = page
        self.client = client
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, path: str) -> None:
        """Open an address of the product."""
        self.page.goto(f"{ORIGIN}{path}")
        self.page.wait_for_load_state("load")

    def look(self, width: int, scheme: str) -> None:
        """The same page on a screen of this width, in this theme, at once: colours that fade are neither."""
        self.page.set_viewport_size({"width": width, "height": 780})
        self.page.emulate_media(color_scheme=cast(Any, scheme), reduced_motion="reduce")

    def answer(self) -> Answer:
        """Asks the product whatever the browser asks; redirects are followed."""
        ours = copy_context()  # the driver's own context knows no connection of this test

        def one(route: Route, request: Request) -> None:
            asked = request.url.removeprefix(ORIGIN)
            if is_file(route, asked):
                return
            headers = {name: request.headers[name] for name in SENT_ON if name in request.headers}
            headers = {name: value.replace(ORIGIN, "http://testserver") for name, value in headers.items()}
            assert self.client is not None
            if request.method == "POST":
                form = {"content_type": "application/x-www-form-urlencoded"}
                said = ours.run(self.client.post, asked, request.post_data or "", headers=headers, follow=True, **form)
            else:
                said = ours.run(self.client.get, asked, headers=headers, follow=True)
            given = {name: said.headers[name] for name in GIVEN_BACK if name in said.headers}
            route.fulfill(body=said.content, status=said.status_code, content_type="text/html", headers=given)

        return one


def is_file(route: Route, asked: str) -> bool:
    """Answers if it was a file of the pages, as it was built before the first test; whether it was one."""
    if not asked.startswith("/static/"):
        return False
    name = asked.partition("?")[0]
    file = (THEIRS if "django_htmx" in name else assets.BUILT) / Path(name).name
    route.fulfill(body=file.read_bytes(), content_type=KINDS[file.suffix])
    return True


def close(contexts: Iterable[BrowserContext]) -> None:
    """Closes them once nobody answers any more: closed under an answer on its way, a context waits for ever."""
    for context in contexts:
        for page in context.pages:
            page.unroute_all(behavior="wait")
        context.unroute_all(behavior="wait")
        context.close()


def shot(page: Page, name: str) -> None:
    """A picture for whoever looks at the pages; none is kept in an ordinary run."""
    if os.environ.get("HAMKORI_SHOTS"):
        page.screenshot(path=f"{os.environ['HAMKORI_SHOTS']}/{name}.png", full_page=True)
