"""Whoever may be on the way in vain: the case says it as Today does, and whoever comes second reads what was said."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.referral.models import Referral
from tests.web import test_taken_back
from tests.web.senders import Senders, at, page_text
from tests.web.test_taken_back import ABOVE, LEAD, TELLS, TITLE, presses, returns, steps
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db

agreed = test_taken_back.agreed


def file(house: Senders, referral: Referral, who: str) -> str:
    code = re.search(r"/cases/(\d{8})/", house.browser(LEAD).get(at(referral)).content.decode())
    assert code is not None
    return page_text(house.browser(who).get(f"/cases/{code[1]}/"))


def test_the_case_says_it_first_until_it_is_answered(house: Senders, agreed: Referral) -> None:
    """Red before: Today's gravest row stood nowhere on the page of the case."""
    for who in (LEAD, ABOVE):
        assert TITLE not in file(house, agreed, who)
    returns(house, agreed)
    for who in (LEAD, ABOVE):
        said = file(house, agreed, who).partition("What happened")[0]
        assert TITLE in said, who
        assert TELLS in said.partition(TITLE)[2], who
        assert said.count(TITLE) == 1
    presses(house, agreed, "warn_person", "warned")
    for who in (LEAD, ABOVE):
        assert TITLE not in file(house, agreed, who)


@pytest.mark.parametrize(("first", "who", "says"), [(ABOVE, LEAD, "has said already"), (LEAD, LEAD, "You have said")])
def test_who_comes_second_reads_what_was_said(
    house: Senders, agreed: Referral, first: str, who: str, says: str
) -> None:
    """Red before: "That was said already, or the agreed time is over", whatever had been said."""
    returns(house, agreed)
    to = at(agreed, "warn_person")
    old = form_of(house.browser(who).get(at(agreed)).content.decode(), to)[1] | {"answer": "warned"}
    presses(house, agreed, "warn_person", "never_told", who=first)
    said = page_text(house.browser(who).post(to, old, follow=True))
    assert says in said
    assert "“They were not told to come”. Nothing was changed." in said
    assert [reason for reason, _side in steps(agreed, "warn_person")] == ["never_told"]
