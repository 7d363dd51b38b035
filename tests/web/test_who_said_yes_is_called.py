"""One of two that were asked says no by telephone, the other yes: who said yes is called, and each answer can be said
again.
"""

from __future__ import annotations

import re

import pytest

from hamkori.casework.referral.models import Referral
from hamkori.people.actions import desk_phone
from tests.web.senders import Senders, page_text
from tests.web.test_said_on_the_telephone import press
from tests.web.test_two_are_asked import NOBODY, two

pytestmark = pytest.mark.django_db
GIVES, REFUSES = "+992 00 07", "+992 00 03"


def box(house: Senders, one: Referral, who: str = "caseworker-cso") -> str:
    """What stands above the summary."""
    return page_text(house.browser(who).get(f"/referrals/{one.code}/")).partition("What happened")[0]


def asked(house: Senders, no_of: int) -> tuple[Referral, Referral]:
    """Who refuses and who gives a place, each with a number."""
    _case, *pair = two(house)
    for slug, phone in (("desk-shelter", (REFUSES, GIVES)[no_of]), ("lawyer", (GIVES, REFUSES)[no_of])):
        with house.as_(slug) as desk:
            desk_phone.record(desk, phone=phone)
    return pair[no_of], pair[1 - no_of]


@pytest.mark.parametrize("no_of", [0, 1])
def test_the_number_is_of_who_said_yes_and_a_slip_can_be_said_again(house: Senders, no_of: int) -> None:
    """Red before: "call them" above the number of the one that said no, and no page took another answer of theirs."""
    refuses, gives = asked(house, no_of)
    zarina = house.browser()
    press(zarina, f"/referrals/{gives.code}/call/", "said_yes")
    press(zarina, f"/referrals/{refuses.code}/call/", "said_no")
    text = box(house, refuses)
    plain = text.replace("\xa0", " ").partition("not confirmed in Hamkori yet: call them")[2]
    assert re.findall(r"\+992 00 0\d", plain)[0] == GIVES
    assert NOBODY not in text, "one truth"
    assert "has not answered" not in text
    assert "Called again, or they rang" in text
    assert re.search(r"(?:Caseworker|Supervisor) Cso called (today|yesterday) \d\d:\d\d: no", text)
    assert f'href="/referrals/{gives.code}/"' in zarina.get(f"/referrals/{refuses.code}/").content.decode()
    for answer in ("not_reached", "calls_back", "said_no", "said_yes"):
        assert f'value="{answer}"' in zarina.get(f"/referrals/{refuses.code}/").content.decode(), answer
    press(zarina, f"/referrals/{refuses.code}/call/", "said_yes")
    assert "One is enough: cancel the other, and call them." in box(house, refuses), "a yes after all"
