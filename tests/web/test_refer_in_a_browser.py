"""Referring in a real browser, on a telephone: four taps, the preview follows the choice, nothing sticks out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextvars import copy_context
from pathlib import Path
from typing import Any

import django_htmx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, Route

from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from hamkori.web.kit import assets
from tests.cast import World
from tests.database import god
from tests.web.closing import close
from tests.web.senders import Senders, referrals, state

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
Show = Callable[..., tuple[Page, list[str]]]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    assets.build(folder)
    return folder


@pytest.fixture
def house(small_world: World) -> Senders:
    return Senders(small_world)


@pytest.fixture
def show(house: Senders, browser: Browser, files: Path) -> Iterator[Show]:
    """Opens a page of the product itself: whatever the browser asks is asked of it, redirects followed."""
    contexts = []
    theirs = Path(django_htmx.__file__).parent / "static" / "django_htmx"

    def open_page(path: str, width: int = 360, scheme: Any = "light", script: bool = True) -> tuple[Page, list[str]]:
        client, ours = house.browser(), copy_context()  # the driver's own context knows no connection of this test
        context = browser.new_context(
            viewport={"width": width, "height": 780}, color_scheme=scheme, java_script_enabled=script
        )
        contexts.append(context)
        page, complaints = context.new_page(), list[str]()

        def answer(route: Route, request: Request) -> None:
            asked = request.url.removeprefix(ORIGIN)
            if asked.startswith("/static/"):
                name = asked.partition("?")[0]
                file = (theirs if "django_htmx" in name else files) / Path(name).name
                route.fulfill(body=file.read_bytes(), content_type=KINDS[file.suffix])
                return
            extra = {"HX-Request": "true"} if request.headers.get("hx-request") == "true" else {}
            if request.method == "POST":
                said = ours.run(
                    client.post,
                    asked,
                    request.post_data or "",
                    content_type="application/x-www-form-urlencoded",
                    headers=extra,
                    follow=True,
                )
            else:
                said = ours.run(client.get, asked, headers=extra, follow=True)
            policy = {"Content-Security-Policy": said.headers.get("Content-Security-Policy", "")}
            route.fulfill(body=said.content, status=said.status_code, content_type="text/html", headers=policy)

        page.route("**/*", answer)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{ORIGIN}{path}")
        page.wait_for_load_state("load")
        return page, complaints

    yield open_page
    close(contexts)


def shot(page: Page, name: str) -> None:
    """A picture for whoever looks at the pages; none is kept in an ordinary run."""
    if os.environ.get("HAMKORI_SHOTS"):
        page.screenshot(path=f"{os.environ['HAMKORI_SHOTS']}/{name}.png", full_page=True)


def axe(page: Page) -> list[tuple[str, str]]:
    return [(each["id"], each["nodes"][0]["html"]) for each in Axe().run(page).response["violations"]]


@pytest.fixture
def case(house: Senders):
    case = house.case(needs={"needs": "Canary-Needs"}, identity={"legal_names": "Canary-Legal"})
    house.agreed(case)
    return case


def test_four_taps_on_a_telephone(house: Senders, show: Show, case) -> None:
    page, complaints = show(f"/cases/{case.code}/refer/")  # the first tap is on the page of the case
    shot(page, "refer-1-360")
    assert page.locator("[name=told]").count() == 0
    page.get_by_role("radio", name="Shelter Kulob").click()
    page.locator("#side .slip").wait_for()
    assert page.get_by_role("radio", name="Shelter Kulob").is_checked()
    assert page.locator("[name=sections][value=needs]").is_checked()
    slip = page.locator(".slip").bounding_box()
    send = page.get_by_role("button", name="Send, answer by").bounding_box()
    assert slip is not None
    assert send is not None
    assert slip["y"] < send["y"], "what they will see stands above Send"
    page.get_by_label("She was told").check()
    shot(page, "refer-2-360")
    assert page.evaluate(OUT_OF_THE_PAGE) == []
    assert complaints == []
    assert axe(page) == []
    page.get_by_role("button", name="Send, answer by").click()
    page.get_by_text("Waiting for an answer").first.wait_for()
    (referral,) = referrals()
    assert state(referral) == "sent"


def test_what_they_will_see_follows_and_what_was_typed_stays(show: Show, case) -> None:
    page, complaints = show(f"/cases/{case.code}/refer/", 1366)
    page.get_by_role("radio", name="Shelter Kulob").click()
    page.locator("#side .slip").wait_for()
    page.locator("#id_agreed_text").fill("Canary-Typed")
    page.get_by_label("She was told").check()
    with page.expect_response("**/refer/"):
        page.locator("[name=sections][value=needs]").uncheck()
    page.locator(".slip .later dd", has_text="Needs").wait_for(state="detached")
    assert page.locator("#id_agreed_text").input_value() == "Canary-Typed"
    with page.expect_response("**/refer/"):
        page.get_by_label("Within a day").check()
    page.get_by_text("It is held for 30 seconds").wait_for()
    assert page.get_by_label("She was told").is_checked()
    assert complaints == []
    assert not referrals()


def test_it_works_without_script(show: Show, case) -> None:
    page, _complaints = show(f"/cases/{case.code}/refer/", script=False)
    page.get_by_role("radio", name="Shelter Kulob").check()
    page.get_by_role("button", name="Show what they will see").click()
    page.get_by_label("She was told").check()
    page.get_by_role("button", name="Send, answer by").click()
    assert page.get_by_text("Waiting for an answer").count()
    assert len(referrals()) == 1


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (360, "dark"), (1366, "light")])
def test_nothing_sticks_out_and_axe_finds_nothing(house: Senders, show: Show, case, width: int, scheme: str) -> None:
    for name, path in stories(house, case).items():
        page, complaints = show(path, width, scheme)
        shot(page, f"{name}-{width}-{scheme}")
        assert page.evaluate(OUT_OF_THE_PAGE) == [], name
        assert complaints == [], name
        if width != 320:
            assert axe(page) == [], name


def stories(house: Senders, case) -> dict[str, str]:
    """Addresses of the pages in their states."""
    doctor = house.case({"need_tonight_codes": ["doctor"]})
    draft = house.draft(case)
    waiting = house.sent(case, sections=["contact", "needs"])
    with house.as_("desk-shelter") as desk:
        card = Referral.objects.get(pk=waiting.pk)
        receive.ask(desk, card, version=card.version, question_code="can_travel")
    others = []
    for facts in ({}, {}, {}):
        one = house.case(facts)
        house.agreed(one)
        others.append(house.sent(one))
    house.accepted(others[0], meeting={"hour": "10:30", "place": "Canary-Corner", "ask_for": "Canary-Name"})
    house.accepted(others[1])
    house.finished(others[1])
    with house.as_("desk-shelter") as desk:
        card = Referral.objects.get(pk=others[2].pk)
        receive.decline(desk, card, version=card.version, reason="full")
    with god():
        codes = {one.pk: one.code for one in Referral.objects.all()}
    at = {
        name: f"/referrals/{codes[one.pk]}/"
        for name, one in zip(("accepted", "finished", "declined"), others, strict=True)
    }
    return {
        "nothing-fits": f"/cases/{doctor.code}/refer/",
        "draft": f"/referrals/{draft.code}/",
        "edit": f"/referrals/{draft.code}/edit/",
        "waiting": f"/referrals/{waiting.code}/",
        "answer": f"/referrals/{waiting.code}/answer/",
        "recall": f"/referrals/{waiting.code}/recall/",
        "accepted": at["accepted"],
        "meeting": f"{at['accepted']}?open=meeting",
        "add": f"{at['accepted']}add/",
        "finished": at["finished"],
        "confirm": f"{at['finished']}confirm/",
        "declined": at["declined"],
        "again": f"{at['declined']}again/",
        "list": "/referrals/",
        "list-empty": "/referrals/?show=accepted&after=x",
    }
