"""A part of the case in which nothing stands was not sent: no page lists it among what was."""

from __future__ import annotations

import pytest

from hamkori.casework.referral.models import Referral
from tests.database import god
from tests.web import test_short_way as way
from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.django_db
REACH = "How to reach the person safely"


def test_an_empty_part_is_not_named_among_what_was_sent(house: Senders, zarina) -> None:
    """Red before: "The person's own words; How to reach the person safely; Needs, risk, plan", with nothing in it."""
    at = way.to_check(zarina)
    way.goes(way.press(zarina, at, do="send"))
    with god():
        sent = Referral.objects.get()
    house.accepted(sent)
    page = zarina.get(f"/referrals/{sent.code}/")
    said = page_text(page).partition("Parts of the case ")[2].partition(" Consent until")[0]
    assert said == f"The person's own words; Needs, risk, plan. Still empty: {REACH} Write it down"
    assert f'href="/cases/{way.case_of(at).code}/section/?of=contact">Write it down' in page.content.decode()


def test_what_was_written_is_named_as_sent(house: Senders) -> None:
    case = house.case(contact={"call_name": "Canary-Name", "safe_phone": "Canary-Phone"})
    house.agreed(case)
    sent = house.sent(case)
    house.accepted(sent)
    page = house.browser().get(f"/referrals/{sent.code}/")
    said = page_text(page).partition("Parts of the case ")[2].partition(" Consent until")[0]
    assert said == f"The person's own words; {REACH}"
    house.agreed(case, answer="no")
    said = page_text(house.browser().get(f"/referrals/{sent.code}/"))
    assert "Still empty" not in said, "what was sent is not empty because nothing can be opened now"
