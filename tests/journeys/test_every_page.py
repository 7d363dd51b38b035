"""Every page once on a phone, in three languages: nothing sticks out, is broken, untranslated or in the way.

`./hamkori screens` looks at each in all views and keeps the pictures.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from hamkori.site.screens import targets
from hamkori.site.screens.pages import pages
from hamkori.site.screens.shots import Photographer, Plan
from hamkori.web.today.buttons import DO
from tests.journeys.play import Play

pytestmark = [pytest.mark.browser, pytest.mark.long]

# What the world must hold, or a page would go unseen.
SEEN = {
    *("today-case-worker", "today-empty", "cases", "cases-empty", "register-1", "register-2", "register-3", "case"),
    *("case-child", "case-closed", "case-consent", "consent-child", "case-screening", "case-decide", "case-refer"),
    *("refer-chosen", "sent-draft", "sent-sent", "sent-accepted", "sent-serving", "sent-finished", "sent-confirmed"),
    *(
        "sent-declined",
        "sent-recall",
        "sent-edit",
        "sent-add",
        "sent-again",
        "sent-settle",
        "desk",
        "desk-empty",
        "card",
    ),
    *("card-errors", "got-accepted", "got-serving", "packet-opened", "got-staff", "late-answers", "directory"),
    *("service", "service-edit", "account", "sign-in", "front", "not-found", "not-allowed"),
}


@pytest.mark.parametrize("language", ["en", "tg", "ru"])
def test_every_page_on_a_phone(world: Play, browser: Browser, language: str) -> None:
    with world.owner() as owner:
        wanted = [page for page in pages(owner) if page.whole]
    assert {page.name for page in wanted} >= SEEN
    plan = Plan(widths=(360,), schemes=("light",), languages=(language,), axe=lambda _width, language: language == "en")
    photographer = Photographer(play=world, browser=browser, folder=None, plan=plan, say=lambda _line: None)
    photographer.all(wanted)
    assert not photographer.faults, "\n".join(fault.line() for fault in photographer.faults)
    assert photographer.shots == len(wanted)


def test_each_form_is_as_wide_as_its_page(world: Play, browser: Browser) -> None:
    """Red before: at 1366 px forms were 640, 960 or 1,044 px wide (ADR 237)."""
    with world.owner() as owner:
        wanted = [page for page in pages(owner) if page.whole and (page.form or "edit" in page.name)]
    plan = Plan(widths=(1366,), schemes=("light",), languages=("en",), axe=lambda _width, _language: False)
    photographer = Photographer(play=world, browser=browser, folder=None, plan=plan, say=lambda _line: None)
    photographer.all(wanted)
    assert photographer.shots == len(wanted) > 15
    assert not photographer.faults, "\n".join(fault.line() for fault in photographer.faults)


def test_each_row_of_today_opens_the_page_with_its_own_button(world: Play, browser: Browser) -> None:
    """Red before: any button of the page counted, and no test followed the rows."""
    assert {str(said) for said in DO.values()} <= {*targets.ENDED_BY}, "a button without its line is not followed"
    with world.owner() as owner:
        wanted = [page for page in pages(owner) if page.whole and page.name.startswith("today")]
    plan = Plan(widths=(1366,), schemes=("light",), languages=("en",), axe=lambda _width, _language: False)
    photographer = Photographer(play=world, browser=browser, folder=None, plan=plan, say=lambda _line: None)
    photographer.all(wanted)
    assert photographer.shots == len(wanted) > 5
    assert not photographer.faults, "\n".join(fault.line() for fault in photographer.faults)
