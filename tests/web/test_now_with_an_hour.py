"""Accepted for "now" with an hour: while it is not over, what is said of the arrival is asked first (ADR 0135)."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from hamkori.casework.referral.models import Referral
from tests.cast import World, pass_time
from tests.web.senders import Senders, page_text, state, steps, version
from tests.web.test_accepted_tonight import at_hour
from tests.web.test_met_where_they_are import POLICE, asked, press
from tests.web.test_told_person import HELPER

pytestmark = pytest.mark.django_db
MET, NOT_FOUND = "We have met the person", "We did not find the person"
ALREADY = "Have you met the person already?"
OPEN_IT = "Not found? Open hour and meeting point: once the hour is over, you can say so here."


@pytest.fixture
def house(small_world: World) -> Senders:
    return Senders(small_world)


def goes(house: Senders, **line: str) -> Referral:
    """At ten the police say that they go there now."""
    at_hour(10)
    referral = asked(house)
    team = [str(house.world.membership(POLICE))]
    press(house, referral, "accept", team=team, when="now", **line)
    pass_time(minutes=1)
    return referral


def shown(house: Senders, referral: Referral, *, opened: bool = False, who: str = POLICE) -> Any:
    return house.browser(who).get(f"/referrals/{referral.code}/{'?open=meeting' if opened else ''}")


def folded(page: Any) -> bool:
    """Whether "met" is in a fold, behind a question."""
    said = page.content.decode()
    return re.search(r'<details[^>]*id="come"', said) is not None


def presses_miss(page: Any) -> bool:
    return bool(re.search(r'action="/referrals/[^"]*/miss/"', page.content.decode()))


@pytest.mark.parametrize("opened", [False, True])
def test_before_the_hour_nothing_is_said_without_a_question(house: Senders, *, opened: bool) -> None:
    """Red before: both answers stood there as buttons, one solid, an hour and a half before the agreed time."""
    referral = goes(house, hour="12:00", place="Canary-Gate")
    page = shown(house, referral, opened=opened)
    assert folded(page)
    assert not presses_miss(page)
    text = page_text(page)
    assert ALREADY in text
    assert ("Agreed time today, 12:00 " in text) == opened, "said once, with the agreed time"
    assert (OPEN_IT in text) != opened
    assert "13:0" not in text, "no time of ours stands beside the hour"
    press(house, referral, "serve")
    assert state(referral) == "serving", "whoever met them earlier says so"


def test_once_the_hour_is_over_who_has_it_open_says_so(house: Senders) -> None:
    referral = goes(house, hour="12:00")
    pass_time(hours=2)
    assert not presses_miss(shown(house, referral)), "nobody there knows that it is over"
    page = shown(house, referral, opened=True)
    assert (folded(page), presses_miss(page)) == (False, True)
    press(house, referral, "miss")
    assert steps(referral)[-1] == "miss"


def test_once_now_is_over_the_page_asks_by_itself(house: Senders) -> None:
    referral = goes(house, hour="12:00")
    pass_time(hours=3)
    page = shown(house, referral)
    assert (folded(page), presses_miss(page)) == (False, True)
    assert OPEN_IT not in page_text(page)


def test_where_the_words_are_no_hour_who_reads_them_decides(house: Senders) -> None:
    referral = goes(house, hour="after the lesson")
    assert not presses_miss(shown(house, referral))
    assert presses_miss(shown(house, referral, opened=True))


def test_a_meeting_point_alone_is_no_hour(house: Senders) -> None:
    referral = goes(house, place="Canary-Gate")
    text = page_text(shown(house, referral, opened=True))
    assert "Not found?" not in text, "beside who came before the agreed time nothing is said of who does not come"
    assert "at the hour that is written" not in text


def test_now_without_an_hour_is_asked_at_once(house: Senders) -> None:
    referral = goes(house)
    page = shown(house, referral)
    assert (folded(page), presses_miss(page)) == (False, False)


def test_what_the_sender_said_is_answered_at_once(house: Senders) -> None:
    referral = goes(house, hour="12:00")
    press(house, referral, "hear", "caseworker-cso", heard="came")
    page = shown(house, referral)
    assert (folded(page), presses_miss(page)) == (False, True)


def test_a_shelter_that_wrote_an_hour_with_now_waits_for_it_as_well(house: Senders) -> None:
    at_hour(10)
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    house.accepted(sent, {"hour": "12:00"}, part="now")
    pass_time(minutes=1)
    page = shown(house, sent, who=HELPER)
    assert folded(page)
    assert not presses_miss(page)


def test_a_press_before_the_hour_is_refused_and_one_after_it_counts(house: Senders) -> None:
    """Red before: the page alone held it back, and a page of before told the sender that nobody had come."""
    referral = goes(house, hour="12:00")
    form = {"operation": str(uuid4()), "version": version(referral)}
    said = house.browser(POLICE).post(f"/referrals/{referral.code}/miss/", form)
    assert said.status_code == 409
    assert "The agreed time has not come yet." in page_text(said)
    assert steps(referral)[-1] != "miss"
    pass_time(hours=2)
    press(house, referral, "miss")
    assert steps(referral)[-1] == "miss"
