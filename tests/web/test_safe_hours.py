"""Who opens how to reach the person reads that the safe hours are over, that no number is there, and the way back."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.web.words import safe_hours
from tests.web.senders import Senders, page_text
from tests.web.test_told_person import I_TOLD

OVER = "Now is outside the safe hours"
BACK = "Back to the referral: I told the person"


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 25, hour, minute, tzinfo=ZoneInfo("Asia/Dushanbe"))


@pytest.mark.parametrize(
    ("written", "inside", "outside"),
    [
        ("10:00–12:00", at(11, 59), at(13, 6)),
        ("10.00 - 12.00", at(10), at(9, 59)),
        ("from 18 to 20", at(19), at(20)),
        ("аз 9:00 то 10:00, 17:00-18:00", at(17, 30), at(12)),
        ("22:00–2:00", at(1), at(3)),
    ],
)
def test_hours_that_are_nothing_but_times_are_held_against_the_clock(
    written: str, inside: datetime, outside: datetime
) -> None:
    assert safe_hours.over(written, inside) == ""
    assert safe_hours.over(written, outside) == f"{OVER} ({written})."


@pytest.mark.parametrize("written", ["", "6-8", "not 10:00–12:00", "mornings", "10:00–12:00 on Fridays", "31:00–32:00"])
def test_of_hours_whose_sense_is_not_certain_nothing_is_said(written: str) -> None:
    assert all(safe_hours.over(written, at(hour)) == "" for hour in range(24))


@pytest.mark.django_db
def test_the_sender_reads_that_the_hours_are_over_and_goes_back_to_say_it(house: Senders) -> None:
    """Red before: the hours alone, no word of the number, and no way back."""
    local = timezone.localtime(now())
    before, after = (f"{(local + timedelta(hours=hours)).hour}:00" for hours in (-3, -2))
    hours = f"{before}–{after}"
    case = house.case(contact={"call_name": "Canary-Call-Name", "hours": hours})
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral, meeting={"hour": "soon"})
    browser = house.browser()
    browser.get(f"/referrals/{referral.code}/?open=meeting")
    reach = f"/referrals/{referral.code}/?open=reach#reach"
    page = browser.get(f"/referrals/{referral.code}/").content.decode()
    assert I_TOLD in page
    assert reach in page
    beside = page_text(browser.get(reach.partition("#")[0]))
    for one in (f"{OVER} ({hours}).", "A safe telephone not recorded", "Hour soon", "I told the person"):
        assert one in beside, f"red before: the telephone and the hour stood on two pages; {one}"
    answer = browser.get(f"/cases/{case.code}/?from={referral.code}&open=contact")
    opened, said = answer.content.decode(), page_text(answer)
    assert f"{OVER} ({hours})." in said
    assert "A safe telephone not recorded" in said
    assert f'<a class="solo" href="/referrals/{referral.code}/?open=hour#hour">' in opened, "the hour is open there"
    assert BACK in said
    alone = page_text(browser.get(f"/cases/{case.code}/?open=contact"))
    assert OVER in alone
    assert BACK not in alone
    shut = page_text(browser.get(f"/cases/{case.code}/"))
    assert OVER not in shut
