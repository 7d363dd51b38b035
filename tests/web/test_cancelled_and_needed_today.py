"""Cancelling what is needed tonight: that nobody is asked for it then, before the press and after it."""

from __future__ import annotations

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, page_text, press, records
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db

BEFORE = "A doctor is needed today: if you cancel this, nobody is asked for one."
AFTER = "Needs a doctor: nobody is asked now."
AMBULANCE = "If it cannot wait, call an ambulance: 103"
PLACE_BEFORE = "A place for tonight is needed: if you cancel this, nobody is asked for one."
PLACE_AFTER = "No place for tonight."
ANOTHER = "Ask another organisation"


def needs(house: Senders, need: str) -> Case:
    records(house)
    for service in ("HEALTH-01", "HEALTH-02"):
        house.world.services[service] = another(house, service_code=service).pk
    house.agreed(case := house.case({"need_tonight_codes": [need]}))
    if need == "doctor":
        house.agreed(case, kind="health")
    return case


def reads(house: Senders, referral: Referral) -> str:
    """The page before the press; where it says that somebody is missing, with the way to ask another."""
    answer = house.browser().get(f"/referrals/{referral.code}/recall/")
    page = page_text(answer)
    assert (f"/referrals/{referral.code}/again/" in answer.content.decode()) is ("if you cancel this" in page)
    return page


def cancels(house: Senders, referral: Referral) -> str:
    pass_time(minutes=10)
    form = press(referral, reason="mistake")
    return page_text(house.browser().post(f"/referrals/{referral.code}/recall/", form, follow=True))


def test_a_doctor_of_today_who_is_cancelled_is_said_to_be_missing(house: Senders) -> None:
    """Red before: "You can ask another organisation.", and nothing of the doctor."""
    one = house.sent(needs(house, "doctor"), service="HEALTH-02")
    before = reads(house, one)
    for said in (BEFORE, AMBULANCE, ANOTHER):
        assert said in before, said
    after = cancels(house, one)
    for said in ("Cancelled.", AFTER, AMBULANCE, ANOTHER):
        assert said in after, said


def test_a_place_for_tonight_likewise(house: Senders) -> None:
    """Red before: nothing of the place."""
    one = house.sent(needs(house, "safe_place"))
    before = reads(house, one)
    assert (PLACE_BEFORE in before, AMBULANCE in before) == (True, False)
    after = cancels(house, one)
    assert (PLACE_AFTER in after, AMBULANCE in after, ANOTHER in after) == (True, False, True)


@pytest.mark.parametrize(
    ("need", "service"), [("doctor", "HOME-02"), ("safe_place", "HEALTH-02"), ("lawyer", "HOME-02")]
)
def test_of_other_help_nothing_is_said(house: Senders, need: str, service: str) -> None:
    case = needs(house, need)
    if service == "HEALTH-02":
        house.agreed(case, kind="health")
    one = house.sent(case, service=service)
    assert "if you cancel this" not in reads(house, one)
    after = cancels(house, one)
    assert (AFTER in after, "nobody is asked for one" in after) == (False, False)


def test_where_another_is_asked_nothing_is_missing(house: Senders) -> None:
    case = needs(house, "doctor")
    one, _two = house.sent(case, service="HEALTH-02"), house.sent(case, service="HEALTH-01")
    assert "if you cancel this" not in reads(house, one)
    assert AFTER not in cancels(house, one)
