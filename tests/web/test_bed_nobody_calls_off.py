"""A bed that was promised by telephone: whoever promised it hears that nobody comes, or said no itself (ADR 0165)."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.case.queries.place_told import asked_now
from hamkori.directory.models import Service
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_chain_of_places import A, B, began, card, finds, goes
from tests.web.test_place_called_off import MAYBE, SURE, called
from tests.web.test_place_found import ASKS, BOTH, NEEDED, ROW, file, take_back_all, today
from tests.web.test_place_found import found as found_at
from tests.web.test_today_in_danger import form_of
from tests.web.test_which_place import found, number, off, shown

pytestmark = pytest.mark.django_db

THEY, WE = "No place: they said no", "The person does not want it"
ASK_FIRST = "ask first whether theirs is still free"
ONLY = "The person wants this organisation to get nothing. Tell them only that nobody comes."


def needed(house: Senders, case: Case, why: str) -> str:
    """One of the answers that the place is none, as the case offers it, and the page after it."""
    to, form = form_of(file(house, case), f"/cases/{case.code}/place-needed/")
    said = page_text(house.browser().post(to, {**form, "why": why}, follow=True))
    pass_time(minutes=1)
    return said


def promised(house: Senders, which: str = A) -> Case:
    case = began(house, facts=NEEDED)
    found(house, case, which)
    pass_time(minutes=1)
    return case


def test_who_promised_a_bed_hears_that_nobody_comes(house: Senders, second_shelter: Service) -> None:
    """Red before: "No place after all", and the organisation that kept the bed was nowhere named again."""
    case = promised(house)
    page = card(house, case)
    assert (THEY in page, WE in page, "No place after all" in page) == (True, True, False)
    said = needed(house, case, "nobody_comes")
    assert "Saved: no place for tonight. Somebody still has a place ready: call them" in said
    assert SURE in said, "the page after the press"
    for who in BOTH:
        assert SURE in off(house, who), who
        assert number(off(house, who)), who
        assert SURE in card(house, case, who), who
        assert "No place for tonight" in today(house, who), who
        assert ASK_FIRST not in today(house, who), "nobody asks for a bed to which nobody goes"
    assert "Nobody comes" in shown(house, case).partition("What happened")[2]
    called(house, case, "not_reached", "supervisor-cso")
    pass_time(minutes=1)
    assert SURE in off(house, "caseworker-cso")
    called(house, case, "reached")
    for who in BOTH:
        assert (off(house, who), SURE in card(house, case, who)) == ("", False), who


def test_who_said_no_themselves_is_told_nothing(house: Senders, second_shelter: Service) -> None:
    case = promised(house)
    said = needed(house, case, "they_said_no")
    assert "Saved: no place for tonight. Today says it until there is one." in said
    found_at(house, case, "own_home")
    pass_time(minutes=1)
    take_back_all(house, case)
    for who in BOTH:
        assert off(house, who) == "", who
    assert "The organisation said no" in shown(house, case).partition("What happened")[2]


@pytest.mark.parametrize("why", ["nobody_comes", ""])
def test_it_stays_after_everything_was_withdrawn_and_after_another_place(
    house: Senders, second_shelter: Service, why: str
) -> None:
    """Red before: neither row nor box. Without a word of who called it off (an older page, or the need was ticked
    again) the person may go there all the same.
    """
    case = promised(house)
    house.agreed(case)
    needed(house, case, why)
    assert (ASK_FIRST in today(house)) == (why == "")
    take_back_all(house, case)
    pass_time(minutes=1)
    for who in BOTH:
        assert (SURE if why else MAYBE) in off(house, who), who
        assert (SURE if why else MAYBE) in card(house, case, who), who
    finds(house, case, B)
    for who in BOTH:
        assert SURE in off(house, who), who
        assert "Legal Aid" in off(house, who), who


def test_who_must_get_nothing_is_told_only_that_nobody_comes(house: Senders, second_shelter: Service) -> None:
    case = promised(house)
    needed(house, case, "nobody_comes")
    house.agreed(case, excluded=[house.world.bodies[A]])
    pass_time(minutes=1)
    for who in BOTH:
        for said in (off(house, who), card(house, case, who)):
            assert SURE in said, who
            assert ONLY in said, who
            assert number(said), who


def test_the_need_that_is_ticked_again_forgets_no_bed(house: Senders, second_shelter: Service) -> None:
    """Red before: it was forgotten so, too. Where the bed is still needed that is one press."""
    case = promised(house)
    needed(house, case, "")
    for who in BOTH:
        assert ASK_FIRST in today(house, who), who
    assert "Saved: the place is still needed." in called(house, case, "still_needed")
    assert ASK_FIRST not in today(house)


def test_nobody_says_so_of_a_place_where_nobody_waits(house: Senders) -> None:
    case = house.case(NEEDED)
    found_at(house, case, "known_people")
    pass_time(minutes=1)
    page = file(house, case)
    assert ("No place after all" in page, WE in page) == (True, False)
    to, form = form_of(page, f"/cases/{case.code}/place-needed/")
    for why in ("nobody_comes", "they_said_no"):
        assert house.browser().post(to, {**form, "why": why}).status_code == 409, why
    assert "Saved: no place for tonight." in needed(house, case, "")


def test_who_is_looked_for_has_the_same_two_answers(house: Senders, second_shelter: Service) -> None:
    case = promised(house)
    needed(house, case, "did_not_get_there")
    finds(house, case, B)
    page = card(house, case)
    assert (THEY in page, WE in page, "No place after all" in page) == (True, True, False)
    needed(house, case, "nobody_comes")
    for who in BOTH:
        for said in (today(house, who), card(house, case, who)):
            assert "Shelter Kulob said yes by telephone" in said, who
            assert "Legal Aid said yes by telephone" in said, who


# --- a slip that was put back --------------------------------------------------------------------------------------


def test_a_slip_that_was_put_back_brings_the_row_back(house: Senders, second_shelter: Service) -> None:
    """Red before: everything was withdrawn, an older window said "got there", that was put back: nobody was asked to
    call any more, and the bed was asked about as if it were expected.
    """
    case = promised(house)
    house.agreed(case)
    old = file(house, case)
    pass_time(minutes=1)
    take_back_all(house, case)
    pass_time(minutes=1)
    assert MAYBE in off(house, "caseworker-cso")
    house.browser().post(*form_of(old, f"/cases/{case.code}/place-reached/"), follow=True)
    pass_time(minutes=1)
    assert off(house, "caseworker-cso") == ""
    goes(house, case, "place-found")
    for who in BOTH:
        assert MAYBE in off(house, who), who
        assert MAYBE in card(house, case, who), who
        assert (ROW in today(house, who), ASKS in card(house, case, who)) == (False, False), who
    called(house, case, "still_needed")
    for who in BOTH:
        assert (off(house, who), ROW in today(house, who)) == ("", True), who


@pytest.mark.parametrize("times", [1, 2])
def test_a_slip_that_was_put_back_moves_no_hour(house: Senders, second_shelter: Service, times: int) -> None:
    """Red before: the yes of 15:11 was one of 15:15."""
    case = promised(house)
    with god():
        yes = CaseStep.objects.get(case=case, step_code="place_found").at
    for _time in range(times):
        pass_time(minutes=7)
        goes(house, case, "place-reached")
        goes(house, case, "place-found")
    with house.as_():
        (told,) = asked_now(case.pk)
    assert told.at == yes
    hour = re.search(r"A place for tonight was found today (\S+?):? ?: Legal|today (\d\d:\d\d)", card(house, case))
    assert hour is not None
    page = house.browser().get(f"/cases/{case.code}/?events=all")
    happened = page_text(page).partition("What happened")[2]
    assert happened.count("A place for tonight was found") == 1
    assert happened.count("Recorded again: the place for tonight") == times
    said = re.search(r"A place for tonight was found today (\d\d:\d\d)", card(house, case))
    assert said is not None
    assert f"found today {said[1]}" in today(house), "one hour everywhere"
    house.agreed(case)
    take_back_all(house, case)
    assert f"said yes by telephone (today {said[1]})" in off(house, "caseworker-cso")
