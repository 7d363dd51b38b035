"""Who left a shelter without a word at night: the coordinator calls the sender until somebody there has said something
(ADR 0174).
"""

from __future__ import annotations

import pytest

from hamkori.audit.models import Ledger
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time, pass_time_until
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_a_yes_that_became_a_no import ROW, says
from tests.web.test_left_in_the_evening import helped_at, records_number
from tests.web.test_left_without_a_word import puts_right
from tests.web.test_looked_for import says as says_of_it
from tests.web.test_shelter_ended import ends

pytestmark = pytest.mark.django_db

LEFT = "somebody left Shelter Kulob without a word: nobody at the sender has said anything yet"


def today(house: Senders) -> str:
    return page_text(house.browser("coordinator").get("/"))


def gone(house: Senders) -> tuple[object, Referral]:
    """On a Wednesday at nine in the evening."""
    case, referral = helped_at(house, 21)
    records_number(house)
    assert LEFT not in today(house)
    ends(house, referral, "not_reached")
    return case, referral


def test_the_coordinator_reads_whom_to_call_and_nothing_of_the_person(house: Senders) -> None:
    """Red before: she was to be called, and had no row of it."""
    case, referral = gone(house)
    for at in ("/", "/coordination/late/"):
        page = page_text(house.browser("coordinator").get(at))
        assert (ROW in page, LEFT in page, "00\u201114" in page) == (True, True, True), at
        assert f"{referral.code[:4]} {referral.code[4:]}" in page
        assert f"{case.code[:4]} {case.code[4:]}" not in page, at  # type: ignore[attr-defined]
        assert "Woman" not in page, at
    assert "Today 1 1 to call now" in today(house)
    old = says(house.browser("coordinator"), referral, "sender")
    assert "Saved: you called the sender, Cso Kulob." in old
    assert LEFT not in today(house)
    assert "to call now" not in today(house)
    with god():
        assert Ledger.objects.filter(object_id=referral.pk, reason_code="sender", decision_code="done").count() == 1


def test_it_ends_once_the_sender_has_said_anything(house: Senders) -> None:
    case, referral = gone(house)
    pass_time_until(3, 10)
    assert LEFT in today(house)
    says_of_it(house, case, "not_found")  # type: ignore[arg-type]
    pass_time(minutes=1)
    assert LEFT not in today(house)
    puts_right(house, referral, "given", "not_reached")
    assert LEFT in today(house), "said anew"
    puts_right(house, referral, "given")
    assert LEFT not in today(house)


def test_it_ends_by_noon_of_a_working_day(house: Senders) -> None:
    gone(house)
    pass_time(days=10)
    assert LEFT not in today(house)
