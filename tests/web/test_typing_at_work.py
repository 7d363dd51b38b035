"""What is typed to the other side of a referral is kept too: the note of a result, the meeting, the person's words."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from hamkori.casework.referral.models import Referral
from hamkori.vault.models import TypedDraft
from tests.cast import tomorrow
from tests.database import god
from tests.web.forms_of import fields, text
from tests.web.in_a_browser import Shown, shot
from tests.web.senders import Senders

pytestmark = pytest.mark.django_db

Show = Callable[..., Shown]
CANARY = "Canary-Typed-Word"
HELPS, DESK = "shelter-worker", "desk-shelter"


def rows() -> int:
    with god():
        return TypedDraft.objects.count()


def keeps(house: Senders, who: str, referral: Referral, step: str, **typed: str) -> dict[str, object]:
    """The form of a step on the referral's page, three seconds after somebody typed into it."""
    page, client = f"/referrals/{referral.code}/", house.browser(who)
    form = fields(client.get(page), f"{page}{step}/")
    assert client.post("/typing/", {**form, **typed, "of": page}).status_code == 200
    shown = text(client.get(page))
    assert "You were writing here today" in shown
    assert CANARY in shown
    return {**form, **typed}


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1366])
def test_the_note_of_a_result_comes_back_after_the_page_was_killed(
    house: Senders, show: Show, sent: Referral, width: int
) -> None:
    """Red before: only locked parts, registrations and a referral's words were kept."""
    house.accepted(sent)
    address = f"/referrals/{sent.code}/"
    page = show(address, HELPS, width=width).page
    page.clock.install()
    page.reload()
    page.locator("summary", has_text="End it: no help was given").click()
    page.get_by_text("Add a note for the sender's team").click()
    page.locator("[name=note]").fill(CANARY)
    with page.expect_response("**/typing/"):
        page.clock.run_for(3_100)
    page.get_by_text("Kept for you alone at").wait_for()
    page.goto("about:blank")
    back = show(address, HELPS, width=width).page
    shot(back, f"note-offered-{width}")
    back.get_by_role("button", name="Put back").click()
    assert back.locator("[name=note]").is_visible(), "the folds around it are opened"
    assert back.locator("[name=note]").input_value() == CANARY
    assert back.evaluate("document.documentElement.scrollWidth") <= width


def test_the_note_is_kept_no_longer_once_it_is_sent(house: Senders, sent: Referral) -> None:
    house.accepted(sent)
    form = keeps(house, HELPS, sent, "finish", note=CANARY)
    finished = house.browser(HELPS).post(f"/referrals/{sent.code}/finish/", {**form, "result": "not_needed"})
    assert (finished.status_code, rows()) == (303, 0)


def test_where_to_meet_is_kept_until_it_is_accepted(house: Senders, sent: Referral) -> None:
    form = keeps(house, DESK, sent, "accept", place=CANARY)
    team = [str(house.world.membership(HELPS))]
    said = {"team": team, "arrival_on": tomorrow().isoformat(), "arrival_part": "morning"}
    accepted = house.browser(DESK).post(f"/referrals/{sent.code}/accept/", {**form, **said})
    assert (accepted.status_code, rows()) == (303, 0), text(accepted)


def test_it_is_offered_to_its_writer_alone(house: Senders, sent: Referral) -> None:
    house.accepted(sent)
    keeps(house, HELPS, sent, "finish", note=CANARY)
    for who in ("caseworker-cso", DESK):
        assert CANARY not in text(house.browser(who).get(f"/referrals/{sent.code}/"))


@pytest.mark.browser
@pytest.mark.parametrize("press", ["language", "theme"])
def test_where_nothing_can_be_kept_a_language_is_pressed_twice(show: Show, sent: Referral, press: str) -> None:
    """Red before: with the vault closed hour and meeting point of an acceptance were gone without a word."""
    page = show(f"/referrals/{sent.code}/", DESK).page
    page.route("**/typing/", lambda route: route.fulfill(status=409))
    page.locator("details.fold:has([name=place])").last.locator("summary").first.click()
    page.locator("[name=place]").fill(CANARY)
    page.get_by_text("Language and look").click()
    page.locator(f"button[name={press}]").nth(1).click()
    page.get_by_text("What you typed is not kept. Press once more to go on without it.").wait_for()
    assert page.locator("[name=place]").input_value() == CANARY
    page.locator(f"button[name={press}]").nth(1).click()
    expect(page.locator("[name=place]")).to_have_value("")


@pytest.mark.browser
def test_what_was_agreed_by_telephone_is_kept_while_it_is_typed(house: Senders, show: Show, sent: Referral) -> None:
    """Red before: a language pressed in the middle of it took hour and meeting point away."""
    house.browser().post(f"/referrals/{sent.code}/call/", {"operation": str(uuid4()), "answer": "said_yes"})
    page = show(f"/referrals/{sent.code}/").page
    page.locator("#arrange_place").fill(CANARY)
    page.get_by_text("Language and look").click()
    page.locator("button[name=theme]").nth(1).click()
    page.locator("[data-typed]").wait_for()
    page.locator("[data-put-back]").click()
    assert page.locator("#arrange_place").input_value() == CANARY
    assert page.locator("#arrange_place").is_visible(), "its fold is open"
    page.locator("#arrange button[type=submit]").last.click()
    page.get_by_text("Saved: meeting point.").wait_for()
    assert rows() == 0


@pytest.mark.browser
@pytest.mark.parametrize("press", ["language", "theme"])
def test_a_language_pressed_where_a_press_asks_first_keeps_the_page_and_the_words(
    house: Senders, show: Show, press: str
) -> None:
    """Red before: "There is nothing here", and the district that was asked about was lost."""
    case = house.case()
    house.agreed(case)
    house.sent(case)
    page = show(f"/cases/{case.code}/section/?of=place").page
    page.locator("[name=district]").select_option("TJ-SU-01")
    page.get_by_role("button", name="Save and lock").click()
    page.locator("[name=told]").wait_for()
    page.get_by_text("Language and look").click()
    page.locator(f"button[name={press}]").nth(1).click()
    page.locator("[data-typed]").wait_for()
    page.locator("[data-put-back]").click()
    assert page.locator("[name=district]").input_value() == "TJ-SU-01"
