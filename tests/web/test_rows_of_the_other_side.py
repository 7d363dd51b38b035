"""Rows of Today of the desk and of whoever helps: what is said first, and what the page after an acceptance shows."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, answering, at, counted, page_text, press
from tests.web.test_a_child_was_asked_as_an_adult import corrected, waits
from tests.web.test_here_now import home, listed

pytestmark = pytest.mark.django_db

AS_ADULT = "asked as an adult: call the sender"
PROMISED = "You said yes by telephone: answer here"


def called(house: Senders, sent: Referral, answer: str) -> None:
    """The sender called the desk, which gave this answer."""
    house.browser().post(at(sent, "call"), {**press(sent), "answer": answer})


def referred(house: Senders, urgency: str = "urgent") -> Referral:
    case = house.case()
    house.agreed(case)
    return house.sent(case, urgency=urgency)


def test_that_a_child_was_asked_as_an_adult_stands_in_each_row(house: Senders) -> None:
    """Red before: the pages of the referral said it, and no row of Today."""
    case, sent = waits(house, "urgent")
    pass_time(minutes=2)
    assert AS_ADULT not in home(house, "desk-shelter")
    corrected(house, case, "a9_17")
    desk = house.browser("desk-shelter")
    desk.get("/")
    with counted():
        assert f"<b>{AS_ADULT}</b>" in desk.get("/").content.decode()
    house.accepted(sent, part="now")
    assert f"<b>{AS_ADULT}</b>" in home(house)
    house.browser("shelter-worker").post(at(sent, "serve"), answering(sent))
    (row,) = listed(home(house), "Here now")
    assert AS_ADULT in row


def test_whom_the_desk_said_yes_to_comes_first(house: Senders) -> None:
    """Red before: below others that were only late; somebody counts on it."""
    late = referred(house)
    pass_time(hours=3)
    yes = referred(house)
    called(house, yes, "said_yes")
    page = home(house, "desk-shelter")
    assert page.index(at(yes)) < page.index(at(late))
    assert len(listed(page, PROMISED)) == len(listed(page, "Urgent and late")) == 1
    pass_time(hours=3)
    page = home(house, "desk-shelter")
    assert "2 urgent and late" in page_text(house.browser("desk-shelter").get("/")), "the head counts it all the same"
    called(house, yes, "said_no")
    assert listed(home(house, "desk-shelter"), PROMISED) == [], "a no ends it"


def test_the_hour_is_shown_to_whoever_accepts_and_meets_the_person(house: Senders) -> None:
    """Red before: "Saved: hour", and the hour that was typed only behind a lock."""
    case = house.case()
    house.agreed(case, "legal")
    sent, lawyer = house.sent(case, service="LEGAL-01"), house.browser("lawyer")
    whens = re.findall(r'name="when" value="([^"]+)"', lawyer.get(at(sent)).content.decode())
    team = [str(house.world.membership("lawyer"))]
    form = {**answering(sent), "team": team, "when": whens[-1], "ask_for": "canary-name"}
    answer = lawyer.post(at(sent, "accept"), form)
    assert answer["Location"].endswith("/?open=meeting")
    page = page_text(lawyer.get(answer["Location"]))
    assert "Saved: whom to ask for." in page
    assert "Whom to ask for canary-name" in page


def test_an_hour_that_was_opened_stands_beside_its_day(house: Senders) -> None:
    """Red before: "hour and place: open to read" stood beside what was open."""
    sent = referred(house)
    house.accepted(sent, {"hour": "9:15"})
    shut = page_text(house.browser("shelter-worker").get(at(sent)))
    assert "hour and place: open to read" in shut
    opened = page_text(house.browser("shelter-worker").get(at(sent) + "?open=meeting"))
    assert re.search(r"Agreed time \S[^:]*, 9:15 ", opened)
    shown = house.browser().get(at(sent) + "?open=meeting")
    theirs = page_text(shown)
    assert opened.count("9:15") == theirs.count("9:15") == 1
    assert opened.count("Agreed time") == 1
    assert "morning</b></p>" not in shown.content.decode(), "and its day once"
    assert "open to read" not in opened


def test_whoever_accepts_for_others_opens_nothing(house: Senders) -> None:
    sent, desk = referred(house), house.browser("desk-shelter")
    whens = re.findall(r'name="when" value="([^"]+)"', desk.get(at(sent)).content.decode())
    team = [str(house.world.membership("shelter-worker"))]
    form = {**answering(sent), "team": team, "when": whens[-1], "ask_for": "canary-name"}
    assert desk.post(at(sent, "accept"), form)["Location"] == at(sent)
