"""Two who write the same part at once; and the officer who uses no mouse."""

from __future__ import annotations

import re

import pytest

from tests.journeys import steps
from tests.journeys.conftest import Enter
from tests.journeys.people import Somebody
from tests.journeys.play import Play

pytestmark = pytest.mark.browser

WISHES = "What the person wishes, in their own words"


def test_two_write_the_same_part_and_nothing_is_lost(world: Play, enter: Enter) -> None:
    zarina, nigora = enter("caseworker-cso"), enter("nigora@kulob.example")
    code = steps.register(zarina)
    assert nigora.peek(f"/cases/{code}/")[0] == 404, "a colleague off the team does not know that it exists"
    zarina.go(f"/cases/{code}/admit/")
    zarina.choose("Nigora")
    zarina.press("Add to the team")
    page = f"/cases/{code}/section/?of=needs"
    zarina.go(page)
    nigora.go(page)
    nigora.type(WISHES, "Canary: she wants to learn sewing")
    nigora.press("Save and lock")
    nigora.sees("Canary: she wants to learn sewing")

    zarina.type(WISHES, "Canary: she wants to go home")
    zarina.press("Save and lock")
    zarina.sees("Nigora saved this")
    zarina.sees("Canary: she wants to learn sewing")
    zarina.sees("Canary: she wants to go home")
    zarina.page.locator("button[name=keep_wishes][value=theirs]").click()
    zarina.sees("Canary: she wants to learn sewing")
    assert "go home" not in zarina.text


class Keys:
    """Ten fingers and no mouse."""

    def __init__(self, somebody: Somebody) -> None:
        self.page = somebody.page
        self.board = somebody.page.keyboard

    def to(self, selector: str, most: int = 90) -> None:
        """Tab until it has the focus; the focus is always visible."""
        for _each in range(most):
            if self.page.evaluate("(s) => !!document.activeElement && document.activeElement.matches(s)", selector):
                return
            self.board.press("Tab")
        raise AssertionError(f"the keyboard does not reach {selector}")

    def visible(self) -> bool:
        """Whether the focus is drawn, on the element, on the row that it opens, or on the label that stands for it."""
        return bool(
            self.page.evaluate(
                "() => { const e = document.activeElement; const box = e.closest('label') || e;"
                " const drawn = s => s.outlineStyle !== 'none' || s.boxShadow !== 'none';"
                " return [e, box, e.nextElementSibling].some(x => x && drawn(getComputedStyle(x)))"
                " || drawn(getComputedStyle(e, '::after')); }"
            )
        )


def test_a_request_is_accepted_by_keyboard_alone(world: Play, enter: Enter) -> None:
    _code, referral = steps.referred(enter("caseworker-cso"))
    gulnora = enter("desk-shelter")
    gulnora.go("/desk/")
    keys = Keys(gulnora)
    keys.to(f'a[href="/referrals/{referral}/"]')
    assert keys.visible()
    with gulnora.page.expect_navigation():
        keys.board.press("Enter")
    keys.to("[name=team]")
    while "Parvina" not in gulnora.page.evaluate("document.activeElement.closest('label').innerText"):
        keys.board.press("Tab")
    keys.board.press("Space")
    keys.to(f'[name=when][value="{steps.tomorrow(world).isoformat()}.morning"]')
    assert keys.visible()
    with gulnora.page.expect_navigation():
        keys.board.press("Enter")
    gulnora.sees("Accepted for")
    assert re.fullmatch("accepted", world.one("select state_code from referral where code = %s", [referral]))
