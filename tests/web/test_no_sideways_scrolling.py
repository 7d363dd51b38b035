"""The page of consent is no wider than the screen, also where it says what is to be corrected."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hamkori.casework.consent.rules import consent as rules
from hamkori.people.models import User
from tests.database import god
from tests.web.in_a_browser import OUT_OF_THE_PAGE, Shown, shot
from tests.web.senders import Senders

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

Show = Callable[..., Shown]


@pytest.mark.parametrize("language", ["en", "tg"])
@pytest.mark.parametrize("width", [1366, 360])
def test_the_error_of_how_it_was_said_makes_the_page_no_wider(
    house: Senders, show: Show, width: int, language: str
) -> None:
    """Red before: 1,680 px at 1,366: the legend of the four answers stood beside them as wide as they."""
    case = house.case()
    for kind, purpose in rules.ROWS:
        house.agreed(case, kind, purpose, "no" if kind == "police" else "yes", sections={"contact"})
    with god():
        User.objects.update(language_code=language)
    page = show(f"/cases/{case.code}/consent/", width=width).page
    page.locator("[name=a_legal_help][value=no]").check(force=True)
    page.locator("form.consent button[type=submit], .consent button.btn").last.evaluate(
        "one => one.form.requestSubmit()"
    )
    page.wait_for_selector(".bad [name=how_said], fieldset.bad")
    shot(page, f"consent-how-no-{language}-{width}")
    assert page.evaluate(OUT_OF_THE_PAGE) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
