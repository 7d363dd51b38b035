"""A session ends while somebody writes, in a real browser: what she typed is not lost, and nobody else reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from hamkori.access.models import AccessSession
from hamkori.site.screens.looks import barriers
from tests.database import god
from tests.web.in_a_browser import ORIGIN, Shown, shot
from tests.web.senders import Senders

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

Show = Callable[..., Shown]


def end_sessions(house: Senders, slug: str = "caseworker-cso") -> None:
    """Sixteen minutes without work."""
    with god():
        for row in AccessSession.objects.filter(membership_id=house.world.people[slug].membership_id):
            row.idle_until -= timedelta(minutes=16)
            row.save()


@pytest.fixture
def case(house: Senders):
    case = house.case(needs={"needs": "Canary-Needs"})
    house.agreed(case)
    return case


def test_a_form_that_is_asked_anew_after_the_end_comes_back_in_words(house: Senders, show: Show, case) -> None:
    """Red before: the page went to the sign-in by itself, and her words with it."""
    page = show(f"/cases/{case.code}/refer/").page
    page.get_by_role("button", name="Choose Shelter Kulob").click()
    page.locator("#side .slip").wait_for()
    page.get_by_text("Add what the person wants them to know").click()
    page.locator("#id_agreed_text").fill("Canary-Typed")
    page.get_by_text("Change urgency or parts").click()
    end_sessions(house)
    page.get_by_label("Within a day").check()
    page.get_by_role("heading", name="You are signed out").wait_for()
    assert page.get_by_label("What the person wants them to know").input_value() == "Canary-Typed"
    assert page.get_by_text("Within a day").is_visible()
    assert "Canary" not in page.url


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (360, "dark"), (1366, "light")])
def test_what_is_given_back_stands_within_the_card_and_no_switch_throws_it_away(
    house: Senders, show: Show, case, width: int, scheme: str
) -> None:
    """Red before on 360: the card came within four pixels of the right edge, and a language was a page without it."""
    page = show(f"/cases/{case.code}/section/?of=needs", width=width, scheme=scheme).page
    page.locator("[name=wishes]").fill("https://example.org/" + "unbroken_" * 12)
    page.locator("[name=needs]").fill("Canary-One\nCanary-Two")
    end_sessions(house)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="You are signed out").wait_for()
    shot(page, f"ended-section-{width}-{scheme}")
    card = page.locator(".frame").bounding_box()
    assert card is not None
    assert abs(card["x"] - (width - card["x"] - card["width"])) < 1.5
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for box in page.locator(".frame textarea").all():
        inner = box.bounding_box()
        assert inner is not None
        assert inner["x"] + inner["width"] <= card["x"] + card["width"] - 12
    assert page.locator(".switch").count() == 0
    assert barriers(page) == []


def test_her_answers_are_given_back_on_a_telephone(house: Senders, show: Show, case) -> None:
    page = show(f"/cases/{case.code}/consent/", width=360, scheme="dark").page
    page.locator("[name=a_health_help][value=yes]").check(force=True)
    end_sessions(house)
    page.get_by_role("button", name="Save the answers").click()
    page.get_by_role("heading", name="You are signed out").wait_for()
    shot(page, "ended-consent-360-dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator(".frame p", has_text="yes").first.is_visible()
    assert barriers(page) == []


def test_a_list_that_asks_by_itself_leads_back_to_its_page(house: Senders, show: Show) -> None:
    """Red before: `next` was the address of the list alone, which script asks for and no page is."""
    page = show("/desk/", "desk-shelter").page
    page.clock.install()
    page.reload()
    page.locator("#waiting").wait_for()
    end_sessions(house, "desk-shelter")
    page.clock.run_for(61_000)
    page.wait_for_url(lambda address: "waiting" not in address)
    page.get_by_text("A session ends after 15 minutes without work").wait_for()
    assert page.url == f"{ORIGIN}/account/sign-in/?why=ended&next=%2Fdesk%2F"


# --- closed in another window ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["Sign out", "Lock now"])
def test_what_is_closed_in_one_window_is_covered_in_the_others(house: Senders, show: Show, case, how: str) -> None:
    """Red before: the other window went on showing what was typed and opened, to whoever sat there next."""
    shown = show(f"/cases/{case.code}/section/?of=needs")
    page = shown.page
    page.locator("[name=wishes]").fill("Canary-Wish")
    other = page.context.new_page()
    other.goto(f"{ORIGIN}/cases/")
    other.get_by_role("button", name=how).click()
    page.get_by_text("Names and stories have closed.").wait_for()
    assert page.locator("[name=wishes]").count() == 0
    assert "Canary" not in page.locator("body").inner_text()
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("Not yet.").wait_for()
    signed_in_beside(house, shown, "caseworker-cso")
    page.get_by_role("button", name="Continue").click()
    page.locator("[name=wishes]").wait_for(state="visible")
    assert page.locator("[name=wishes]").input_value() == "Canary-Wish"


@pytest.mark.parametrize("how", ["key", "button"])
def test_who_covers_one_window_covers_the_others(show: Show, case, how: str) -> None:
    """Each is lifted by itself. Red before: the other window stood open beside it, with all that it showed."""
    page = show(f"/cases/{case.code}/section/?of=needs").page
    other = page.context.new_page()
    other.goto(f"{ORIGIN}/cases/")
    if how == "key":
        other.keyboard.press("F9")
    else:
        other.get_by_role("button", name="Cover the screen").first.click()
    for window in (other, page):
        window.get_by_text("The screen is covered.").wait_for()
    other.get_by_role("button", name="Continue").click()
    assert page.get_by_text("The screen is covered.").is_visible()
    page.get_by_role("button", name="Continue").click()
    page.locator("[name=wishes]").wait_for(state="visible")


def test_a_browser_that_knows_no_other_windows_works_as_before(show: Show, case) -> None:
    page = show(f"/cases/{case.code}/section/?of=needs").page
    page.add_init_script("delete globalThis.BroadcastChannel")
    page.reload()
    assert page.evaluate("typeof BroadcastChannel") == "undefined"
    page.get_by_role("button", name="Cover the screen").first.click()
    page.get_by_text("The screen is covered.").wait_for()


# --- sixteen minutes without a press --------------------------------------------------------------------------------


def waited(house: Senders, page: Page) -> None:
    """She typed, and was called away."""
    page.clock.install()
    page.reload()
    page.locator("[name=wishes]").fill("Canary-Wish")
    page.clock.run_for(16 * 60_000)
    end_sessions(house)


def signed_in_beside(house: Senders, shown: Shown, slug: str) -> None:
    """In another window of the same browser; whoever it is now."""
    house._browsers.pop((slug, True), None)
    shown.client = house.browser(slug)


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1366, "light")])
def test_what_was_typed_waits_covered_until_she_has_signed_in_again(
    house: Senders, show: Show, case, width: int, scheme: str
) -> None:
    """Red before: the page loaded itself anew, and what was typed was gone."""
    shown = show(f"/cases/{case.code}/section/?of=needs", width=width, scheme=scheme)
    page = shown.page
    old = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    waited(house, page)
    wish, go_on = page.locator("[name=wishes]"), page.get_by_role("button", name="Continue")
    assert wish.count() == 0, "what waits is not in the page, whatever a browser shows or saves of it"
    shot(page, f"locked-{width}-{scheme}")
    assert barriers(page) == []
    page.keyboard.press("F9")
    go_on.click()
    page.get_by_text("Not yet.").wait_for()
    shot(page, f"not-yet-{width}-{scheme}")
    assert not page.get_by_text("Canary").first.is_visible()
    assert not wish.is_visible()
    assert "Canary" not in page.evaluate("JSON.stringify([localStorage, sessionStorage, history.state])")
    signed_in_beside(house, shown, "caseworker-cso")
    go_on.click()
    wish.wait_for(state="visible")
    page.clock.run_for(5_000)
    assert wish.is_visible(), "it is open by the server's time, whatever this clock says"
    assert wish.input_value() == "Canary-Wish"
    assert page.locator("[name=csrfmiddlewaretoken]").first.input_value() != old
    page.get_by_role("button", name="Save and lock").click()
    wish.wait_for(state="detached")
    assert page.get_by_text("Canary-Wish").is_visible(), "it is saved, and read again on the page of the case"


def test_another_person_does_not_lift_it(house: Senders, show: Show, case) -> None:
    shown = show(f"/cases/{case.code}/section/?of=needs")
    page = shown.page
    waited(house, page)
    signed_in_beside(house, shown, "desk-shelter")
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("Not yet.").wait_for()
    assert not page.locator("[name=wishes]").is_visible()


def test_a_page_in_which_nothing_was_typed_is_fetched_anew(house: Senders, show: Show, case) -> None:
    page = show(f"/cases/{case.code}/section/?of=needs").page
    page.clock.install()
    page.reload()
    end_sessions(house)
    page.clock.run_for(16 * 60_000)
    page.get_by_text("A session ends after 15 minutes without work").wait_for()


def test_what_was_typed_into_a_form_that_was_drawn_anew_since_waits_too(house: Senders, show: Show, case) -> None:
    page = show(f"/cases/{case.code}/refer/").page
    page.clock.install()
    page.reload()
    page.get_by_role("button", name="Choose Shelter Kulob").click()
    page.locator("#side .slip").wait_for()
    page.get_by_text("Add what the person wants them to know").click()
    page.locator("#id_agreed_text").fill("Canary-Typed")
    with page.expect_response("**/refer/"):
        page.locator("#id_need").dispatch_event("change")
    page.clock.run_for(16 * 60_000)
    assert page.get_by_text("What you wrote stays on this page").is_visible()
    assert page.locator("#id_agreed_text").count() == 0
