"""The page of a withdrawal says of each row whether anybody has read it, and tells of no referral that never was."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hamkori.casework.referral.models import ReferralOrigin
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_an_old_acceptance import arranged, read, waiting
from tests.web.test_withdrawing import helped

pytestmark = pytest.mark.django_db


ROW = re.compile(r"<li>\s*<input[^>]*name=\"took\".*?</li>", re.DOTALL)


def test_the_head_says_who_opened_what_and_then_each_row_whether_it_was_of_it(house: Senders) -> None:
    """Red before: it stood under each line alone, in full, and not as the first thing of the page."""
    case, referral = helped(house)
    address = f"/cases/{case.code}/consent/withdraw/"
    page = house.browser().get(address).content.decode()
    nobody, first = "Nobody has opened a locked part.", 'name="took"'
    assert page.index(nobody) < page.index(first)
    assert page.count(nobody) == 1, "the rows need not repeat it"
    house.browser("shelter-worker").get(f"/referrals/{referral.code}/?open=packet")
    page = house.browser().get(address).content.decode()
    opened = "Shelter Kulob has already opened: "
    head = page[page.index(opened) : page.index(first)]
    assert "How to reach the person safely" in head
    assert "(today" in head
    words = "The person's own words, if written"
    assert words in page_text(house.browser().get(address)), "red before: as if they had been read; none were written"
    record = page_text(house.browser().get(f"/cases/{case.code}/history/"))
    assert words in record
    assert "The person's own words" not in record.replace(words, "")
    assert words in page_text(house.browser().get(f"/referrals/{referral.code}/")), "the history of the referral"
    assert page.count(opened) == 1
    assert "Parvina" not in page_text(house.browser().get(address)), "the organisation, and nobody of it"
    said = re.compile("Opened by: |holds the name|Nobody has unlocked|Nobody was sent|No referral is open")
    rows = ROW.findall(page)
    assert rows
    assert [row for row in rows if not said.search(row)] == []


def test_hour_and_meeting_point_that_were_opened_are_said_to_be(house: Senders) -> None:
    """Red before: "Nobody has opened a locked part", after the desk had read where the person is met."""
    arranged(house, sent := waiting(house))
    with god():
        case = ReferralOrigin.objects.get(referral=sent).case
    address = f"/cases/{case.code}/consent/withdraw/"
    assert "Nobody has opened a locked part." in page_text(house.browser().get(address)), "nobody there has"
    read(house, sent, "desk-shelter")
    said = page_text(house.browser().get(address)).partition("What is withdrawn")[0]
    opened = r"Shelter Kulob has already opened hour and meeting point \(today \d\d:\d\d\)\. That cannot be undone\."
    assert re.search(f"{opened} Nobody has opened another locked part\\.", said), said
    assert "Nobody has opened a locked part." not in said


def test_who_has_opened_nothing_is_not_counted_with_whoever_has(house: Senders) -> None:
    case, referral = helped(house)
    house.agreed(case, kind="legal", sections={"contact"})
    house.sent(case, service="LEGAL-01")
    house.browser("shelter-worker").get(f"/referrals/{referral.code}/?open=packet")
    shown = page_text(house.browser().get(f"/cases/{case.code}/consent/withdraw/"))
    assert shown.index("That cannot be undone. Nobody else has opened anything.") < shown.index("What is withdrawn")


def test_where_no_referral_is_open_the_head_says_so(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    shown = page_text(house.browser().get(f"/cases/{case.code}/consent/withdraw/"))
    assert shown.index("No referral is open.") < shown.index("What is withdrawn")


def test_the_one_part_that_is_shared_is_a_tick_beside_the_whole(house: Senders) -> None:
    """Red before: a fold "Only a part" below each kind of help, also where there was one part alone in it."""
    case = house.case()
    house.agreed(case, answer="without_name", sections={"contact"})
    house.sent(case)
    address, browser = f"/cases/{case.code}/consent/withdraw/", house.browser()
    page = browser.get(address)
    assert "Only a part" not in page_text(page)
    assert "(only: How to reach the person safely)" in page_text(page)
    assert "A part counts for all organisations of this group" in page_text(page)
    form = {"operation": str(uuid4()), "took": ["shelter_social:help:contact"], "how_said": "in_person"}
    after = page_text(browser.get(browser.post(address, form)["Location"]))
    assert "Withdrawn" in after
    assert "How to reach the person safely" in after


def test_of_what_was_never_asked_anywhere_no_referral_stays_on_record(house: Senders) -> None:
    """Red before: "It stays on record that a referral was made", to a person for whom none was."""
    case = house.case()
    house.agreed(case)
    address = f"/cases/{case.code}/consent/withdraw/"
    form = {"operation": str(uuid4()), "took": ["shelter_social:help"], "how_said": "in_person"}
    after = page_text(house.browser().get(house.browser().post(address, form)["Location"]))
    assert "What we wrote ourselves stays here, locked." in after
    assert "that a referral was made" not in after
