"""Two are asked for a place, one says no by telephone and one yes: the yes counts, and nobody calls about the no."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_promised_once import BOTH
from tests.web.test_red_alike import counted
from tests.web.test_said_on_the_telephone import press
from tests.web.test_two_are_asked import reads, two

pytestmark = pytest.mark.django_db
COORDINATOR = "call the coordinator"
TAKEN = "Another organisation said yes by telephone"


@pytest.mark.parametrize("no_of", [0, 1])
def test_who_said_no_is_called_about_no_more_while_another_said_yes(house: Senders, no_of: int) -> None:
    """Red before: "Call now: they said no… comes first… nobody else is listed: call the coordinator"."""
    case, *pair = two(house)
    refusing, giving = pair[no_of], pair[1 - no_of]
    zarina, farida = house.browser(), house.browser("coordinator")
    press(zarina, f"/referrals/{refusing.code}/call/", "said_no")
    assert refusing.code in {row.referral for row in counted(house, "caseworker-cso").unread}
    press(zarina, f"/referrals/{giving.code}/call/", "said_yes")
    for who in BOTH:
        assert not counted(house, who).unread, who
        today = page_text(house.browser(who).get("/"))
        assert COORDINATOR not in today, who
        assert TAKEN in today, "a line of the row of the person"
        assert today.index("yes, not confirmed in Hamkori yet") < today.index(TAKEN), who
    said = page_text(zarina.get("/"))
    assert re.search(r"(?:Caseworker|Supervisor) Cso called today \d\d:\d\d: no, not confirmed", said), (
        "what they said stands there"
    )
    head = page_text(zarina.get(f"/cases/{case.code}/")).partition("What is next")[2][:300]
    assert head.lstrip().startswith("Yes by telephone, not confirmed"), head
    text = reads(zarina, refusing)
    assert text.count("said yes by telephone (") == 1
    assert "no answer yet" not in text
    assert COORDINATOR not in text.lower()
    assert "Cancel this one" in text
    assert f"{refusing.code[:4]} {refusing.code[4:]}" not in page_text(farida.get("/"))
    zarina.post(f"/referrals/{giving.code}/call/", {"operation": str(uuid4()), "answer": "said_no"})
    pass_time(minutes=1)
    assert {row.referral for row in counted(house, "caseworker-cso").unread} == {one.code for one in pair}, (
        "it was a no after all: both are called about"
    )
    assert TAKEN not in page_text(zarina.get("/"))


@pytest.mark.parametrize("vain", [0, 1])
def test_who_was_called_in_vain_stands_quietly_below_a_yes(house: Senders, vain: int) -> None:
    """Red before: "Nobody reached… comes first… nobody else is listed: call the coordinator" headed the card (227)."""
    case, *pair = two(house)
    silent, giving = pair[vain], pair[1 - vain]
    zarina = house.browser()
    press(zarina, f"/referrals/{silent.code}/call/", "not_reached")
    assert silent.code in {row.referral for row in counted(house, "caseworker-cso").unread}
    press(zarina, f"/referrals/{giving.code}/call/", "said_yes")
    for who in BOTH:
        assert not counted(house, who).unread, who
        today = page_text(house.browser(who).get("/"))
        for loud in (COORDINATOR, "comes first", "Nobody reached: "):
            assert loud not in today, (who, loud)
        assert today.index("yes, not confirmed in Hamkori yet") < today.index(TAKEN), who
    page = zarina.get("/").content.decode()
    assert f"/referrals/{silent.code}/recall/" not in page, "that desk may still accept"
    assert f'href="/referrals/{silent.code}/"' in page
    head = page_text(zarina.get(f"/cases/{case.code}/")).partition("What is next")[2][:300]
    assert head.lstrip().startswith("Yes by telephone, not confirmed"), head
    press(zarina, f"/referrals/{giving.code}/call/", "said_no")
    assert {row.referral for row in counted(house, "caseworker-cso").unread} == {one.code for one in pair}


def test_who_was_asked_already_said_yes_and_no_page_calls_that_no_answer(house: Senders) -> None:
    """Red before: "Asked already: Legal Aid, no answer yet. Nobody else is listed: call the coordinator"."""
    _case, first, second = two(house)
    zarina = house.browser()
    press(zarina, f"/referrals/{second.code}/call/", "said_yes")
    text = reads(zarina, first)
    assert re.search(r"Asked already: Legal Aid, [^.]*said yes by telephone today \d\d:\d\d", text), text
    assert "no answer yet" not in text.partition("Asked already")[2].partition("Nobody else")[0]
