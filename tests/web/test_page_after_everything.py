"""After everything was withdrawn: one green line, what comes next with its buttons, what to say; the rest is folded."""

from __future__ import annotations

import re

import pytest

from tests.web.senders import Senders, page_text
from tests.web.test_said_no_to_all import served, taken_back

pytestmark = pytest.mark.django_db
ON = "Ask the person whether help at Legal Aid goes on"


def test_what_comes_next_stands_below_one_green_line_and_the_rest_is_folded(house: Senders) -> None:
    """Red before: the same facts three times, and the buttons on the fifth screen of a telephone."""
    case = house.case()
    house.agreed(case)
    sent = served(house, case)
    page = taken_back(house, case).content.decode().partition("<main")[2]
    open_part = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    green, _comes, rest = open_part.partition("What comes next")
    assert re.search(r"Withdrawn (today|yesterday) \d\d:\d\d: everything\.", re.sub("<[^>]+>", "", green))
    assert "has stopped" not in open_part, "what stopped is for who wants to know"
    assert "has stopped" in page
    assert rest.index(ON) < rest.index(f'href="/referrals/{sent.code}/"') < rest.index("Back to the case")
    assert rest.index("Back to the case") < rest.index("Tell the person")
    assert "What is agreed now" not in open_part
    assert open_part.count('lang="tg"') == 1, "theirs stands open"
    assert 'lang="en"' not in open_part, "the reader's own is the same once more"
    assert 'lang="en"' in page


def test_page_and_case_do_not_say_to_ask_and_not_to_ask(house: Senders) -> None:
    """Red before: "ask again only if the person raises it" beside the question whether help at Legal Aid goes on."""
    case = house.case()
    served(house, case)
    after = page_text(taken_back(house, case))
    shown = page_text(house.browser().get(f"/cases/{case.code}/"))
    for page in (after, shown):
        assert ON in page
        assert "Ask for consent again only if the person raises it." in page
        assert "Ask again only if" not in page
