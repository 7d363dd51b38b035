"""The page of consent in a real browser: how long it is, and what an answer opens without any script."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hamkori.casework.consent.rules import consent as rules
from hamkori.people.models import User
from hamkori.site.screens.looks import barriers
from tests.database import god
from tests.web.in_a_browser import Shown, shot
from tests.web.senders import Senders

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

Show = Callable[..., Shown]
TALLEST = 1700
HEIGHT = "document.documentElement.scrollHeight"


@pytest.fixture
def case(house: Senders):
    case = house.case()
    house.agreed(case)
    return case


@pytest.mark.parametrize(("asked", "language"), [(False, "en"), (True, "fr")])
def test_it_is_not_longer_than_two_screens(house: Senders, show: Show, asked: bool, language: str) -> None:
    """Red before: the second asking, by 115 px where all was answered. French has the longest words."""
    case = house.case()
    for kind, purpose in rules.ROWS if asked else ():
        house.agreed(case, kind, purpose, "no" if kind == "police" else "yes", sections={"contact"})
    with god():
        User.objects.update(language_code=language)
    page = show(f"/cases/{case.code}/consent/").page
    shot(page, f"consent-{asked}-1366-light")
    assert page.evaluate(HEIGHT) <= TALLEST
    if asked:
        shared, row = (
            page.locator(".stays .fold"),
            page.locator("fieldset.ask4", has=page.locator("[name=a_legal_help]")),
        )
        assert shared.count() == len(rules.ROWS), "a no tells there what it means"
        shared.first.locator("summary").click()
        assert shared.first.locator("p").is_visible()
        assert not row.locator(".goes").is_visible()
        row.locator(".anew input").check()
        assert row.locator(".goes").is_visible(), "what is ticked is seen before a yes is saved anew"
        assert not row.locator(".stays .opens").is_visible(), "the ticks say it"
    else:
        page.locator("[name=a_health_help][value=yes]").check(force=True)
        page.locator("[name=a_police_justice][value=no]").check(force=True)
        shot(page, "consent-answered-1366-light")
        assert page.evaluate(HEIGHT) <= TALLEST


def test_a_childs_is_as_short_as_an_adults(house: Senders, show: Show) -> None:
    """Red before: 1,749 px; before that 2,446, for each answer of the child's part had a line of 48."""
    case = house.case({"age_band_code": "a9_17"})
    who = {"speaker": "guardianship_body", "child_answer": "agrees", "as_child": True}
    for kind, purpose in rules.ROWS:
        house.agreed(case, kind, purpose, sections={"contact"}, **who)
    with god():
        User.objects.update(language_code="fr")
    page = show(f"/cases/{case.code}/consent/").page
    shot(page, "consent-child-1366-light")
    assert page.evaluate(HEIGHT) <= TALLEST
    page.locator("[name=suspected][value=no]").check(force=True)
    assert not page.locator(".how-no:visible").count(), "that an adult is not involved is no one's no"


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1366, "light")])
def test_the_line_follows_the_choice_without_script(show: Show, case, width: int, scheme: str) -> None:
    page = show(f"/cases/{case.code}/consent/", width=width, scheme=scheme, java_script_enabled=False).page
    row = page.locator("fieldset.ask4", has=page.locator("[name=a_health_help]"))
    parts, amber = row.locator(".goes"), row.get_by_text("Nothing is ticked:")
    assert not parts.is_visible()
    row.locator("[value=yes]").check(force=True)
    assert parts.is_visible()
    assert row.get_by_text("Shared after the organisation accepts").is_visible()
    while parts.locator(":checked").count():
        parts.locator(":checked").first.uncheck()
    assert amber.is_visible()
    assert not row.get_by_text("Shared after the organisation accepts").is_visible()
    row.locator("[value=no]").check(force=True)
    assert not amber.is_visible()
    asks = page.locator(".how-no:visible")
    assert asks.count() == 1, "it is asked once, under the part of the page that holds the no"
    assert asks.locator("xpath=preceding-sibling::fieldset").locator("[name=a_health_help]").count()
    page.get_by_text("No to both", exact=True).click()
    assert not page.locator("[name=a_police_justice]").first.is_visible()
    assert asks.count() == 1
    row.locator("[value=yes]").check(force=True)
    assert not asks.count(), "beside a yes it is asked once how the person answered"
    assert page.locator("[name=how_given]").first.is_visible()
    row.locator("[value=not_asked]").check(force=True)
    assert asks.locator("xpath=preceding-sibling::fieldset").locator("[name=a_police_justice]").count()
    asks.locator("[value=by_phone]").check(force=True)
    assert asks.count() == 1
    shot(page, f"consent-without-script-{width}-{scheme}")


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1366, "dark")])
def test_what_an_examination_for_a_court_needs_is_said_at_its_place(show: Show, case, width: int, scheme: str) -> None:
    """Red before: a yes beside "No to both" was saved without a word, and the case said "Consent in part"."""
    page = show(f"/cases/{case.code}/consent/", width=width, scheme=scheme, java_script_enabled=False).page
    row = page.locator("fieldset.ask4", has=page.locator("[name=a_health_justice]"))
    needs = row.get_by_text("cannot be asked for without a yes to: Police: for a criminal case")
    assert not needs.is_visible()
    row.locator("[value=yes]").check(force=True)
    assert needs.is_visible()
    page.locator("[name=a_police_justice][value=without_name]").check(force=True)
    assert not needs.is_visible()
    page.locator("[name=a_police_justice][value=no]").check(force=True)
    assert needs.is_visible()
    shot(page, f"consent-court-{width}-{scheme}")


def test_the_text_is_folded_and_stands_whole_once_it_is_opened(show: Show, case) -> None:
    """Red before: it scrolled inside a box of twelve lines."""
    page = show(f"/cases/{case.code}/consent/").page
    rest = page.get_by_role("region", name="Шумо ба чӣ розӣ шуда метавонед")
    said = page.get_by_text("I read it, in the language")
    assert not rest.is_visible()
    assert not said.is_visible(), "nobody says that they read what is folded"
    page.get_by_text("The rest of the text").first.click()
    assert rest.is_visible()
    assert said.is_visible()
    assert rest.evaluate("box => box.scrollHeight <= box.clientHeight"), "nothing of it is cut off"
    shot(page, "consent-text-1366-light")


def test_on_a_phone_the_text_is_folded_once_it_was_read(show: Show, case) -> None:
    page = show(f"/cases/{case.code}/consent/", width=360, scheme="dark").page
    page.get_by_text("The rest of the text").first.click()
    rest = page.get_by_role("region", name="Шумо ба чӣ розӣ шуда метавонед")
    assert rest.is_visible()
    page.get_by_text("I read it, in the language").click()
    assert not rest.is_visible()
    assert page.get_by_text("Кумак ба ҳеҷ ҷавоби шумо вобаста нест.").is_visible(), "the first lines stay"
    page.get_by_text("Russian", exact=True).click()
    assert page.get_by_text("Помощь не зависит").is_visible()
    shot(page, "consent-read-360-dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert barriers(page) == []
