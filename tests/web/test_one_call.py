"""One call of the coordinator about several referrals: the row keeps its place, and one rule stands beside the list."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.referral.models import Referral
from tests.cast import pass_time, pass_time_until
from tests.doors import DoorClient
from tests.web.senders import Senders, page_text
from tests.web.test_said_on_the_telephone import LATE, press
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db
RULE = "help that cannot wait first, then the oldest; what can wait last"
SHELTER, LAWYERS = "Shelter Kulob", "Legal Aid"


def three(house: Senders, urgency: str) -> list[Referral]:
    """Two that the shelter owes, the first and the last; between them one that the lawyers owe. All are late.

    From a Monday on: what is sent between Friday evening and Monday morning is owed at one and the same hour.
    """
    pass_time_until(0, 10)
    house.world.services["shelter:LEGAL-01"] = another(house, "shelter-kulob", service_code="LEGAL-01").pk
    sent = []
    for service in ("shelter:LEGAL-01", "LEGAL-01", "shelter:LEGAL-01"):
        house.agreed(case := house.case({"need_tonight_codes": ["nothing_now"]}), "legal")
        sent.append(house.sent(case, urgency, service))
        pass_time(days=1)
    pass_time(days=6)
    return sent


def turns(farida: DoorClient, at: str) -> list[str]:
    """The organisations as they stand, each where it stands first."""
    page = page_text(farida.get(at)).partition("What expired" if at == "/" else "Expired without")[0]
    page = re.split("They said yes by telephone|Reached: the answer is awaited", page)[0]
    names = re.findall(rf"Call: ({SHELTER}|{LAWYERS})|({SHELTER}|{LAWYERS}) \d? ?(?:No number|Referral desk)", page)
    return list(dict.fromkeys(one or other for one, other in names))


@pytest.mark.parametrize("urgency", ["urgent", "normal"])
def test_the_row_keeps_its_place_until_all_is_said(house: Senders, urgency: str) -> None:
    """Red before: after the first answer the row stood below the other one, with another rule beside the heading."""
    first, between, last = three(house, urgency)
    farida = house.browser("coordinator")
    for at in ("/", LATE):
        assert turns(farida, at) == [SHELTER, LAWYERS], at
    rules = RULE in page_text(farida.get("/"))
    assert rules == (urgency == "normal")
    press(farida, f"/coordination/{first.code}/call/", "said_yes", **{"from": "today"})
    for at in ("/", LATE):
        assert turns(farida, at) == [SHELTER, LAWYERS], at
    assert (RULE in page_text(farida.get("/"))) == rules
    if urgency == "normal":  # red before: nothing said when to call once more
        assert "without an answer call again tomorrow" in page_text(farida.get("/"))
    press(farida, f"/coordination/{last.code}/call/", "reached", **{"from": "today"})
    assert turns(farida, LATE) == [LAWYERS, SHELTER]
    assert turns(farida, "/") == ([LAWYERS] if urgency == "urgent" else [LAWYERS, SHELTER])
    assert (RULE in page_text(farida.get("/"))) == rules
    assert f"/coordination/{between.code}/call/" in farida.get("/").content.decode() or "No number" in page_text(
        farida.get("/")
    )


def test_a_place_to_sleep_is_said_first(house: Senders) -> None:
    """Red before: "NGO shelter or crisis room", and at the end of the line "Urgent"."""
    house.agreed(case := house.case())
    house.sent(case)
    pass_time(hours=3)
    farida = house.browser("coordinator")
    for at in ("/", LATE):
        page = farida.get(at).content.decode()
        assert "<b>a place to sleep, urgent</b>" in page, at
    assert re.search(r"a place to sleep, urgent · NGO shelter", page_text(farida.get("/")))


def test_of_other_help_and_of_an_arrival_it_is_not_said(house: Senders) -> None:
    three(house, "urgent")
    for at in ("/", LATE):
        assert "a place to sleep" not in page_text(house.browser("coordinator").get(at)), at
