"""Today in a real browser: its rows have two lines in four languages, and answers beside each other one height."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.casework.case.models import Case
from hamkori.site.screens.looks import barriers
from tests.cast import pass_time
from tests.database import god
from tests.web.in_a_browser import Shown, shot
from tests.web.senders import Senders, closes, records
from tests.web.test_said_of_an_arrival import expected
from tests.web.test_said_on_the_telephone import press
from tests.web.test_taken_back_as_a_slip import heard
from tests.web.test_taken_back_by_telephone import HERS

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

Show = Callable[..., Shown]
TWO_LINES, THREE = range(60, 67), range(60, 85)
BUTTON_OF_TWO = range(66, 76)
"""Of a button with two lines: it keeps off the edges of its card."""
ROWS = """() => [...document.querySelectorAll("ul.work:not(.still) > li")].map(row => ({
  height: Math.round(row.querySelector(".lines")
    ? Math.max(60, row.querySelector(".lines").getBoundingClientRect().top - 4 - row.getBoundingClientRect().top)
    : row.getBoundingClientRect().height),
  buttons: [...row.querySelectorAll(".do .btn")].map(one => Math.round(one.getBoundingClientRect().height)),
  column: row.querySelector(".do .btn") && Math.round(row.querySelector(".do").getBoundingClientRect().left),
  broken: row.querySelector(".what").getClientRects().length > 1 || row.querySelector(".what").offsetHeight > 30,
  said: row.innerText,
}))"""


def _fits(row: dict[str, Any]) -> range:
    """How high a row may be."""
    if row["broken"]:
        return THREE
    return BUTTON_OF_TWO if max(row["buttons"], default=0) > 48 else TWO_LINES


def test_a_row_has_two_lines_in_four_languages(house: Senders, show: Show) -> None:
    """Red before: 66 px where nothing broke, 87 to 134 where the reason was long or the language Tajik."""
    planned, asked, unasked, late = (house.case() for _ in range(4))
    for case in (asked, late):
        house.agreed(case)
    house.sent(asked, urgency="normal")
    house.accepted(house.sent(late))
    with god():
        step = {"next_step_code": "review_risk", "next_step_on": timezone.localdate()}
        Case.objects.filter(pk__in=(planned.pk, unasked.pk)).update(**step)
    pass_time(days=2)
    shown = show("/")
    shown.page.set_viewport_size({"width": 1366, "height": 900})
    for language in ("en", "tg", "ru", "fr"):
        assert shown.client is not None
        shown.client.post("/language/", {"language": language})
        shown.go("/")
        shot(shown.page, f"today-rows-{language}")
        rows = shown.page.evaluate(ROWS)
        assert len(rows) > 3
        # The long names of some kinds of help, beside a long time, take a line more.
        assert [one for one in rows if one["height"] not in _fits(one)] == [], language
        assert sum(not one["broken"] for one in rows) > 2
        assert len({one["column"] for one in rows if one["column"]}) == 1, "the same in each list"
    assert barriers(shown.page) == []


def test_the_answers_of_a_call_stand_in_one_line_and_have_one_height(house: Senders, show: Show) -> None:
    """Red before: two by two, in lines of unequal height, their words at the edge."""
    closes(house)
    records(house)
    case = house.case()
    house.agreed(case)
    house.sent(case)
    pass_time(minutes=1)
    shown = show("/")
    for width, lines in ((1366, 1), (360, 2)):
        for language in ("en", "tg"):
            assert shown.client is not None
            shown.client.post("/language/", {"language": language})
            shown.go("/")
            shown.look(width, "light")
            shot(shown.page, f"today-four-{width}-{language}")
            boxes = [one.bounding_box() for one in shown.page.locator(".do > form .btn").all()]
            assert len(boxes) == 3, "that they will call back is folded"
            assert len({round(one["y"]) for one in boxes}) <= lines, (width, language)
            assert len({round(one["height"]) for one in boxes}) == 1, (width, language)
            assert shown.page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_phone_the_buttons_of_a_call_are_of_one_height(house: Senders, show: Show) -> None:
    """Red before: 44 px beside 48 where the words of one took two lines, and a lone form was not stretched."""
    closes(house)
    for number in range(2):
        house.agreed(case := house.case({"need_tonight_codes": ["safe_place"]}))
        house.sent(case)
        if number:
            records(house)
    pass_time(minutes=1)
    for who in ("caseworker-cso", "coordinator"):
        shown = show("/", who)
        for language in ("en", "tg", "ru", "fr"):
            assert shown.client is not None
            shown.client.post("/language/", {"language": language})
            shown.go("/")
            shown.look(360, "light")
            for row in shown.page.locator("ul.work > li").all():
                found = [one.bounding_box() for one in row.locator(".do .btn").all() if one.is_visible()]
                heights = {round(one["height"]) for one in found if one is not None}
                assert len(heights) <= 1, (who, language, heights, row.inner_text())


def test_what_is_folded_in_a_row_opens_where_it_is_pressed(house: Senders, show: Show) -> None:
    """Red before: the link of the row lay over it, and a press on it led to another page."""
    _sent, call = expected(house)
    press(house.browser("coordinator"), call, "with_them", **{"from": "today"})
    shown = show("/", "coordinator")
    for width in (1366, 360):
        shown.page.set_viewport_size({"width": width, "height": 900})
        shown.go("/")
        fold = shown.page.locator("ul.work details summary").first
        fold.click()
        assert shown.page.locator("ul.work details[open]").count() == 1, width
        assert shown.page.url.endswith("/"), width


LIES_ON = """() => [...document.querySelectorAll("ul.work > li")].flatMap(row => {
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
                      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  const buttons = [...row.querySelectorAll(":scope > .do .btn")].map(one => one.getBoundingClientRect());
  return [...row.querySelectorAll(".under > p, .under > .message, .under > [role=status], .under > .do")]
    .filter(one => buttons.some(box => over(box, one.getBoundingClientRect()))).map(one => one.innerText);
})"""


def test_no_button_lies_on_what_a_row_says(house: Senders, show: Show) -> None:
    """Red before: after "Undo" the buttons of the call to the sender lay on the line and message that ask for it."""
    sent = heard(house)
    farida = house.browser(HERS)
    undo = {"answer": "put_back", "from": "today", "operation": str(uuid4())}
    farida.post(f"/coordination/{sent.code}/call/", undo)
    shown = show("/", HERS)
    for width in (1366, 1024, 360):
        shown.page.set_viewport_size({"width": width, "height": 900})
        shown.go("/")
        assert "the sender could read" in shown.page.inner_text("ul.work"), width
        assert shown.page.evaluate(LIES_ON) == [], width
    shot(shown.page, "today-coordinator-put-back")
