"""The six steps of a new case in a real browser: how long a page is, and what stands beside what."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hamkori.people.models import User
from tests import doors
from tests.database import god
from tests.web import test_short_way as way
from tests.web.in_a_browser import OUT_OF_THE_PAGE, Shown, shot
from tests.web.senders import Senders

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

Show = Callable[..., Shown]
TALLEST = 1700
ON_A_PHONE = 3200
HEIGHT = "document.documentElement.scrollHeight"
TOPS = """group => [...new Set([...group.querySelectorAll("label > span")].map(
  one => Math.round(one.getBoundingClientRect().top)))]"""
CUT = """group => [...group.querySelectorAll("label > span")].filter(
  one => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1).length"""


def speaks(language: str) -> None:
    with god():
        User.objects.update(language_code=language)


def to_answers(client: doors.DoorClient, age: str) -> str:
    return way.goes(way.press(client, way.to_consent(client, age_band_code=age), read="tg"))


@pytest.mark.parametrize(("language", "age"), [("en", "a18_29"), ("tg", "a18_29"), ("tg", "a9_17")])
def test_the_answers_of_each_question_stand_in_one_line_at_a_desk(
    house: Senders, show: Show, language: str, age: str
) -> None:
    """Red before: two by two, and the page was 1,892 px high."""
    at = to_answers(house.browser(), age)
    speaks(language)
    page = show(at).page
    shot(page, f"agree-{language}-{age}-1366-light")
    questions = [one for one in page.locator("fieldset .seg:has(> :nth-child(4))").all() if one.is_visible()]
    assert len(questions) >= 4
    for one in questions:
        assert len(one.evaluate(TOPS)) == 1, one.inner_text()
        assert one.evaluate(CUT) == 0
    print(language, age, page.evaluate(HEIGHT))
    assert page.evaluate(HEIGHT) <= TALLEST
    assert page.evaluate(OUT_OF_THE_PAGE) == []


@pytest.mark.parametrize("language", ["en", "tg"])
def test_on_a_phone_they_stand_two_by_two_as_before(house: Senders, show: Show, language: str) -> None:
    at = way.to_answers(house.browser())
    speaks(language)
    page = show(at, width=360).page
    shot(page, f"agree-{language}-360-light")
    questions = [one for one in page.locator("fieldset .seg:has(> :nth-child(4))").all() if one.is_visible()]
    for one in questions:
        assert len(one.evaluate(TOPS)) == 2, one.inner_text()
        assert one.evaluate(CUT) == 0
    print(language, page.evaluate(HEIGHT))
    assert page.evaluate(HEIGHT) <= ON_A_PHONE
    assert page.evaluate(OUT_OF_THE_PAGE) == []


def test_what_may_be_shared_opens_at_yes_with_what_is_needed_ticked(house: Senders, show: Show) -> None:
    """Red before: the boxes stayed folded after a yes, and were read by nobody."""
    page = show(way.to_answers(house.browser()), width=360).page
    box = page.locator("[name=s_shelter_social_help]").first
    answer = page.locator("[name=a_shelter_social_help]")
    assert not box.is_visible()
    before, at = page.evaluate(HEIGHT), page.evaluate("scrollY")
    answer.and_(page.locator("[value=yes]")).check(force=True)
    assert box.is_visible()
    assert page.locator("[name=s_shelter_social_help]:checked").count() >= 2
    grown = page.locator(".only").first.bounding_box()
    assert grown is not None
    assert abs(page.evaluate(HEIGHT) - before - grown["height"]) <= 24, "by what opens, and no more"
    assert page.evaluate("scrollY") - at <= 900, "nothing jumps"
    answer.and_(page.locator("[value=no]")).check(force=True)
    assert not box.is_visible()
    assert page.evaluate(HEIGHT) == before
