"""Whoever was told not to go, and is expected after all; and whoever goes to a place that is none (ADR 211)."""

from __future__ import annotations

import pytest

from hamkori.casework.case.models import Case
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_agreed_by_telephone import asked, call
from tests.web.test_cancelled_but_still_free import ABOVE, LEAD, cancels, goes_there, look, told_and_cancelled
from tests.web.test_place_found import NEEDED, file
from tests.web.test_taken_back import presses
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db

ASKS = "Ask first whether the place is still free; if not, tell them not to go."
AFTER_ALL = "tell them that they are expected after all"


def test_whoever_was_told_not_to_go_is_told_that_they_are_expected(house: Senders) -> None:
    """Red before: "did the person get there?", of somebody who heard last that she is not to go; and above it "tell
    them not to go" stood before "ask first whether theirs is still free".
    """
    case, sent = told_and_cancelled(house)
    for who in (LEAD, ABOVE):
        for at in ("/", f"/cases/{case.code}/", f"/referrals/{sent.code}/"):
            text = look(house, at, who)
            assert ASKS in text, (who, at)
            assert "): tell them not to go." not in text.partition("What happened")[0], (who, at)
    presses(house, sent, "warn_person", "warned")
    said = goes_there(house, case, sent)
    assert "The person was told not to go there (today " in said
    assert f"{AFTER_ALL}." in said
    for who in (LEAD, ABOVE):
        for at in ("/", f"/cases/{case.code}/"):
            assert AFTER_ALL in look(house, at, who), (who, at)


def test_nobody_who_was_told_nothing_is_told_so(house: Senders) -> None:
    case, sent = asked(house)
    call(house, sent, "said_yes")
    pass_time(minutes=1)
    cancels(house, sent)
    goes_there(house, case, sent)
    assert "did the person get there?" in look(house, "/")
    assert AFTER_ALL not in look(house, "/")


def says(house: Senders, case: Case, step: str, **more: str) -> None:
    to, form = form_of(file(house, case), f"/cases/{case.code}/{step}/")
    house.browser().post(to, {**form, **more})
    pass_time(minutes=1)


def test_a_place_at_people_they_know_that_is_none(house: Senders) -> None:
    """Red before: only the case of whoever works on it said that the person may go there."""
    house.agreed(case := house.case(NEEDED))
    says(house, case, "place-found", whose="known_people")
    none = "the place that was found is none (today "
    assert none not in look(house, "/")
    says(house, case, "place-needed")
    for who in (LEAD, ABOVE):
        shown = page_text(house.browser(who).get("/"))
        assert none in shown, who
        assert "if the person was told to go there, tell them not to" in shown, who
