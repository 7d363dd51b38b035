"""An old page that withdraws acts at once, and says which yes it did not show, and who was told of that (ADR 224)."""

from __future__ import annotations

import pytest

from tests.cast import pass_time
from tests.web.forms_of import fields
from tests.web.senders import Senders, at, page_text
from tests.web.test_a_brought_no_on_both_sides import STILL, THERE, WAIT_NOT, WANTS, accepted, shown_after
from tests.web.test_heard_through_somebody import shown, takes_back
from tests.web.test_place_found import today, until

pytestmark = pytest.mark.django_db
SAID = "after you had opened that page. It ends with this too."
CALL = "that the person comes. Say that nobody comes. Name nobody."
EVERYTHING = {"took": ["all"], "how_said": "in_person"}


def test_a_yes_that_the_page_did_not_show_is_said_with_whom_to_call(house: Senders) -> None:
    """Red before: "Withdrawn: everything.", and the shelter had been told a minute ago that the person comes."""
    until(18)
    case, sent = accepted(house)
    way = f"/cases/{case.code}/consent/withdraw/"
    old = fields(house.browser().get(way), way)
    takes_back(house, case, "by_message")
    house.agreed(case)
    pass_time(minutes=1)
    shown_after(house, sent, "reached")
    pass_time(minutes=1)
    for who in THERE:
        for _opened in range(2):
            assert WANTS in today(house, who), f"{who}: red before, it left Today with the first look at it"
            assert WANTS in shown(house, at(sent), who), who
    answer = house.browser().post(way, old | EVERYTHING, follow=True)
    done = page_text(answer)
    assert SAID in done, done[:1500]
    assert CALL in done
    assert "00‑11" in done.partition("Call now:")[2], "where they are called"
    assert SAID in page_text(house.browser().get(answer.redirect_chain[-1][0])), "it is there when it is opened again"
    assert "canary" not in done
    for who in THERE:
        for page in (today(house, who), shown(house, at(sent), who)):
            assert "The person said no again, today" in page, f"{who}: later than what they were told by telephone"
            assert STILL not in page, who
        assert WAIT_NOT in shown(house, at(sent), who), who


def test_a_page_of_now_says_nothing_of_it(house: Senders) -> None:
    until(18)
    case, _sent = accepted(house)
    takes_back(house, case, "by_message")
    house.agreed(case)
    pass_time(minutes=1)
    way = f"/cases/{case.code}/consent/withdraw/"
    answer = house.browser().post(way, fields(house.browser().get(way), way) | EVERYTHING, follow=True)
    assert SAID not in page_text(answer)
    assert CALL not in page_text(answer), "nobody was told"


@pytest.mark.parametrize("took", ["legal:help", "all"])
def test_of_what_stays_nothing_is_said_to_end(house: Senders, took: str) -> None:
    until(18)
    case, _sent = accepted(house)
    way = f"/cases/{case.code}/consent/withdraw/"
    old = fields(house.browser().get(way), way)
    pass_time(minutes=1)
    house.agreed(case, kind="health")
    done = page_text(house.browser().post(way, old | EVERYTHING | {"took": [took]}, follow=True))
    assert (SAID in done) == (took == "all")
