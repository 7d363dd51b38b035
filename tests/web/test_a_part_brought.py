"""A part that is taken back by a word that is not certain to be the person's: they are to be asked."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.web.senders import Senders, page_text
from tests.web.test_withdrawing import helped

pytestmark = pytest.mark.django_db
ASK = "It is not certain that the person said this: ask them, alone, whether it is so."


@pytest.mark.parametrize(("how", "asks"), [("by_phone_no_word", True), ("by_message", True), ("by_phone", False)])
def test_the_page_after_it_says_that_the_person_is_asked(house: Senders, how: str, *, asks: bool) -> None:
    """Red before: the page before the press promised it, and no page after it asked."""
    case, _referral = helped(house)
    form = {"operation": str(uuid4()), "took": ["shelter_social:help:contact"], "how_said": how}
    said = house.browser().post(f"/cases/{case.code}/consent/withdraw/", form)
    assert (ASK in page_text(house.browser().get(said["Location"]))) is asks
