"""The page of a withdrawal says of each row whether anybody has read it, and tells of no referral that never was."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from tests.web.senders import Senders, page_text
from tests.web.test_withdrawing import helped

pytestmark = pytest.mark.django_db


def test_each_row_says_whether_anybody_has_read_it(house: Senders) -> None:
    """Red before: some said nothing of it, as the parts of a group."""
    case, _referral = helped(house)
    page = house.browser().get(f"/cases/{case.code}/consent/withdraw/").content.decode()
    rows = re.findall(r"<li>\s*<input[^>]*name=\"took\".*?</li>", page, re.DOTALL)
    said = re.compile("Nobody has unlocked|Nobody was sent|No referral is open")
    assert rows
    assert [row for row in rows if not said.search(row)] == []


def test_of_what_was_never_asked_anywhere_no_referral_stays_on_record(house: Senders) -> None:
    """Red before: "It stays on record that a referral was made", to a person for whom none was."""
    case = house.case()
    house.agreed(case)
    address = f"/cases/{case.code}/consent/withdraw/"
    form = {"operation": str(uuid4()), "took": ["shelter_social:help"], "how_said": "in_person"}
    after = page_text(house.browser().get(house.browser().post(address, form)["Location"]))
    assert "What we wrote ourselves stays here, locked." in after
    assert "that a referral was made" not in after
