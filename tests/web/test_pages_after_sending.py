"""The pages after sending: what is left, each with its button in one word; what rarely counts is folded."""

from __future__ import annotations

import re

import pytest

from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_agreed_by_telephone import asked, call
from tests.web.test_nobody_answers import opens_after

pytestmark = pytest.mark.django_db


def unfolded(page: str) -> str:
    return page_text_of(re.sub(r"<details.*?</details>", "", page.partition("<main")[2], flags=re.DOTALL))


def page_text_of(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


def test_what_happens_if_nobody_accepts_is_folded(house: Senders) -> None:
    """Red before: eight lines of a telephone, on three pages."""
    _case, sent = asked(house)
    opens_after(house, 30)
    pass_time(minutes=1)
    call(house, sent, "said_yes")
    page = house.browser().get(f"/referrals/{sent.code}/").content.decode()
    assert "What happens if nobody accepts" in page
    assert "what you sent is deleted" in page_text_of(page)
    assert "Ask them to accept in Hamkori at once" in unfolded(page)
    assert "what you sent is deleted" not in unfolded(page)
    assert "What they were told" in page
    assert "Kind of help" not in unfolded(page), "the summary is for who wants to read it again"


def test_a_doctor_of_whom_nobody_is_asked_is_said_also_once_they_accepted(house: Senders) -> None:
    """Red before: after "I told the person" the page said nothing of it."""
    case = house.case({"need_tonight_codes": ["safe_place", "doctor"]})
    house.agreed(case)
    sent = house.sent(case)
    house.accepted(sent, part="now")
    page = page_text(house.browser().get(f"/referrals/{sent.code}/"))
    assert "Needs a doctor: nobody is asked now" in page
