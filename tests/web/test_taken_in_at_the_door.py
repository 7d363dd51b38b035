"""A shelter takes somebody in at its door, by a case of its own: she stays in sight of its team (ADR 256)."""

from __future__ import annotations

from typing import Any

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.work.queries.counts import counts
from hamkori.directory.models import Service
from tests.cast import FACTS, SEALED, pass_time
from tests.database import god
from tests.web.senders import Senders, answering, at, counted, page_text
from tests.web.test_goes_on import accepted
from tests.web.test_here_now import HERE, came, home, listed
from tests.web.test_place_found import NEEDED, ROW, until
from tests.web.test_with_us import COLLEAGUE, FOUND, LEAD, NONE, REACHED, TEAM, at_the_door, press

pytestmark = pytest.mark.django_db

WHO = "Woman, 18\u201129"
STILL = "Does the person still sleep here?"


def taken_in(house: Senders, who: str = LEAD, *, also: str = COLLEAGUE, **facts: Any) -> Case:
    """With us; and the person is there."""
    case = at_the_door(house, who, also=also, **facts)
    press(house, case, FOUND, who, whose="with_us")
    press(house, case, REACHED, who)
    return case


def planned(case: Case) -> None:
    with god():
        Case.objects.filter(pk=case.pk).update(next_step_code="meet", next_step_on="2030-01-01")


def rows(house: Senders, who: str = COLLEAGUE) -> list[str]:
    return listed(home(house, who), HERE)


def test_who_was_taken_in_is_here_now_for_the_team(house: Senders) -> None:
    """Red before: with "the person is there" they were gone from every list, and the night shift knew of nobody."""
    case = at_the_door(house)
    for who in TEAM:
        assert "No place for tonight" in page_text(house.browser(who).get("/"))
        assert rows(house, who) == []
    press(house, case, FOUND, whose="with_us")
    for who in TEAM:
        assert ROW in page_text(house.browser(who).get("/")), "it is asked whether they are there"
        assert rows(house, who) == [], "nobody has said that they are"
    press(house, case, REACHED)
    planned(case)
    for who in TEAM:
        (row,) = rows(house, who)
        assert row.startswith(f"{WHO} {case.code[:4]} {case.code[4:]} "), row
        assert "Accommodation" in row
        assert "said " in row
        assert "withdrawn" not in row
        assert row.endswith("Open the case")
        page = page_text(house.browser(who).get("/"))
        assert ROW not in page
        assert page.count(WHO) == 1, "once"
        assert f'href="/cases/{case.code}/"' in home(house, who)
    for who in ("stranger", "caseworker-cso", "desk-shelter", "lawyer"):
        assert rows(house, who) == [], who
        assert house.browser(who).get(f"/cases/{case.code}/").status_code in (403, 404)


def test_a_registration_that_is_not_finished_says_it_too(house: Senders) -> None:
    """They stand at the door, and the rest is asked tomorrow. Red before: nothing of the page said that they are there,
    and a slip had no way back.
    """
    with house.as_(LEAD) as actor:
        case = cases.begin(actor, codes={**FACTS, **NEEDED}, sealed=SEALED)
    press(house, case, FOUND, whose="with_us")
    press(house, case, REACHED)
    (row,) = rows(house, LEAD)
    assert row.startswith(WHO)
    shown = page_text(house.browser(LEAD).get(f"/cases/{case.code}/")).partition("What happened")[0]
    assert "that the person is there: Shelter" in shown
    assert "Undo" in shown
    pass_time(days=8)
    press(house, case, REACHED)
    pass_time(days=1)
    shown = page_text(house.browser(LEAD).get(f"/cases/{case.code}/")).partition("What happened")[0]
    assert "that the person sleeps here." in shown
    assert "Say that the person leaves" in shown


def test_at_the_desk_that_works_on_cases_the_same(house: Senders, second_shelter: Service) -> None:
    """Who answers referrals and took somebody in reads them on their Today too."""
    case = taken_in(house, "lawyer", also="")
    planned(case)
    (row,) = rows(house, "lawyer")
    assert row.startswith(WHO)
    assert rows(house, LEAD) == [], "of another shelter"


def test_a_missing_next_step_stands_in_that_row_and_the_rail_counts_the_rows(house: Senders) -> None:
    case = taken_in(house)
    (row,) = rows(house, LEAD)
    assert "no next step yet" in row
    assert row.endswith("Choose the next step")
    assert home(house, LEAD).count("There is no next step") == 0
    assert f'href="/cases/{case.code}/edit/"' in home(house, LEAD)
    pass_time(days=4)
    (row,) = rows(house, LEAD)
    assert row.startswith(f"{WHO}: there is no next step"), row
    page = home(house, LEAD)
    assert listed(page, "Late or stopped") == listed(page, "Cases without a next step") == []
    assert "1 late or stopped" in page_text(house.browser(LEAD).get("/"))
    with house.as_(LEAD) as actor:
        assert counts(actor).late == 1, "the rail counts the same"
    with house.as_(COLLEAGUE) as actor:
        late = counts(actor).late
    assert late == sum("there is no next step" in one for one in rows(house, COLLEAGUE))
    planned(case)
    with house.as_(LEAD) as actor:
        found = counts(actor)
    assert (found.late, found.without_place, found.in_danger, found.to_call) == (0, 0, 0, 0)


def test_the_next_morning_it_is_asked_in_that_row_and_the_word_ends_it(house: Senders) -> None:
    until(21)
    case = taken_in(house)
    planned(case)
    until(9)
    for who in TEAM:
        (row,) = rows(house, who)
        assert STILL in row, "a line of the row"
        assert home(house, who).count(f'#tonight">{STILL}<') == 1, "and no row of its own"
    shown = page_text(house.browser(LEAD).get(f"/cases/{case.code}/"))
    assert STILL in shown
    press(house, case, REACHED)
    assert STILL not in rows(house)[0]
    # For a week nothing is asked: that they leave can be said all the same.
    pass_time(days=2)
    shown = page_text(house.browser(COLLEAGUE).get(f"/cases/{case.code}/"))
    assert "that the person sleeps here." in shown
    press(house, case, NONE, COLLEAGUE)
    for who in TEAM:
        assert rows(house, who) == []
        assert "No place for tonight" in page_text(house.browser(who).get("/"))


def test_the_row_ends_with_the_case_and_with_a_place_elsewhere(house: Senders) -> None:
    case = taken_in(house)
    press(house, case, FOUND, whose="organisation", put_back="1")
    assert rows(house) == [], "put back: nobody says that they are there"
    press(house, case, REACHED)
    assert len(rows(house)) == 1
    with house.as_(LEAD) as actor:
        mine = Case.objects.get(pk=case.pk)
        cases.close(actor, mine, version=mine.version, outcome="goals_met")
    for who in TEAM:
        assert rows(house, who) == []


def test_who_came_by_referral_stands_once(house: Senders) -> None:
    """The own case of a referral says it too: no second row."""
    referral, own = came(house)
    with house.as_(LEAD) as actor:
        mine = Case.objects.get(pk=own.pk)
        cases.edit(actor, mine, version=mine.version, codes=NEEDED)
    press(house, own, FOUND, whose="with_us")
    press(house, own, REACHED)
    (row,) = rows(house, LEAD)
    assert f"referral {referral.code[:4]} {referral.code[4:]}" in row
    assert house.browser(LEAD).get(at(referral)).status_code == 200


def test_who_is_helped_otherwise_and_sleeps_here_stands_once_with_both(house: Senders, second_shelter: Service) -> None:
    """Who came for advice, and has nowhere to go in the evening."""
    _case, referral = accepted(house)
    house.browser("lawyer").post(at(referral, "serve"), answering(referral))
    (row,) = rows_of_help(house)
    assert "shelter" not in row
    with god():
        own = Case.objects.filter(from_referral=True).latest("begun_at")
    with house.as_("lawyer") as actor:
        mine = Case.objects.get(pk=own.pk)
        cases.edit(actor, mine, version=mine.version, codes=NEEDED)
    press(house, own, FOUND, "lawyer", whose="with_us")
    press(house, own, REACHED, "lawyer")
    (row,) = rows(house, "lawyer")
    assert "NGO shelter or crisis room" in row, "the list is of who sleeps here"
    said = press(house, own, NONE, "lawyer")
    assert "Saved: no place for tonight. Today says it until there is one." in said
    assert "tell them not to go" not in said, "they were here"
    assert rows(house, "lawyer") == []
    assert len(rows_of_help(house)) == 1, "the help goes on"


def rows_of_help(house: Senders) -> list[str]:
    return listed(home(house, "lawyer"), "Helped now")


def test_it_costs_one_query_more_for_all_of_them(house: Senders) -> None:
    for _n in range(3):
        planned(taken_in(house))
    browser = house.browser(COLLEAGUE)
    browser.get("/")
    with counted():
        assert len(listed(browser.get("/").content.decode(), HERE)) == 3
