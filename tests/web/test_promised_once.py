"""A place that is promised by telephone counts for the person, whichever of two referrals it was for (ADR 0166)."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.cast import pass_time
from tests.web.senders import Senders, closes, page_text
from tests.web.test_place_found import until
from tests.web.test_red_alike import counted
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db
BOTH = ("caseworker-cso", "supervisor-cso")
DOUBLE = "They said yes by telephone to another referral of this person: one is enough"


@pytest.mark.parametrize("yes_of", [0, 1])
def test_a_yes_to_one_of_two_referrals_is_a_place_for_the_person(house: Senders, yes_of: int) -> None:
    """Red before: the other stood under "Call now", and the case began with "No place for tonight yet"."""
    until(19)
    house.world.services["HOME-01"] = another(house, "shelter-kulob", service_code="HOME-01").pk
    for service in ("HOME-02", "HOME-01"):
        closes(house, service)
    house.agreed(case := house.case({"need_tonight_codes": ["safe_place"]}))
    pair = [house.sent(case), house.sent(case, service="HOME-01")]
    pass_time(minutes=1)
    zarina, farida = house.browser(), house.browser("coordinator")
    assert {row.referral for row in counted(house, "caseworker-cso").unread} == {one.code for one in pair}
    promised, other = pair[yes_of], pair[1 - yes_of]
    zarina.post(f"/referrals/{promised.code}/call/", {"operation": str(uuid4()), "answer": "said_yes"})
    pass_time(minutes=1)
    for who in BOTH:
        found = counted(house, who)
        assert other.code not in {row.referral for row in found.unread}, who
        assert [row.awaits_place for row in found.rows if row.referral == other.code] == [False], who
        assert DOUBLE in page_text(house.browser(who).get("/")), who
        head = page_text(house.browser(who).get(f"/cases/{case.code}/")).partition("What is next")[2][:400]
        assert "No place for tonight yet" not in head, who
        assert head.lstrip().startswith("Yes by telephone, not confirmed"), head
    assert f'href="/referrals/{other.code}/recall/"' in zarina.get("/").content.decode()
    page = page_text(zarina.get(f"/referrals/{other.code}/"))
    assert page.count(DOUBLE) == 1
    assert "Cancel this one" in page
    assert "Once they accept, cancel this one" not in page
    assert f"{other.code[:4]} {other.code[4:]}" not in page_text(farida.get("/"))
    zarina.post(f"/referrals/{promised.code}/call/", {"operation": str(uuid4()), "answer": "said_no"})
    pass_time(minutes=1)
    assert other.code in {row.referral for row in counted(house, "caseworker-cso").unread}, "it was a no after all"
