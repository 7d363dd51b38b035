"""The directory's pages in a real browser: narrow, wide, light, dark, full, empty, with errors and with conflicts."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import django_htmx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, Route

from hamkori.web.kit import assets
from tests import doors
from tests.directory.packages import SUGHD
from tests.directory.taken import take
from tests.directory.world import offered
from tests.web.closing import close

# Playwright runs a loop of its own in this thread; the database is asked from the test alone.
pytestmark = [pytest.mark.browser, pytest.mark.django_db]

ORIGIN = "http://hamkori.test"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
OUT_OF_THE_PAGE = """() => {
  const wide = document.documentElement.clientWidth;
  return [...document.querySelectorAll("body *")].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.width > 1 && box.right > wide + 1 && !e.closest(".scroll, .quiet-label, .skip");
  }).map((e) => e.outerHTML.slice(0, 90));
}"""
PAGES = ("list", "empty", "service", "shelter", "edit", "error", "conflict")
Show = Callable[..., tuple[Page, list[str]]]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    assets.build(folder)
    return folder


def written(name: str, language: str) -> tuple[str, str]:
    """One page of a small world: its policy and its HTML."""
    her = doors.person(doors.body("legal-aid", name_tg="Ҳимоя"), "Gulnora", ("desk_officer",), language=language)
    texts = {"name_tg": "Машварати ҳуқуқӣ", "text_tg": "Ройгон, бо навбат."}
    made = offered(her.organisation_id, "LEGAL-01", "TJ-KT", week=[(1, 480, 720), (1, 780, 1020)], **texts)
    shelter = offered(doors.body("panoh", name_tg="Паноҳ"), "HOME-02", admission_codes=["women"], is_full=True)
    take(SUGHD)
    client = doors.client_for(her)
    sheet = {"operation": str(uuid4()), "version": 7, "region": "TJ-SU", "is_full": "no", "is_active": "yes"}
    answer = {
        "list": lambda: client.get("/directory/"),
        "empty": lambda: client.get("/directory/?q=zzzz&group=HOME"),
        "service": lambda: client.get(f"/directory/{made.pk}/"),
        "shelter": lambda: client.get(f"/directory/{shelter.pk}/"),
        "edit": lambda: client.get(f"/directory/{made.pk}/edit/"),
        "error": lambda: client.post(f"/directory/{made.pk}/edit/", {**sheet, "day_2": "early", "region": ""}),
        "conflict": lambda: client.post(f"/directory/{made.pk}/edit/", {**sheet, "name_en": "Advice", "day_1": "9-17"}),
    }[name]()
    assert answer.status_code == {"error": 400, "conflict": 409}.get(name, 200)
    return answer.headers["Content-Security-Policy"], answer.content.decode()


@pytest.fixture
def show(browser: Browser, files: Path) -> Iterator[Show]:
    contexts = []
    theirs = Path(django_htmx.__file__).parent / "static" / "django_htmx"

    def open_page(name: str, width: int, scheme: Any = "light", language: str = "en") -> tuple[Page, list[str]]:
        policy, html = written(name, language)
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        contexts.append(context)
        page, complaints = context.new_page(), list[str]()

        def answer(route: Route, request: Request) -> None:
            path = request.url.removeprefix(ORIGIN).partition("?")[0]
            if path.startswith("/static/"):
                file = (theirs if "django_htmx" in path else files) / Path(path).name
                route.fulfill(body=file.read_bytes(), content_type=KINDS[file.suffix])
            else:
                route.fulfill(body=html, content_type="text/html", headers={"Content-Security-Policy": policy})

        page.route("**/*", answer)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{ORIGIN}/directory/")
        page.wait_for_load_state("load")
        if os.environ.get("HAMKORI_SHOTS"):
            page.screenshot(
                path=f"{os.environ['HAMKORI_SHOTS']}/{name}-{width}-{scheme}-{language}.png", full_page=True
            )
        return page, complaints

    yield open_page
    close(contexts)


@pytest.mark.parametrize("language", ["en", "tg"])
@pytest.mark.parametrize("width", [320, 1366])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_sticks_out_and_nothing_complains(show: Show, name: str, width: int, language: str) -> None:
    page, complaints = show(name, width, language=language)
    assert page.evaluate(OUT_OF_THE_PAGE) == []
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(show: Show, name: str, scheme: str) -> None:
    page, _ = show(name, 360, scheme)
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
