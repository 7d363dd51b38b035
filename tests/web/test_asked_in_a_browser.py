"""Pages that ask between two answers, in a real browser: two versions of a part, and the age that is confirmed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hamkori.casework.case.actions import section
from hamkori.people.models import User
from hamkori.site.screens.looks import barriers
from tests.database import god
from tests.web.in_a_browser import Shown, shot
from tests.web.senders import Senders

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

Show = Callable[..., Shown]
SAVE = "main form .actions button[type=submit]"
LONG = "Canary: a doctor who speaks her language, warm clothes, and somebody to go with her to the police on Monday"


def speaks(language: str) -> None:
    with god():
        User.objects.update(language_code=language)


@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(360, "dark", "tg"), (360, "light", "en"), (1366, "light", "tg")]
)
def test_two_windows_meet_and_each_version_can_be_read(
    house: Senders, show: Show, width: int, scheme: str, language: str
) -> None:
    case = house.case(needs={"needs": "Canary-Before", "wishes": "", "risk_reasons": ""})
    speaks(language)
    page = show(f"/cases/{case.code}/section/?of=needs", width=width, scheme=scheme).page
    page.locator("[name=needs]").fill(LONG)
    with house.as_() as actor:
        section.write_section(
            actor, case, section="needs", fields={"needs": "Canary-Other", "wishes": "Wish"}, seal_no=1
        )
    page.locator(SAVE).first.click()
    page.locator(".version").first.wait_for()
    shot(page, f"versions-{width}-{scheme}-{language}")
    assert page.locator(".version").count() == 3
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert barriers(page) == []


@pytest.mark.parametrize(("width", "scheme", "language"), [(360, "dark", "tg"), (1366, "light", "en")])
def test_what_is_asked_of_a_child_opens_with_the_age(
    house: Senders, show: Show, width: int, scheme: str, language: str
) -> None:
    case = house.case()
    speaks(language)
    page = show(f"/cases/{case.code}/settle_age/", width=width, scheme=scheme).page
    contact = page.locator("[name=child_contact]")
    assert not contact.is_visible()
    page.locator("[name=age_band][value=a30_47]").check(force=True)
    assert not contact.is_visible()
    for band in ("a0_8", "child_age_unknown", "a9_17"):
        page.locator(f"[name=age_band][value={band}]").check(force=True)
        assert contact.is_visible(), band
    shot(page, f"age-{width}-{scheme}-{language}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert barriers(page) == []


@pytest.mark.parametrize(("width", "scheme", "language"), [(360, "dark", "tg"), (1366, "light", "en")])
def test_what_a_withdrawal_covers_is_said_before_and_after(
    house: Senders, show: Show, width: int, scheme: str, language: str
) -> None:
    case = house.case()
    house.agreed(case)
    house.agreed(case, kind="psychological", sections={"contact", "needs"})
    house.accepted(house.sent(case, sections=["contact", "needs"]))
    speaks(language)
    page = show(f"/cases/{case.code}/consent/withdraw/", width=width, scheme=scheme).page
    shot(page, f"withdraw-{width}-{scheme}-{language}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert barriers(page) == []
    name = page.locator("[name=took][value='shelter_social:help:identity']")
    page.locator("details", has=name).last.locator("summary").first.click()
    name.check(force=True)
    page.locator("button[name=how_said]").first.click()
    page.locator(".say").wait_for()
    shot(page, f"withdrawn-{width}-{scheme}-{language}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert barriers(page) == []
