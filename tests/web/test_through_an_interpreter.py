"""Who needs an interpreter is read to, and answers, through one: that is the first button, and the page says so."""

from __future__ import annotations

import pytest

from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("needed", [False, True])
def test_the_first_button_is_how_this_person_answers(house: Senders, *, needed: bool) -> None:
    """Red before: of a man who signs the filled button said that he had answered aloud."""
    case = house.case({"needs_interpreter": needed})
    zarina = house.browser()
    at = f"/cases/{case.code}/first/?step=consent"
    told = "An interpreter is needed: let the person have it in their own language" in page_text(zarina.get(at))
    page = zarina.get(f"{at}&read=tg").content.decode()
    first = "By interpreter. Save" if needed else "Answered aloud. Save"
    assert page.count('class="btn"') >= 1
    assert first in page.partition("<details")[0] + page.rpartition('name="go"')[0].rpartition("actions tall")[2]
    assert told is needed
    assert page.count('value="through_interpreter"') == page.count('value="spoken"') == 1, "each can be said once"
