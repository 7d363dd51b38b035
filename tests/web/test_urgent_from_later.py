"""A bed that is asked for urgently and from a later day is asked about once: nobody may have looked at the day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori.casework.referral.actions import receive
from tests.cast import pass_time, wall_clock
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text, referrals
from tests.web.test_refer import address
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db
ASKS = "Is the place for tonight?"


def later() -> str:
    return (timezone.localdate(wall_clock()) + timedelta(days=1)).isoformat()


def test_an_urgent_bed_from_tomorrow_is_sent_at_the_second_press(house: Senders) -> None:
    """Red before: "Urgent" left "Needed from: Tomorrow", and the shelter kept a bed for the wrong night."""
    house.agreed(case := house.case({"need_tonight_codes": ["safe_place"]}))
    zarina = house.browser()
    held = zarina.post(address(case), house.screen(case, needed_from=later()))
    assert held.status_code == 400
    assert page_text(held).count(ASKS) >= 1
    assert not referrals()
    again = fields(held, address(case))
    assert again["day_meant"] == [later()], "the day that was asked about is meant by the next press"
    sent = zarina.post(address(case), {**again, "do": "send"})
    assert sent.status_code == 303, page_text(sent)
    assert [one.state_code for one in referrals()] == ["sent"]


@pytest.mark.parametrize("service", ["HOME-02", "LEGAL-01"])
def test_what_is_urgent_needs_a_day(house: Senders, service: str) -> None:
    """Red before: with the day emptied it left without one, and nobody there read for when the place is."""
    case = house.case({"need_tonight_codes": ["safe_place"]})
    for kind in ("shelter_social", "legal"):
        house.agreed(case, kind)
    zarina, typed = house.browser(), {"urgency": "urgent", "needed_from": "", "agreed_text": "Canary-Words"}
    more = {} if service == "HOME-02" else {"need": "LEGAL"}
    held = zarina.post(address(case), house.screen(case, service, **more, **typed))
    assert held.status_code == 400
    assert "Urgent: choose the day from which it is needed." in page_text(held)
    assert not referrals()
    again = fields(held, address(case))
    assert again["agreed_text"] == ["Canary-Words"], "what was typed stays"
    today = timezone.localdate(wall_clock()).isoformat()
    sent = zarina.post(address(case), {**again, "needed_from": today, "do": "send"})
    assert sent.status_code == 303, page_text(sent)


def test_another_day_than_the_one_that_was_asked_about_is_asked_about_again(house: Senders) -> None:
    house.agreed(case := house.case({"need_tonight_codes": ["safe_place"]}))
    zarina = house.browser()
    again = fields(zarina.post(address(case), house.screen(case, needed_from=later())), address(case))
    day_after = (timezone.localdate(wall_clock()) + timedelta(days=2)).isoformat()
    assert zarina.post(address(case), {**again, "do": "send", "needed_from": day_after}).status_code == 400
    assert not referrals()


@pytest.mark.parametrize(
    ("service", "more"),
    [
        ("HOME-02", {"urgency": "within_a_day"}),
        ("LEGAL-01", {"need": "LEGAL"}),
        ("HOME-02", {"do": "draft"}),
    ],
)
def test_nothing_else_is_held(house: Senders, service: str, more: dict[str, str]) -> None:
    """What can wait, other help than a bed, and a draft."""
    case = house.case({"need_tonight_codes": ["safe_place"]})
    for kind in ("shelter_social", "legal"):
        house.agreed(case, kind)
    answer = house.browser().post(address(case), house.screen(case, service, needed_from=later(), **more))
    assert ASKS not in page_text(answer)
    assert len(referrals()) == 1


def test_after_a_bed_that_could_wait_one_for_tonight_is_asked_for_urgently(house: Senders) -> None:
    """Red before: "Within a day" came with the earlier referral, and the answer was due the day after the night."""
    house.agreed(case := house.case({"need_tonight_codes": ["safe_place"]}))
    earlier = house.sent(case, urgency="within_a_day", sections=["contact", "needs"])
    pass_time(minutes=11)
    with house.as_("desk-shelter") as desk:
        receive.decline(desk, earlier, version=earlier.version, reason="full")
    service = another(house, service_code="HOME-02").pk
    again = f"/referrals/{earlier.code}/again/?service={service}"
    assert fields(house.browser().get(again), address(case))["urgency"] == ["urgent"]
