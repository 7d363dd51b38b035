"""A child on the short way, in a real browser: what is asked only of some is not seen by the others."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hamkori.site.screens.looks import barriers
from tests import doors
from tests.web.in_a_browser import OUT_OF_THE_PAGE, Shown, shot
from tests.web.test_short_way import begun, goes, press, to_consent
from tests.web.test_what_a_child_answered_stays import on, to_calls

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

Show = Callable[..., Shown]
PHONE, DESK = (360, "dark"), (1366, "light")


def to_answers(client: doors.DoorClient) -> str:
    """A child with whom an adult is, to whom the text was read."""
    return goes(press(client, to_consent(client, age_band_code="a9_17"), read="tg"))


def tick(shown: Shown, name: str, value: str) -> None:
    shown.page.locator(f"main [name={name}][value={value}]").check(force=True)


def sees(shown: Shown, name: str) -> bool:
    """Whether the question is there: for the eyes, and for who is read the page aloud."""
    return shown.page.locator(f"main .field:has([name={name}])").first.is_visible()


def is_whole(shown: Shown) -> None:
    assert shown.page.evaluate(OUT_OF_THE_PAGE) == []
    assert barriers(shown.page) == []
    assert shown.complaints == []


@pytest.mark.parametrize(("width", "scheme"), [PHONE, DESK])
def test_where_no_adult_can_be_asked_it_is_not_asked_whether_they_may_be_involved(
    zarina: doors.DoorClient, show: Show, width: int, scheme: str
) -> None:
    shown = show(to_answers(zarina), width=width, scheme=scheme)
    assert sees(shown, "suspected")
    tick(shown, "speaker", "nobody")
    assert not sees(shown, "suspected")
    shot(shown.page, f"child-nobody-{width}")
    is_whole(shown)
    tick(shown, "speaker", "relative")
    assert sees(shown, "suspected"), "of an adult it is asked"
    is_whole(shown)


@pytest.mark.parametrize(("width", "scheme"), [PHONE, DESK])
def test_whether_an_adult_is_there_is_asked_of_a_child_alone(
    zarina: doors.DoorClient, show: Show, width: int, scheme: str
) -> None:
    """The three answers stand below the row of ages once a child's is marked."""
    shown = show(begun(zarina), width=width, scheme=scheme)
    assert not sees(shown, "adult")
    for age, is_child in (("a9_17", True), ("a18_29", False), ("a0_8", True)):
        tick(shown, "age_band_code", age)
        assert sees(shown, "adult") is is_child, age
    assert shown.page.locator("main [name=adult]").count() == 3
    shot(shown.page, f"child-adult-{width}")
    is_whole(shown)


@pytest.mark.parametrize(("width", "scheme"), [PHONE, DESK])
def test_the_two_questions_of_the_police_are_seen_when_each_is_asked(
    zarina: doors.DoorClient, show: Show, width: int, scheme: str
) -> None:
    shown = show(to_answers(zarina), width=width, scheme=scheme)
    row = shown.page.locator("main .each-one")
    assert not row.is_visible()
    tick(shown, "police", "each")
    assert row.is_visible()
    assert row.locator("fieldset").count() == 2
    is_whole(shown)
    tick(shown, "police", "no")
    assert not row.is_visible()


@pytest.mark.parametrize(("width", "scheme"), [PHONE, DESK])
def test_an_adult_who_is_found_answers_on_a_page_that_fits(
    zarina: doors.DoorClient, show: Show, width: int, scheme: str
) -> None:
    shown = show(on(zarina, to_calls(zarina)), width=width, scheme=scheme)
    assert shown.page.locator("[name=adult_heard]").is_visible()
    assert not shown.page.get_by_text("Мо чиро менависем").is_visible(), "the text is folded"
    shot(shown.page, f"child-kept-{width}")
    is_whole(shown)
