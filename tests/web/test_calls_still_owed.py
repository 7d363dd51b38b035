"""After everything was withdrawn each call that is owed stands on the page of the case, with its answers (ADR 165)."""

from __future__ import annotations

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral
from hamkori.directory.models import Service
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_agreed_by_telephone import asked, call
from tests.web.test_cancelled_but_still_free import FIRST, FREE, GOES, NOBODY, cancels
from tests.web.test_place_called_off import called, form_of_this
from tests.web.test_place_found import BOTH, file, take_back_all
from tests.web.test_today_in_danger import form_of
from tests.web.test_which_place import found, off, shown

pytestmark = pytest.mark.django_db

PLACE, DESK = "Legal Aid said yes by telephone", "Shelter Kulob said yes by telephone"


@pytest.fixture
def two(house: Senders, second_shelter: Service) -> tuple[Case, Referral]:
    """One organisation keeps a place that was found by telephone, the desk of another said yes to the referral."""
    case, sent = asked(house)
    call(house, sent, "said_yes")
    pass_time(minutes=1)
    found(house, case)
    pass_time(minutes=1)
    return case, sent


def tells(house: Senders, page: str, sent: Referral, answer: str = "reached", who: str = BOTH[0]) -> str:
    """A button about the referral, as this page has it; the page on which one is then."""
    to, form = form_of(page, f"/referrals/{sent.code}/call/")
    return page_text(house.browser(who).post(to, {**form, "answer": answer}, follow=True)).partition("What happened")[0]


def owed(page: str) -> tuple[bool, bool]:
    said = page.partition("What happened")[0]
    return PLACE in said, DESK in said


def test_each_call_stands_on_the_case_until_it_is_answered(house: Senders, two: tuple[Case, Referral]) -> None:
    """Red before: after the first press the case said nothing of the second call."""
    case, sent = two
    answer = take_back_all(house, case)
    assert owed(page_text(answer)) == (True, True)
    after = answer.content.decode()
    for who in BOTH:
        assert owed(shown(house, case, who)) == (True, True), who
    first = called(house, case, "reached", page=after)
    assert "Saved: they were told that nobody comes." in first
    assert owed(first) == (False, True), "the case, with the other call"
    pass_time(minutes=1)
    again = tells(house, file(house, case, BOTH[1]), sent, "not_reached", BOTH[1])
    assert "Call again: for a week this stays on Today." in again
    assert owed(again) == (False, True), "and who was not reached stays on it"
    pass_time(minutes=1)
    last = tells(house, file(house, case), sent)
    assert "was told that nobody comes." in last
    assert owed(last) == (False, False)
    for who in BOTH:
        assert not off(house, who), who


def test_the_call_of_the_referral_comes_first(house: Senders, two: tuple[Case, Referral]) -> None:
    """Red before: the press was refused, since that page is of the case and not of the referral."""
    case, sent = two
    page = tells(house, take_back_all(house, case).content.decode(), sent)
    assert "Saved: Shelter Kulob was told that nobody comes." in page
    assert owed(page) == (True, False)


def test_a_closed_case_names_it_too(house: Senders, two: tuple[Case, Referral]) -> None:
    case, sent = two
    take_back_all(house, case)
    pass_time(minutes=1)
    called(house, case, "reached")
    pass_time(minutes=1)
    at = f"/cases/{case.code}/close/"
    form = form_of_this(house.browser().get(at).content.decode())
    said = page_text(house.browser().post(at, {**form, "outcome": "goals_met", "sure": "on"}, follow=True))
    assert "This case is closed" in said
    assert owed(said) == (False, True)
    page = tells(house, file(house, case), sent)
    assert "was told that nobody comes." in page
    assert owed(page) == (False, False)


def test_where_nobody_has_a_place_it_is_asked_first_whether_theirs_is_free(house: Senders) -> None:
    """As Today says it: who works on the case says there that the person goes after all."""
    case, sent = asked(house)
    call(house, sent, "said_yes")
    pass_time(minutes=1)
    cancels(house, sent)
    for who in BOTH:
        page = shown(house, case, who).partition("What happened")[0]
        assert (FIRST in page, GOES in page, FREE in page) == (True, who == BOTH[0], False), who
    box = file(house, case).partition('id="call-off"')[2]
    to, form = form_of(box, f"/cases/{case.code}/place-found/")
    assert form["which"] == "shelter-kulob"
    said = page_text(house.browser().post(to, form, follow=True)).partition("What happened")[0]
    assert "Saved: a place for tonight was found." in said
    assert (FIRST in said, NOBODY in said) == (False, False)
