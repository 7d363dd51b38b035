"""Days and hours in a browser set to the United States: day, month, year and 24 hours, in each of our languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone, translation
from playwright.sync_api import Page

from hamkori.casework.case.models import Case
from hamkori.vocabulary.country import LANGUAGES
from hamkori.web.kit import moments
from tests.database import god
from tests.web.in_a_browser import Shown, shot
from tests.web.senders import Senders

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

Show = Callable[..., Shown]
ORDER = {"en": "dd.mm.yyyy", "tg": "рр.мм.сссс", "ru": "дд.мм.гггг", "fr": "jj.mm.aaaa"}
MONTHS_FIRST = "en-US"
"""A browser of this language writes 1/12/2027 for 12 January, in pickers of its own."""


def a_day_that_may_be_swapped() -> date:
    """One that is another day with its month first: 05.01 is no 01.05."""
    day = timezone.localdate() + timedelta(days=8)
    while day.day > 12 or day.day == day.month:
        day += timedelta(days=1)
    return day


def in_language(shown: Shown, language: str, path: str) -> Page:
    """The page as somebody reads it who chose this language, whatever the browser's own is."""
    assert shown.client is not None
    shown.client.post("/language/", {"language": language})
    shown.go(path)
    assert shown.page.evaluate("document.documentElement.lang") == language
    return shown.page


def is_drawn_by_us(page: Page) -> bool:
    """No picker of the browser's: its order is that of the browser."""
    own = "main :is([type=date], [type=time], [type=datetime-local], [type=month], [type=week])"
    return page.locator(own).count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_that_is_typed_is_the_day_that_is_kept_and_read_again(house: Senders, show: Show, language: str) -> None:
    case, day = house.case(), a_day_that_may_be_swapped()
    path = f"/cases/{case.code}/edit/"
    shown = show(path, locale=MONTHS_FIRST)
    page = in_language(shown, language, path)
    assert page.evaluate("new Date(2027, 0, 12).toLocaleDateString()") == "1/12/2027", "the browser is American"
    assert is_drawn_by_us(page)
    box = page.locator("[name=next_step_on]")
    assert (box.get_attribute("type"), box.get_attribute("placeholder")) == ("text", ORDER[language])
    page.locator("[name=next_step_code]").select_option("review_needs")
    page.locator("details:has([name=next_step_on]) > summary").click()
    box.press_sequentially(day.strftime("%d.%m.%Y"))
    shot(page, f"day-typed-{language}")
    with page.expect_navigation():
        page.locator("details:has([name=next_step_on]) button").click()
    with god():
        assert Case.objects.get(pk=case.pk).next_step_on == day
    read = in_language(shown, language, f"/cases/{case.code}/").locator("main").inner_text()
    with translation.override(language):
        assert moments.day(day, timezone.localdate()).lower() in read.lower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_order_is_said_and_the_figures_stay(house: Senders, show: Show, language: str) -> None:
    case = house.case()
    path = f"/cases/{case.code}/edit/"
    page = in_language(show(path, locale=MONTHS_FIRST), language, path)
    page.locator("[name=next_step_code]").select_option("review_needs")
    page.locator("details:has([name=next_step_on]) > summary").click()
    page.locator("[name=next_step_on]").fill("01/25/2027")
    page.locator("details:has([name=next_step_on]) button").click()
    page.locator(".field.bad:has([name=next_step_on])").wait_for()
    assert page.locator("[name=next_step_on]").input_value() == "01/25/2027"
    assert "25.11.2026" in page.locator(".field.bad:has([name=next_step_on])").inner_text()
    with god():
        assert Case.objects.get(pk=case.pk).next_step_on is None
