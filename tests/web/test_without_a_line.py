"""Whoever presses while there is no connection keeps what was typed, and reads at the button that nothing was sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hamkori.casework.referral.models import Referral
from hamkori.site.screens.looks import barriers
from tests.database import god
from tests.web.in_a_browser import Shown, shot
from tests.web.senders import Senders

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
Show = Callable[..., Shown]
ASKED = "**/mark.svg*"
SAID = "There is no connection now. Nothing was sent, and what you typed is still here"


@pytest.mark.parametrize("width", [360, 1366])
def test_a_press_without_a_line_sends_nothing_and_loses_nothing(
    house: Senders, show: Show, sent: Referral, width: int
) -> None:
    """Red before: the browser's page of errors stood there, and what was typed in the last seconds was gone."""
    house.accepted(sent)
    page = show(f"/referrals/{sent.code}/", "shelter-worker", width=width).page
    page.locator("summary", has_text="End it: no help was given").click()
    page.get_by_text("Add a note for the sender's team").click()
    page.locator("[name=note]").fill("Still asleep")
    form = page.locator("form", has=page.locator("[name=note]"))
    choice = form.locator("input[type=radio]").first
    choice.locator("xpath=ancestor::label").click()
    page.context.set_offline(True)
    page.route(ASKED, lambda route: route.abort())  # what these pages are served by needs no line
    press = form.get_by_role("button").last
    press.click()
    page.get_by_text(SAID).wait_for()
    assert page.locator("[name=note]").input_value() == "Still asleep"
    assert barriers(page) == []
    shot(page, f"without-a-line-{width}")
    press.click()
    page.get_by_text(SAID).wait_for()
    assert page.get_by_text(SAID).count() == 1, "once"
    page.unroute(ASKED)
    page.context.set_offline(False)
    page.get_by_text(SAID).wait_for(state="detached")
    press.click()
    page.wait_for_load_state("load")
    page.get_by_text(SAID).wait_for(state="detached")
    with god():
        sent.refresh_from_db()
        assert sent.state_code != "accepted", "what was typed went out with the same press"
