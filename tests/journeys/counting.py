"""What a way through the pages costs its person: taps of a finger, and fields that want an answer."""

from __future__ import annotations

from playwright.sync_api import Locator

from tests.journeys.people import Somebody

OUT_OF_THE_PAGE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


class Taps:
    """A finger. To open a list and to choose from it are two taps; typing is one, to enter the field.

    `fields`: the questions answered on the way, by the name of their control, each counted once.
    """

    def __init__(self, her: Somebody) -> None:
        self.her = her
        self.number = 0
        self.fields: set[str] = set()

    def on(self, thing: Locator) -> None:
        thing.scroll_into_view_if_needed()
        if self.her.touches:
            thing.tap()
        else:
            thing.click()
        self.number += 1

    def leads_on(self, thing: Locator) -> None:
        """A tap that brings another page; nothing sticks out of it."""
        with self.her.page.expect_navigation():
            self.on(thing)
        assert not self.her.page.evaluate(OUT_OF_THE_PAGE), self.her.page.url

    def answers(self, button: Locator) -> None:
        """A button that is itself an answer: a tap and a field."""
        self.fields.add(f"{button.get_attribute('name')}: {button.inner_text()}")
        self.leads_on(button)

    def choice(self, select: Locator, value: str) -> None:
        """Opens the telephone's list and takes one line of it."""
        select.select_option(value=value)
        self.fields.add(select.get_attribute("name") or "")
        self.number += 2

    def typed(self, field: Locator, words: str) -> None:
        """Enters a field and types."""
        self.on(field)
        field.fill(words)
        self.fields.add(field.get_attribute("name") or "")

    def box(self, name: str, value: str) -> None:
        """The row of a tick box or of one of several answers, as large as a thumb."""
        page = self.her.page
        self.on(page.locator("main label", has=page.locator(f'[name={name}][value="{value}"]')).first)
        self.fields.add(name)

    def within(self, taps: int, fields: int) -> None:
        """Fails where the way costs more than was promised."""
        assert (self.number <= taps, len(self.fields) <= fields) == (True, True), (self.number, sorted(self.fields))
