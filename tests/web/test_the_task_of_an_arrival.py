"""The page of a late arrival is the task: its heading asks, its box says since when, and its way back is Today."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.doors import DoorClient
from tests.web.senders import Senders, at, page_text, press

pytestmark = pytest.mark.django_db

ASKS, SERVICE, THEM = "Did the person arrive?", "NGO shelter or crisis room", "Shelter Kulob"
TODAY, OTHERS = "Back to: Today", ("Back to: Referrals", "Back to: Incoming")


def late(house: Senders) -> Referral:
    case = house.case()
    house.agreed(case)
    house.accepted(referral := house.sent(case))
    pass_time(days=2)
    return referral


def opened(client: DoorClient, where: str, came: str = "") -> str:
    headers = {"Referer": f"http://testserver{came}"} if came else {}
    return client.get(where, headers=headers).content.decode()


def test_the_heading_asks_and_the_box_says_since_when(house: Senders) -> None:
    """Red before: the kind of help was the heading, and the question stood in the box with its hour."""
    referral = late(house)
    page = house.browser().get(at(referral)).content.decode()
    head = re.search(r"<h1>([^<]*)</h1>\s*<small>([^<]*)</small>", page)
    assert head is not None
    assert (head[1], head[2].replace("\u00a0", " ")) == (ASKS, f"{SERVICE} \u00b7 {THEM}")
    assert page.count(ASKS) == 1, "once"
    assert page.index('<div id="hear">') < page.index(f"<h1>{ASKS}"), "a row of Today lands at the question"
    box = re.search(r'<h2 id="late-since">(.*?)</h2>', page, re.DOTALL)
    assert box is not None
    assert "Late since" in re.sub(r"<[^>]+>", "", box[1])
    assert "Call " in page_text(house.browser().get(at(referral))), "whom to call stands in it"


def test_what_is_not_asked_keeps_the_help_as_its_heading(house: Senders) -> None:
    referral = late(house)
    house.browser().post(at(referral, "hear"), press(referral, heard="came"))
    page = house.browser().get(at(referral)).content.decode()
    assert f"<h1>{SERVICE}</h1>" in page
    assert ASKS not in page


@pytest.mark.parametrize(("who", "otherwise"), [("caseworker-cso", OTHERS[0]), ("desk-shelter", OTHERS[1])])
def test_the_way_back_is_today_where_one_came_from_there(house: Senders, who: str, otherwise: str) -> None:
    """Red before: always the list of referrals, and of a desk what came in."""
    referral = late(house)
    client, here = house.browser(who), at(referral)
    assert otherwise in opened(client, here)
    assert TODAY in opened(client, here, "/")
    assert TODAY in opened(client, here, here), "after a press on it, and when it is read again"
    assert TODAY in opened(client, here)
    assert otherwise in opened(client, here, "/desk/" if who == "desk-shelter" else "/referrals/")
    assert otherwise in opened(client, here)
    other = client.get(here, headers={"Referer": "http://elsewhere.example/"})
    assert otherwise in other.content.decode(), "another site's first page is not ours"


def test_only_of_the_referral_that_was_opened_there(house: Senders) -> None:
    first, second = late(house), late(house)
    client = house.browser()
    assert TODAY in opened(client, at(first), "/")
    assert TODAY not in opened(client, at(second))
