"""The telephone is taken back from the lawyers: one tick, and afterwards who had opened it."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.web.senders import Senders, page_text
from tests.web.test_withdrawing import helped

pytestmark = pytest.mark.django_db


def test_the_telephone_is_one_tick_for_all_purposes_and_the_finer_ones_lie_folded(house: Senders) -> None:
    """Red before: the word was nowhere, and three of eleven ticks fitted."""
    case = house.case()
    house.agreed(case, kind="legal", sections={"contact", "legal"})
    house.agreed(case, kind="legal", purpose="justice", sections={"contact", "legal"})
    page = house.browser().get(f"/cases/{case.code}/consent/withdraw/")
    shown, text = page.content.decode(), page_text(page)
    assert "Only a part, such as the name or the telephone" in text
    assert text.count("How to reach the person safely (telephone, hours, code word)") == 1
    parts, _fold, finer = shown.partition("Only for one purpose")
    assert parts.count('"legal:*:contact"') == 1
    assert '"legal:help' not in parts
    assert finer.count('"legal:help:contact"') == finer.count('"legal:justice:contact"') == 1


def test_afterwards_it_is_said_who_had_opened_it_and_the_case_says_in_part(house: Senders) -> None:
    """Red before: only the page before the press said it, and the case went on to say "Consent given"."""
    nobody = "Nobody at Shelter Kulob had opened this."
    opened = "Shelter Kulob had opened: How to reach the person safely"
    given, in_part = "Shelter, social help: Consent given", "Shelter, social help: Consent in part"
    for reads in (False, True):
        case, referral = helped(house)
        address, mine = f"/cases/{case.code}/consent/withdraw/", f"/cases/{case.code}/"
        assert given in page_text(house.browser().get(mine))
        if reads:
            house.browser("shelter-worker").get(f"/referrals/{referral.code}/?open=packet")
        form = {"operation": str(uuid4()), "took": ["shelter_social:help:contact"], "how_said": "by_phone"}
        after = page_text(house.browser().get(house.browser().post(address, form)["Location"]))
        assert (nobody in after, opened in after) == (not reads, reads)
        assert in_part in page_text(house.browser().get(mine))
        house.agreed(case)
        assert given in page_text(house.browser().get(mine)), "who agrees again gives all of it"
