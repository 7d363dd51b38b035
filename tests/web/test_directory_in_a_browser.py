"""The directory's pages in a real browser: narrow, wide, light, dark, full, empty, with errors and with conflicts."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Request, Route

from hamkori.site.screens.looks import barriers
from tests import doors
from tests.directory.packages import SUGHD
from tests.directory.taken import take
from tests.directory.world import offered
from tests.web.conftest import Opened
from tests.web.in_a_browser import ORIGIN, OUT_OF_THE_PAGE, Shown, is_file, shot

# Playwright runs a loop of its own in this thread; the database is asked from the test alone.
pytestmark = [pytest.mark.browser, pytest.mark.django_db]

PAGES = ("list", "empty", "service", "shelter", "edit", "error", "conflict")


def written(language: str) -> Iterator[tuple[str, str, str]]:
    """The pages of a small world: name, policy and HTML of each."""
    her = doors.person(doors.body("legal-aid", name_tg="Ҳимоя"), "Gulnora", ("desk_officer",), language=language)
    texts = {"name_tg": "Машварати ҳуқуқӣ", "text_tg": "Ройгон, бо навбат."}
    made = offered(her.organisation_id, "LEGAL-01", "TJ-KT", week=[(1, 480, 720), (1, 780, 1020)], **texts)
    shelter = offered(doors.body("panoh", name_tg="Паноҳ"), "HOME-02", admission_codes=["women"], is_full=True)
    take(SUGHD)
    client = doors.client_for(her)
    sheet = {"operation": str(uuid4()), "version": 7, "region": "TJ-SU", "is_full": "no", "is_active": "yes"}
    wrong, other = {"day_2": "early", "region": ""}, {"name_en": "Advice", "day_1": "9-17"}
    answers = {
        "list": client.get("/directory/"),
        "empty": client.get("/directory/?q=zzzz&group=HOME"),
        "service": client.get(f"/directory/{made.pk}/"),
        "shelter": client.get(f"/directory/{shelter.pk}/"),
        "edit": client.get(f"/directory/{made.pk}/edit/"),
        "error": client.post(f"/directory/{made.pk}/edit/", {**sheet, **wrong}),
        "conflict": client.post(f"/directory/{made.pk}/edit/", {**sheet, **other}),
    }
    assert tuple(answers) == PAGES
    for name, answer in answers.items():
        assert answer.status_code == {"error": 400, "conflict": 409}.get(name, 200)
        yield name, answer.headers["Content-Security-Policy"], answer.content.decode()


def show(opened: Opened, policy: str, html: str) -> Shown:
    """One page, with what its answer said of it, in a browser of its own."""
    shown = Shown(opened(360).new_page())

    def answer(route: Route, request: Request) -> None:
        if not is_file(route, request.url.removeprefix(ORIGIN)):
            route.fulfill(body=html, content_type="text/html", headers={"Content-Security-Policy": policy})

    shown.page.route("**/*", answer)
    shown.go("/directory/")
    return shown


@pytest.mark.parametrize("language", ["en", "tg"])
def test_nothing_sticks_out_nothing_complains_and_axe_finds_nothing(opened: Opened, language: str) -> None:
    """Each page on a narrow and a wide screen; in English axe looks too, at both themes."""
    for name, policy, html in written(language):
        shown = show(opened, policy, html)
        if language == "en":
            for scheme in ("light", "dark"):
                shown.look(360, scheme)
                assert barriers(shown.page) == [], (name, scheme)
        for width in (320, 1366):
            shown.look(width, "light")
            shot(shown.page, f"{name}-{width}-{language}")
            assert shown.page.evaluate(OUT_OF_THE_PAGE) == [], (name, width)
        assert shown.complaints == [], name
