"""A bed was promised by telephone, and they said no: who was told to go there is told not to (ADR 177)."""

from __future__ import annotations

import pytest

from hamkori.casework.case.models import Case
from hamkori.directory.models import Service
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_bed_nobody_calls_off import needed, promised
from tests.web.test_chain_of_places import B, card, finds
from tests.web.test_place_found import ASKS, BOTH, NEEDED, ROW, today, until
from tests.web.test_place_found import found as found_at
from tests.web.test_today_in_danger import form_of
from tests.web.test_which_place import file

pytestmark = pytest.mark.django_db

MAY = "If the person was told to go there, tell them not to go."
ROW_MAY = "Legal Aid said no by telephone: if the person was told to go there, tell them not to"
NONE, BACK = "No place for tonight", "Undo"


def stands(house: Senders, case: Case) -> tuple[bool, bool, bool]:
    """On Today of both, and on the case: that they are told not to go, and the way back."""
    rows = {ROW_MAY in today(house, who) for who in BOTH}
    assert len(rows) == 1, "the team and its supervisor read the same"
    page = card(house, case)
    return rows.pop(), MAY in page, BACK in page


def puts_back(house: Senders, case: Case) -> str:
    """The button beside the sentence that the place is none."""
    page = file(house, case)
    to, form = form_of(page[page.index("is none after all") :], f"/cases/{case.code}/place-found/")
    said = page_text(house.browser().post(to, form, follow=True))
    pass_time(minutes=1)
    return said


@pytest.mark.parametrize("danger", [False, True])
def test_who_was_told_to_go_there_is_told_not_to(house: Senders, second_shelter: Service, danger: bool) -> None:
    """Red before: "No place for tonight", and nowhere that somebody walks to a door where nobody waits."""
    case = promised(house)
    assert stands(house, case) == (False, False, False)
    if danger:
        Case.objects.filter(pk=case.pk).update(has_danger=True)
    needed(house, case, "they_said_no")
    assert stands(house, case) == (True, True, True)
    page = card(house, case)
    assert "that this place is none after all: Legal Aid." in page
    assert NONE in today(house).partition(ROW_MAY)[0]
    finds(house, case, B)
    assert stands(house, case) == (False, False, False), "where they go now is asked"


def test_a_slip_has_a_way_back(house: Senders, second_shelter: Service) -> None:
    """Red before: it was mended only by finding the place anew, in three presses."""
    case = promised(house)
    needed(house, case, "they_said_no")
    said = puts_back(house, case)
    assert "Put back: Today asks again whether the person got there." in said
    for who in BOTH:
        assert (ROW in today(house, who), NONE in today(house, who)) == (True, False), who
        assert "Legal Aid" in card(house, case, who).partition(ASKS)[2], who
    assert stands(house, case) == (False, False, False)


def test_it_goes_with_the_night(house: Senders, second_shelter: Service) -> None:
    case = promised(house)
    needed(house, case, "they_said_no")
    until(11)
    assert stands(house, case) == (True, True, True)
    until(12)
    assert stands(house, case) == (False, False, False)


def test_so_it_is_of_a_home_that_is_none_after_all(house: Senders) -> None:
    until(19)
    case = house.case(NEEDED)
    found_at(house, case, "own_home")
    needed(house, case, "")
    assert stands(house, case) == (False, True, True), "the case says of which place"
    puts_back(house, case)
    assert ROW in today(house)


def test_where_nobody_comes_the_person_knows(house: Senders, second_shelter: Service) -> None:
    case = promised(house)
    needed(house, case, "nobody_comes")
    assert stands(house, case) == (False, False, False)


def test_a_supervisor_reads_it_and_has_no_button(house: Senders, second_shelter: Service) -> None:
    case = promised(house)
    needed(house, case, "they_said_no")
    assert BACK not in card(house, case, BOTH[1])
    to, form = form_of(file(house, case), f"/cases/{case.code}/place-found/")
    assert house.browser(BOTH[1]).post(to, form).status_code == 403
