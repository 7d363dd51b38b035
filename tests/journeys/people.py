"""Somebody at her screen: what she sees, presses and types, and what the browser complained of meanwhile."""

from __future__ import annotations

import os
import re

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page

from hamkori.site.demo.cast import PERSONAS
from tests.journeys.play import Play

PATIENCE = 60_000  # milliseconds; a slow machine is no fault of the page
CODE = re.compile(r"/(\d{8})/")


def email_of(who: str) -> str:
    """Personas have names; everybody else is called by her e-mail."""
    return PERSONAS[who].email if who in PERSONAS else who


class Somebody:
    """One of the invented people with a browser of her own."""

    def __init__(
        self, play: Play, browser: Browser, who: str, *, width: int = 1366, language: str = "en", signed_in: bool = True
    ) -> None:
        self.play = play
        self.who = who
        self.complaints: list[str] = []
        self.touches = width < 500
        self._context = browser.new_context(
            viewport={"width": width, "height": 780}, base_url=play.address, locale=language, has_touch=self.touches
        )
        self._context.set_default_timeout(PATIENCE)
        with play.owner() as owner:
            owner.execute("update app_user set language_code = %s where email = %s", [language, email_of(who)])
        if signed_in:
            self._context.add_cookies(play.cookies(who))  # type: ignore[arg-type]
        self.page: Page = self._context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        # That a page was refused is said by the journey itself.
        if message.type in ("error", "warning") and "the server responded with a status of" not in message.text:
            self.complaints.append(message.text)

    def leave(self) -> None:
        """Close her browser; HAMKORI_SHOTS keeps a picture of the last page for whoever looks for a fault."""
        if os.environ.get("HAMKORI_SHOTS"):
            self.page.screenshot(path=f"{os.environ['HAMKORI_SHOTS']}/{self.who}.png", full_page=True)
        self._context.close()

    def enter_by_the_door(self) -> Somebody:
        """Through the demonstration's first page, as a visitor does; the walk below has further doors."""
        self.page.goto("/")
        doors = self.page.locator("form", has=self.page.locator(f'[name=persona][value="{self.who}"]'))
        doors.first.get_by_role("button").click()
        self.page.wait_for_load_state("load")
        return self

    # --- where ---------------------------------------------------------------------------------------------------
    def go(self, path: str) -> int:
        """Open an address; what the server answered."""
        answer = self.page.goto(path)
        assert answer is not None
        return answer.status

    def peek(self, path: str) -> tuple[int, str]:
        """What the server would say to her at this address, without leaving the page."""
        answer = self.page.request.get(path)
        return answer.status, answer.text()

    @property
    def code(self) -> str:
        """The code in the address of this page."""
        found = CODE.search(self.page.url)
        assert found, self.page.url
        return found[1]

    # --- what ----------------------------------------------------------------------------------------------------
    @property
    def text(self) -> str:
        """What stands on the page."""
        return self.page.locator("body").inner_text().replace("\N{NO-BREAK SPACE}", " ")

    def sees(self, text: str) -> Locator:
        """Wait until it stands there."""
        found = self.page.locator("main").get_by_text(text).first
        found.wait_for()
        return found

    def press(self, name: str, *, exact: bool = True, within: str = "main") -> None:
        """A button or a link that looks like one; the page that follows is waited for."""
        place = self.page.locator(within)
        button = place.get_by_role("button", name=name, exact=exact)
        link = place.get_by_role("link", name=name, exact=exact)
        button.or_(link).first.click()
        self.page.wait_for_load_state("load")

    def choose(self, label: str, *, within: str = "main", exact: bool = False) -> None:
        """Tick a box or choose one of several, by its words."""
        self.page.locator(within).get_by_label(label, exact=exact).first.check(force=True)

    def unfold(self, title: str) -> None:
        """Open a folded part."""
        self.page.locator("main summary", has_text=title).first.click()

    def type(self, label: str, text: str) -> None:
        """Write into a field."""
        self.page.locator("main").get_by_label(label).first.fill(text)

    def pick(self, label: str, choice: str) -> None:
        """Choose from a list that opens."""
        self.page.locator("main").get_by_label(label).first.select_option(label=choice)

    def form(self, action: str) -> Locator:
        """The form that posts to this step."""
        return self.page.locator(f'main form[action*="/{action}/"]')
