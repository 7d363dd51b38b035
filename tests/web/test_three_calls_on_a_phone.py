"""Today of an evening with three open calls, on a phone: how high it is, and how many buttons a card has (ADR 242)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hamkori.web.today.few import FEW, few
from tests.web.in_a_browser import Shown, shot
from tests.web.senders import Senders
from tests.web.test_a_row_in_one_glance import three_calls

Show = Callable[..., Shown]
PAGE, CARD = 3200, 480
ROWS = """() => [...document.querySelectorAll("main ul.work:not(.still) > li")].map(row => [
  Math.round(row.getBoundingClientRect().height),
  [...row.querySelectorAll(":scope > .do .btn")].filter(one => one.checkVisibility()).length])"""


@pytest.mark.browser
@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "tg", "ru"])
def test_three_calls_of_an_evening_are_read_in_four_screens(house: Senders, show: Show, language: str) -> None:
    """Red before: a card had eight buttons and was 570 px high in English, 660 px in Tajik."""
    three_calls(house)
    shown = show("/")
    assert shown.client is not None
    shown.client.post("/language/", {"language": language})
    shown.go("/")
    shown.look(360, "dark")
    shot(shown.page, f"today-three-calls-360-{language}")
    rows = shown.page.evaluate(ROWS)
    assert len(rows) >= 3
    assert [one for one in rows if one[0] > CARD or one[1] > FEW] == [], rows
    assert shown.page.evaluate("document.documentElement.scrollHeight") <= PAGE
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= 360
    fold = shown.page.locator("main .work .do details.fold").first
    fold.locator("summary").click()
    assert fold.get_by_role("button").first.is_visible()


def drawn(*answers: str, **more: Any) -> dict[str, Any]:
    calls = {"url": "/", "answers": [(one, one) for one in answers], **more.pop("calls", {})}
    return {"calls": calls, "found_at": "", **more}


def parted(row: dict[str, Any]) -> tuple[list[str], list[str]]:
    calls = few(row)["calls"]
    return [one for one, _ in calls["answers"]], [one for one, _ in calls.get("more", {}).get("answers", [])]


def test_the_nearest_answers_stand_and_the_others_are_folded() -> None:
    desk = ("said_yes", "said_no", "calls_back", "not_reached")
    assert parted(drawn(*desk)) == (["said_yes", "said_no", "not_reached"], ["calls_back"])
    row = drawn(*desk, found_at="/cases/1/")
    assert parted(row) == (["said_yes", "said_no", "not_reached"], ["calls_back"])
    assert few(row)["found_at"] == ""
    assert few(row)["calls"]["more"]["found_at"] == "/cases/1/", "nothing is lost"
    assert parted(drawn("coordinator", "no_coordinator", "put_back", found_at="/")) == (
        ["coordinator", "no_coordinator"],
        ["put_back"],
    )
    hers = ("coordinator", "no_coordinator", "said_yes", "said_no", "calls_back", "put_back")
    assert parted(drawn(*hers, calls={"beside": True})) == (["coordinator", "no_coordinator"], [*hers[2:]])
    assert few(drawn(*hers, calls={"beside": True}))["calls"]["more"]["beside"] is False
    assert parted(drawn("with_them", "not_known", "not_reached", "x")) == (
        ["with_them", "not_known", "not_reached", "x"],
        [],
    )
