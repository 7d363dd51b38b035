"""What a press saved is never read as if it were of somebody else: on another page the line names the number."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hamkori.casework.referral.models import Referral
from tests.doors import DoorClient
from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.django_db
SAID = "said yes by telephone. In Hamkori it is still open."


def a_yes_is_awaited(house: Senders) -> Referral:
    case = house.case()
    house.agreed(case)
    return house.sent(case)


def press(browser: DoorClient, code: str, **more: str) -> None:
    """Presses, and never sees the answer: the tab was ended."""
    browser.post(f"/referrals/{code}/call/", {"operation": str(uuid4()), "answer": "said_yes", **more})


def test_a_line_whose_page_was_lost_names_the_number_wherever_it_is_read(house: Senders) -> None:
    sent, other = a_yes_is_awaited(house), a_yes_is_awaited(house)
    zarina = house.browser("caseworker-cso")
    press(zarina, sent.code)
    # Red before: another person's page said that a place was promised, without a number.
    text = page_text(zarina.get(f"/referrals/{other.code}/"))
    assert SAID in text
    assert f"{sent.code[:4]} {sent.code[4:]}: Saved:" in text
    assert SAID not in page_text(zarina.get(f"/referrals/{sent.code}/")), "it is said once"


def test_on_its_own_page_the_line_needs_no_number(house: Senders) -> None:
    sent = a_yes_is_awaited(house)
    zarina = house.browser("caseworker-cso")
    for at, more in (
        (f"/referrals/{sent.code}/", {}),
        (f"/referrals/{sent.code}/recall/", {}),
        ("/", {"from": "today"}),
    ):
        press(zarina, sent.code, **more)
        text = page_text(zarina.get(at))
        assert SAID in text, at
        assert f"{sent.code[4:]}: Saved" not in text, at
