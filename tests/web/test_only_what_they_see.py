"""What the sender's page calls sent is what the receiver reads."""

from __future__ import annotations

import pytest

from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.django_db


def test_for_what_it_is_asked_stands_on_the_draft_alone(house: Senders) -> None:
    """The purpose decides on which consent it goes; no receiver reads it. Red before: among "what they were told"."""
    house.agreed(case := house.case())
    draft = house.draft(case)
    assert "What for" in page_text(house.browser().get(f"/referrals/{draft.code}/"))
    sent = house.sent(case)
    assert "What for" not in page_text(house.browser().get(f"/referrals/{sent.code}/"))
    assert "What for" not in page_text(house.browser("desk-shelter").get(f"/referrals/{sent.code}/"))
