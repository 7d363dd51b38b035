"""The record of access answers first whether another organisation has opened anything."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_agreed_by_telephone import agreed
from tests.web.test_heard_through_somebody import shown

pytestmark = pytest.mark.django_db
NOBODY = "No other organisation has opened a locked part."
OPENED = "Opened by another organisation: "


def test_whoever_opened_what_was_sent_stands_above_the_rows_with_the_day(house: Senders) -> None:
    """Red before: nothing answered "has anybody else read it?" but two hundred rows."""
    case = house.case()
    house.agreed(case)
    house.accepted(sent := house.sent(case), part="now")
    pass_time(minutes=1)
    record = f"/cases/{case.code}/history/"
    for who in ("caseworker-cso", "supervisor-cso"):
        page = shown(house, record, who)
        assert NOBODY in page, f"{who}: it was accepted, and nobody has opened it"
        assert OPENED not in page, who
    opened = house.browser("shelter-worker").get(f"/referrals/{sent.code}/?open=packet")
    assert opened.status_code == 200
    pass_time(minutes=1)
    for who in ("caseworker-cso", "supervisor-cso"):
        page = shown(house, record, who)
        assert NOBODY not in page, who
        assert re.search(rf"{OPENED}Shelter.Kulob \((today|yesterday)\)\.", page), page[:600]
    assert house.browser("shelter-worker").get(record).status_code == 404


def test_hour_and_meeting_point_that_a_desk_opened_are_an_opening(house: Senders) -> None:
    """Red before: "No other organisation has opened any of it", after the desk had read where the person would be."""
    case, sent = agreed(house)
    record = f"/cases/{case.code}/history/"
    assert NOBODY in shown(house, record)
    assert house.browser("desk-shelter").get(f"/referrals/{sent.code}/?open=meeting").status_code == 200
    pass_time(minutes=1)
    for who in ("caseworker-cso", "supervisor-cso"):
        page = shown(house, record, who)
        assert NOBODY not in page, who
        assert OPENED in page, who
    listed = shown(house, f"{record}?show=opened")
    assert "Opened where they meet" in listed
    assert "Gulnora" not in listed, "of another organisation no name"


def test_a_try_is_no_opening(house: Senders) -> None:
    case = house.case()
    assert house.browser("stranger").get(f"/cases/{case.code}/").status_code == 404
    assert NOBODY in page_text(house.browser().get(f"/cases/{case.code}/history/"))


def test_what_a_step_of_the_own_work_reads_is_not_called_opened(house: Senders) -> None:
    """Red before: "Opened a locked part", of a part that a form read, and nobody had opened."""
    case = house.case()
    with house.as_() as zarina:
        mine = Case.objects.get(pk=case.pk)
        written = {"contact": {"call_name": "Canary", "safe_phone": "+992 00"}}
        cases.edit(zarina, mine, version=mine.version, codes={}, sealed=written)
    assert house.browser().get(f"/cases/{case.code}/first/?step=who").status_code == 200
    pass_time(minutes=1)
    record = f"/cases/{case.code}/history/"
    page = shown(house, record)
    start = page.find("Who did what")
    assert "Read for a step of the work, not opened by hand: How to reach the person safely" in page, page[
        start : start + 900
    ]
    assert "Opened a locked part" not in page
    assert house.browser().get(f"/cases/{case.code}/?open=contact").status_code == 200
    assert "Opened a locked part: How to reach the person safely" in shown(house, record)


def test_the_record_is_read_for_openings_alone(house: Senders) -> None:
    """Red before: two hundred rows, among which the openings were looked for."""
    case = house.case()
    record = f"/cases/{case.code}/history/"
    assert f'href="{record}?show=opened"' in house.browser().get(record).content.decode()
    assert "Nobody has opened anything locked." in shown(house, f"{record}?show=opened")
    assert house.browser().get(f"/cases/{case.code}/first/?step=who").status_code == 200
    assert house.browser().get(f"/cases/{case.code}/?open=contact").status_code == 200
    pass_time(minutes=1)
    page = shown(house, f"{record}?show=opened")
    assert page.count("Opened a locked part: How to reach the person safely") == 1
    assert not [one for one in ("Registered", "Opened the case", "Read for a step", "Read this record") if one in page]
    assert "Opened the case" in shown(house, record)
    assert house.browser("stranger").get(f"/cases/{case.code}/").status_code == 404
    assert "Not done, Hamkori refused it" in shown(house, f"{record}?show=opened"), "red before: a try stood among all"
