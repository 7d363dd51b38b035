"""An hour lies in the part of the day that was pressed: whoever goes there and whoever waits read one time."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.case.rules.clocks import parts_of_day
from hamkori.web.received.hours import IN_WORDS, OTHER
from hamkori.web.received.part_in_words import WORDS, part_in_words
from tests.cast import pass_time
from tests.database import god
from tests.web import test_today_in_danger as forms
from tests.web.senders import Senders, page_text
from tests.web.test_accepted_tonight import at_hour, waits, yes
from tests.web.test_received import another_time, look, press, record, taken

pytestmark = pytest.mark.django_db


def test_an_hour_of_the_evening_does_not_go_with_the_morning(house: Senders) -> None:
    """Red before: "19" went with "Tomorrow, morning", and the worker read both."""
    at_hour(11)
    referral = waits(house)
    at, desk = f"/referrals/{referral.code}/accept/", house.browser("desk-shelter")
    with god():
        day = now().date() + timedelta(days=1)
    when = {"when": f"{day.isoformat()}.morning", "place": "canary-place"}
    refused = desk.post(at, yes(house, referral, hour="19", **when))
    assert refused.status_code == 400
    assert "19:00 is in the evening. Choose the evening, or another hour." in page_text(refused)
    for kept in ('value="19"', 'value="canary-place"'):
        assert kept in refused.content.decode()
    assert record(referral).state_code == "sent", "nothing is written"
    assert desk.post(at, yes(house, referral, hour="9", **when)).status_code == 303


def test_eight_with_tonight_is_read_as_the_evening_and_looked_at(house: Senders) -> None:
    """Red before: "8" was this morning's, which is over, and the button offered 08:00 tomorrow."""
    at_hour(18)
    referral = waits(house)
    at, desk = f"/referrals/{referral.code}/accept/", house.browser("desk-shelter")
    with god():
        tonight = f"{timezone.localdate(now()).isoformat()}.evening"
    refused = desk.post(at, yes(house, referral, hour="8", when=tonight))
    assert refused.status_code == 400
    assert "In the evening this is 20:00, which is written here now. Look, then press again." in page_text(refused)
    assert 'value="20:00"' in refused.content.decode()
    assert "tomorrow 08:00" not in page_text(refused)
    assert desk.post(at, yes(house, referral, hour="20:00", when=tonight)).status_code == 303


def test_the_opened_hour_stands_with_its_day_in_one_line(house: Senders) -> None:
    """Red before: "10:30" alone, and the day of it in the line above."""
    at_hour(11)
    referral, desk = waits(house), house.browser("desk-shelter")
    with god():
        day = timezone.localdate(now()) + timedelta(days=1)
    told = {"when": f"{day.isoformat()}.morning", "hour": "10:30", "place": "canary-place"}
    assert desk.post(f"/referrals/{referral.code}/accept/", yes(house, referral, **told)).status_code == 303
    pass_time(minutes=1)
    read = page_text(house.browser().get(f"/referrals/{referral.code}/?open=meeting"))
    assert f"Hour tomorrow, {day.day} {day:%B}, 10:30 Meeting point canary-place" in read


def test_another_time_and_the_time_that_stands_take_an_hour_in_them_alone(house: Senders) -> None:
    referral = taken(house)
    refused = press(house, referral, "expect", **another_time(hour="9"))
    assert refused.status_code == 400
    assert "9:00 is in the morning. Choose the morning, or another hour." in page_text(refused)
    saved = press(house, referral, "expect", **another_time(hour="19"))
    assert saved.status_code == 303
    green = page_text(house.browser("shelter-worker").get(saved["Location"]))
    told = green.partition("The new time is saved. The sender has been told.")[2]
    assert re.search(r"^[^.]*\. Agreed: [^.]*, evening\.", told), f"red before: it said no day: {told[:150]}"
    page = look(house, referral, query="?open=meeting").content.decode()
    (at, fields) = forms.form_of(page, f"/referrals/{referral.code}/expect/")
    again = {**fields, "operation": str(uuid4()), "hour": "9"}
    said = page_text(house.browser("shelter-worker").post(at, again))
    assert "\u201cEvening\u201d begins at 17:00. Write an hour after it." in said, "no other part can be chosen there"


def test_who_comes_now_at_an_hour_that_was_written_is_said_at_one_time(house: Senders) -> None:
    """Red before: "at the latest by 14:00" beside "11:30"."""
    at_hour(11)
    referral, desk = waits(house), house.browser("desk-shelter")
    desk.post(f"/referrals/{referral.code}/accept/", yes(house, referral, when="now", hour="11:30"))
    said = page_text(desk.get(f"/referrals/{referral.code}/"))
    assert "Accepted. The person comes at the hour that you wrote." in said
    assert "at the latest by" not in said


def test_an_hour_among_words_is_an_hour(house: Senders) -> None:
    """Red before: "now", with "09:00 tomorrow" behind the lock: who waited read 03:19."""
    at_hour(11)
    referral, desk = waits(house), house.browser("desk-shelter")
    at = f"/referrals/{referral.code}/accept/"
    for hour, when in (("19:00 tomorrow", "now"), ("соати 19.30", "now")):
        refused = desk.post(at, yes(house, referral, when=when, hour=hour))
        assert refused.status_code == 400, hour
        assert "Choose the evening, or another hour." in page_text(refused), hour
    assert desk.post(at, yes(house, referral, when="now", hour="about 11:30")).status_code == 303


def test_a_part_of_the_day_in_words_is_the_one_that_was_pressed(house: Senders) -> None:
    """Red before: "баъди нисфирӯзӣ" went with "Tomorrow, morning", and the worker read both."""
    at_hour(11)
    referral, desk = waits(house), house.browser("desk-shelter")
    at = f"/referrals/{referral.code}/accept/"
    with god():
        day = now().date() + timedelta(days=1)
    morning = f"{day.isoformat()}.morning"
    for hour, part in (
        ("баъди нисфирӯзӣ", "afternoon"),
        ("Бегоҳӣ меоед", "evening"),
        ("завтра вечером", "evening"),
        ("l’après-midi", "afternoon"),
        ("9:00 in the evening", "evening"),
    ):
        refused = desk.post(at, yes(house, referral, when=morning, hour=hour))
        assert refused.status_code == 400, hour
        assert f"You wrote a word for the {part}. Choose the {part}, or write another time." in page_text(refused), hour
    refused = desk.post(at, yes(house, referral, when="now", hour="вечером"))
    assert "Choose the evening" in page_text(refused), "now is over before that"
    assert desk.post(at, yes(house, referral, when=morning, hour="утром")).status_code == 303


def test_the_time_that_stands_takes_no_word_of_another_part(house: Senders) -> None:
    referral = taken(house)
    press(house, referral, "expect", **another_time(hour="19"))
    page = look(house, referral, query="?open=meeting").content.decode()
    (at, fields) = forms.form_of(page, f"/referrals/{referral.code}/expect/")
    again = {**fields, "operation": str(uuid4()), "hour": "пагоҳӣ"}
    said = page_text(house.browser("shelter-worker").post(at, again))
    assert "\u201cEvening\u201d begins at 17:00. Write an hour after it." in said


def test_words_that_name_no_part_or_two_are_taken_as_they_stand() -> None:
    for text in (
        "до вечера",
        "когда сможете",
        "пагоҳ",
        "с утра до вечера",
        "утром или вечером",
        "внутри рынка",
        "to be agreed",
    ):
        assert not part_in_words(text), text


def test_of_each_part_it_is_said_that_an_hour_lies_in_it() -> None:
    assert tuple(OTHER) == tuple(IN_WORDS) == tuple(WORDS) == parts_of_day()


@pytest.mark.parametrize("written", ["11:15 today", "имрӯз 11:15", "сегодня в 11:15", "11:15 aujourd’hui"])
def test_a_word_for_another_day_is_none_of_this_one(house: Senders, written: str) -> None:
    """Red before: both sides read "tomorrow, morning, 11:15 today"."""
    at_hour(9)
    referral = waits(house)
    at, desk = f"/referrals/{referral.code}/accept/", house.browser("desk-shelter")
    with god():
        tomorrow = f"{(timezone.localdate(now()) + timedelta(days=1)).isoformat()}.morning"
    refused = desk.post(at, yes(house, referral, hour=written, when=tomorrow))
    assert refused.status_code == 400
    assert "You wrote a word for today, and another day is chosen." in page_text(refused)
    assert record(referral).state_code == "sent", "nothing is written"
    assert desk.post(at, yes(house, referral, hour="11:15 tomorrow", when=tomorrow)).status_code == 303


@pytest.mark.parametrize("pressed", ["hour", "evening", "next_day"])
def test_an_hour_after_the_last_part_says_what_can_be_pressed(house: Senders, pressed: str) -> None:
    """Red before: "“Now” ends at 18:00" or "“Evening” ends at 21:00", of buttons that nobody had pressed."""
    at_hour(15)
    referral = waits(house)
    at, desk = f"/referrals/{referral.code}/accept/", house.browser("desk-shelter")
    with god():
        today = timezone.localdate(now())
    when = f"{today.isoformat()}.evening" if pressed == "evening" else pressed
    refused = desk.post(at, yes(house, referral, hour="22:30", when=when))
    assert refused.status_code == 400
    button = "Evening" if pressed == "next_day" else "Tonight"
    said = "22:30 is too late: until 21:00 an hour can be agreed here. Write an earlier one; or empty this field, "
    assert f"{said}write 22:30 beside the meeting point, and press “{button}”." in page_text(refused)
    assert not any(other in page_text(refused) for other in ("“Now” ends", "“Evening” ends"))
    tonight = {"when": f"{today.isoformat()}.evening", "place": "canary-gate, 22:30"}
    assert desk.post(at, yes(house, referral, **tonight)).status_code == 303
