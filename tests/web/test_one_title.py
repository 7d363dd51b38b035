"""Whoever receives a referral reads one title of it everywhere: what is asked for and for whom; the service second."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.referral.models import Referral
from tests.doors import DoorClient
from tests.web.senders import Senders, at, page_text, press

pytestmark = pytest.mark.django_db

TITLE, SERVICE = "A place for a woman, 18\u201129", "NGO shelter or crisis room"


def titled(client: DoorClient, referral: Referral) -> str:
    found = re.search(r"<h1>([^<]+)</h1>", client.get(at(referral)).content.decode())
    assert found is not None
    return found[1]


def stands_first(page: str, code: str) -> bool:
    """Whether the row of this referral has the title, and the service behind it."""
    row = next(one for one in re.split(r"<li\b", page) if code in one.replace("\u00a0", "").replace(" ", ""))
    return TITLE in row and row.index(TITLE) < row.index(SERVICE)


def test_of_what_waits_and_was_accepted_it_is_what_is_asked_for(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    desk, parvina = house.browser("desk-shelter"), house.browser("shelter-worker")
    for path in ("/", "/desk/"):
        assert stands_first(desk.get(path).content.decode(), referral.code), path
    assert titled(desk, referral) == TITLE
    house.accepted(referral, part="now")
    assert stands_first(desk.get("/desk/").content.decode(), referral.code), "accepted"
    assert titled(desk, referral) == titled(parvina, referral) == TITLE
    assert f"{SERVICE}</small>" in parvina.get(at(referral)).content.decode(), "the service, in small"


def test_where_help_is_given_whoever_helps_reads_it_and_the_desk_nothing_of_the_person(house: Senders) -> None:
    """The summary is the desk's until help begins (ADR 90): sex and age stand nowhere there afterwards."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral, part="now")
    desk, parvina = house.browser("desk-shelter"), house.browser("shelter-worker")
    assert parvina.post(at(referral, "serve"), press(referral)).status_code == 303
    assert titled(parvina, referral) == TITLE
    assert titled(desk, referral) == SERVICE
    assert "a woman" not in page_text(desk.get("/desk/")) + page_text(desk.get(at(referral)))
