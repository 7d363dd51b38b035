"""Two places for one night, and the first is none, or nobody comes there, or it is still needed (ADR 173)."""

from __future__ import annotations

import pytest

from hamkori.casework.case.models import Case
from hamkori.directory.models import Service
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_chain_of_places import A, card, finds, goes
from tests.web.test_place_called_off import MAYBE, SURE, called
from tests.web.test_place_found import BOTH, NEEDED, file, steps, today, until
from tests.web.test_today_in_danger import form_of
from tests.web.test_two_places import GO, THERE, TWO, asked, told, tonight
from tests.web.test_which_place import found, off

pytestmark = pytest.mark.django_db

NONE = "No place for tonight"
GONE = "Saved: that place is none. Shelter Kulob expects the person: see that the person knows."
CHOSE = "chose another place, and not this one: Legal Aid."


def is_one(house: Senders, case: Case) -> None:
    """The other place stands alone: it is no search for a bed, and Today says to tell the person."""
    for who in BOTH:
        for page in (today(house, who), card(house, case, who)):
            assert (TWO in page, NONE in page) == (False, False), who
        assert "Shelter Kulob" in today(house, who), who
    assert "is expected: " in today(house)


@pytest.mark.parametrize(
    ("whose", "button", "why"),
    [(A, "They said no: Legal Aid", "they_said_no"), ("own_home", "No place after all: the person's own home", "")],
)
def test_the_first_place_is_none(house: Senders, second_shelter: Service, whose: str, button: str, why: str) -> None:
    """Red before: "no place for tonight. Today says it", which it did not, and nothing to put back."""
    case, sent = asked(house, whose)
    tonight(house, sent)
    assert button in card(house, case), "it says of which place"
    assert "The person does not want it" not in card(house, case), "that is where the person goes"
    said = goes(house, case, "place-needed", why=why)
    assert GONE in said
    is_one(house, case)
    assert off(house, "caseworker-cso") == "", "they said it themselves"
    assert f"that this place is none after all: {button.partition(': ')[2]}." in card(house, case)
    goes(house, case, "place-found")
    for who in BOTH:
        assert (TWO in today(house, who), TWO in card(house, case, who)) == (True, True), who


def test_without_another_place_there_is_none(house: Senders, second_shelter: Service) -> None:
    """A slip has the same way back (ADR 177)."""
    case = house.case(NEEDED)
    found(house, case)
    pass_time(minutes=1)
    said = goes(house, case, "place-needed", why="they_said_no")
    assert "Saved: no place for tonight. Today says it until there is one." in said
    assert ("Undo" in card(house, case), NONE in today(house)) == (True, True)


def test_who_was_told_that_nobody_comes_is_asked_anew(house: Senders, second_shelter: Service) -> None:
    """Red before: "Put it back" stood there, and said that Today asks again, which it did not."""
    case, sent = asked(house)
    tonight(house, sent)
    goes(house, case, "place-needed", why="goes_elsewhere")
    old = file(house, case)
    assert "Undo" in card(house, case)
    called(house, case, "not_reached")
    assert "Undo" in card(house, case), "nobody knows yet"
    called(house, case, "reached")
    pass_time(minutes=1)
    said = card(house, case).partition(CHOSE)[2]
    assert "They were told " in said
    assert "Undo" not in said
    to, form = form_of(old, f"/cases/{case.code}/place-found/")
    refused = page_text(house.browser().post(to, form, follow=True))
    assert "Nobody asks about that place any more. Nothing was written." in refused
    assert steps(case)[-1] == ("place_needed", "goes_elsewhere")
    until(20)
    finds(house, case, A)
    for who in BOTH:
        assert TWO in today(house, who), "asked anew by telephone"


def test_a_place_that_is_still_needed_is_asked_about_beside_the_other(house: Senders) -> None:
    """Red before: nothing of that place was left, on the case or on Today, and nobody asked which."""
    until(15)
    case = house.case(NEEDED)
    house.agreed(case)
    found(house, case, "another")
    pass_time(minutes=1)
    sent = house.sent(case)
    tonight(house, sent)
    told(house, sent)
    for who in BOTH:
        assert MAYBE.partition(":")[0] in off(house, who), who
    assert "Saved: the place is still needed." in called(house, case, "still_needed")
    pass_time(minutes=1)
    for who in BOTH:
        for page in (today(house, who), card(house, case, who)):
            assert TWO in page, who
            assert "Shelter Kulob: accepted, tonight" in page.partition(TWO)[2], who
        assert off(house, who) == "", who
    goes(house, case, "place-needed", why="goes_elsewhere")
    for who in BOTH:
        assert (TWO in today(house, who), "call them, and say that nobody comes" in off(house, who)) == (False, True)


def test_one_that_is_not_listed_has_a_name_in_the_box(house: Senders) -> None:
    """Red before: "They go to: an organisation, by telephone"."""
    until(15)
    case = house.case(NEEDED)
    house.agreed(case)
    found(house, case, "another")
    pass_time(minutes=1)
    sent = house.sent(case)
    tonight(house, sent)
    place = "the place found by telephone"
    page = page_text(house.browser().get(f"/cases/{case.code}/"))
    for said in (f"{GO}{place}", f"{THERE}{place}", f"They said no: {place}", f"{place.capitalize()}: found "):
        assert said in page, said
    assert "organisation, by telephone" not in card(house, case)
    goes(house, case, "place-reached")
    for who in BOTH:
        assert f"{place}: the person is there, said " in today(house, who), who
    assert SURE not in card(house, case)
