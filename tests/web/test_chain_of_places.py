"""The chain of places of one night, and of a search: none of them ends without a word about the person (ADR 0162)."""

from __future__ import annotations

import random
import re
from typing import Any
from uuid import UUID

import pytest

from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.case.queries.place_told import asked_now
from hamkori.casework.case.rules.lifecycle import PLACE_STEPS
from hamkori.casework.work.queries.looked_for import looked_now
from hamkori.directory.models import Service
from hamkori.people.models import OrganisationPhone
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_left_without_a_word import puts_right
from tests.web.test_looked_for import FIND_OUT, NOT_HERE, says
from tests.web.test_place_called_off import SURE
from tests.web.test_place_found import ASKS, BOTH, NEEDED, ROW, file, today, until
from tests.web.test_place_found import found as found_at
from tests.web.test_shelter_ended import helped
from tests.web.test_today_in_danger import form_of
from tests.web.test_which_place import found, number, off, shown, steps

pytestmark = pytest.mark.django_db

SAFE = "find out whether they are safe"
A, B = "legal-aid", "shelter-kulob"


def goes(house: Senders, case: Case, step: str, **more: str) -> str:
    """A button of the case, as its form sends it, and the page after it; the clock goes on a minute."""
    to, form = form_of(file(house, case), f"/cases/{case.code}/{step}/")
    said = page_text(house.browser().post(to, {**form, **more}, follow=True))
    pass_time(minutes=1)
    return said


def finds(house: Senders, case: Case, which: str) -> None:
    """A yes by telephone, as the page of the choice sends it."""
    page = house.browser().get(f"/cases/{case.code}/place-which/").content.decode()
    to, form = form_of(page, f"/cases/{case.code}/place-found/")
    house.browser().post(to, {**form, "which": which})
    pass_time(minutes=1)


def misses(house: Senders, case: Case) -> None:
    goes(house, case, "place-needed", why="did_not_get_there")


def began(house: Senders, *, facts: dict[str, Any] = NEEDED) -> Case:
    """In the evening: the night is one and the same for what follows."""
    until(19)
    return house.case(facts)


def card(house: Senders, case: Case, who: str = "caseworker-cso") -> str:
    return shown(house, case, who).partition("What happened")[0]


# --- the search ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("facts", [NEEDED, NOT_HERE])
@pytest.mark.parametrize("whose", ["known_people", "own_home", "another"])
def test_a_place_that_was_found_says_nothing_of_whether_the_person_is_safe(
    house: Senders, second_shelter: Service, whose: str, facts: dict[str, Any]
) -> None:
    """Red before: of an adult at no risk the search was gone with that press, and nobody had said "safe"."""
    case = began(house, facts={**facts, **NEEDED})
    found(house, case, A)
    pass_time(minutes=1)
    misses(house, case)
    said = found_at(house, case, whose)
    assert "Nobody has said yet whether the person is safe: Today asks that first." in said
    pass_time(minutes=1)
    for who in BOTH:
        assert SAFE in today(house, who), who
        assert SAFE in card(house, case, who), who
    says(house, case, "is_safe")
    assert SAFE not in today(house)
    assert ROW in today(house), "and then whether they got there"


def test_a_result_put_right_ends_no_search_of_who_was_looked_for_in_vain(house: Senders) -> None:
    """Red before: "Help was given" of the shelter ended it, though the sender had looked for her in vain."""
    case, referral = helped(house, NOT_HERE, "not_reached")
    says(house, case, "not_found")
    pass_time(minutes=1)
    puts_right(house, referral, "given")
    for who in BOTH:
        for page in (
            today(house, who),
            card(house, case, who),
            page_text(house.browser(who).get(f"/referrals/{referral.code}/")).partition("What happened")[0],
        ):
            assert FIND_OUT in page, who
            assert "the organisation says now: Help was given" in page, who
    puts_right(house, referral, "not_reached", "partly")
    assert FIND_OUT in today(house), "however often it is put right"
    says(house, case, "is_safe")
    for who in BOTH:
        assert FIND_OUT not in today(house, who), who


def test_a_place_by_telephone_stays_when_the_shelter_puts_its_result_right(
    house: Senders, second_shelter: Service
) -> None:
    """Red before: help ended anew with the correction, and neither question nor call-off remained of the place."""
    case, referral = helped(house, NOT_HERE, "not_reached")
    says(house, case, "is_safe")
    pass_time(minutes=1)
    found(house, case, A)
    pass_time(minutes=1)
    for who in BOTH:
        assert ROW in today(house, who), who
    puts_right(house, referral, "given")
    for who in BOTH:
        assert ROW in today(house, who), who
        assert ASKS in card(house, case, who), who
        assert "Legal Aid" in today(house, who), who


def test_the_search_names_who_expected_the_person_and_not_the_place_of_now(
    house: Senders, second_shelter: Service
) -> None:
    """Red before: "Shelter Kulob expected the person", with its number, of who never was to go there."""
    case = began(house, facts={**NOT_HERE, **NEEDED})
    found(house, case, A)
    pass_time(minutes=1)
    misses(house, case)
    finds(house, case, B)
    for who in BOTH:
        box = card(house, case, who).partition(SAFE)[2]
        assert "Legal Aid expected the person." in box, who
        assert "Shelter Kulob expected the person." not in box, who
        assert number(box), who
        assert re.search(r"A place for tonight was found today \S+: Shelter Kulob\.", box), who
        row = today(house, who).partition(SAFE)[2]
        assert "expected by Legal Aid" in row, who
        assert number(row), who
        assert "expected by Shelter Kulob" not in row, who
        assert re.search(r"a place was found today \S+: Shelter Kulob", row), who
    pass_time(hours=25)
    assert "Legal Aid expected the person." in card(house, case), "as long as somebody is looked for"


# --- who is to hear that nobody comes ------------------------------------------------------------------------------


def test_where_a_place_was_found_again_at_the_same_one_it_is_not_called_off(
    house: Senders, second_shelter: Service
) -> None:
    """Red before: "call them, and say that nobody comes", of the bed in which she sleeps."""
    case = began(house)
    found(house, case, A)
    pass_time(minutes=1)
    misses(house, case)
    found_at(house, case, "known_people")
    pass_time(minutes=1)
    assert SURE in off(house, "caseworker-cso")
    goes(house, case, "place-needed")
    finds(house, case, A)
    for who in BOTH:
        assert (off(house, who), SURE in card(house, case, who)) == ("", False), who
    goes(house, case, "place-reached")
    for who in BOTH:
        assert (off(house, who), SURE in card(house, case, who)) == ("", False), who


def test_before_a_case_is_closed_it_is_said_who_is_to_hear_that_nobody_comes(
    house: Senders, second_shelter: Service
) -> None:
    """Red before: "Still open" named the last place alone."""
    case = began(house)
    found(house, case, A)
    pass_time(minutes=1)
    misses(house, case)
    found_at(house, case, "known_people")
    pass_time(minutes=1)
    before = page_text(house.browser().get(f"/cases/{case.code}/close/"))
    assert "Legal Aid said yes by telephone" in before
    assert SURE in before
    assert number(before)


# --- what is recorded already --------------------------------------------------------------------------------------


def test_the_choice_says_which_place_is_recorded_already(house: Senders, second_shelter: Service) -> None:
    """Red before: from an older page it said nothing, and saved over it."""
    case = began(house)
    at = f"/cases/{case.code}/place-which/"
    known = r"A place for tonight was recorded already today \S+ ?: Legal Aid\. Choose here only if that has changed\."
    assert "recorded already" not in page_text(house.browser().get(at))
    found(house, case, A)
    pass_time(minutes=1)
    assert re.search(known, page_text(house.browser().get(at)))
    goes(house, case, "place-reached")
    assert re.search(known, page_text(house.browser().get(at))), "and of who is there"
    goes(house, case, "place-found")  # put back
    goes(house, case, "place-needed")
    assert "recorded already" not in page_text(house.browser().get(at))


def test_of_a_bed_at_one_that_must_get_nothing_it_is_said(house: Senders, second_shelter: Service) -> None:
    """Red before: "If it changes, call them", and later "call those who expected them", without a word of it."""
    case = began(house, facts={**NOT_HERE, **NEEDED})
    found(house, case, A)
    house.agreed(case, excluded=[house.world.bodies[A]])
    pass_time(minutes=1)
    for who in BOTH:
        box = card(house, case, who).partition(ASKS)[2]
        assert "The person wants Legal Aid to get nothing." in box, who
        assert "If it changes, call them." not in box, who
        assert "must get nothing: ask the person first" in today(house, who).partition(ROW)[2], who
    misses(house, case)
    only = "The person wants this organisation to get nothing. Tell them only that nobody comes."
    for who in BOTH:
        box = card(house, case, who).partition(SAFE)[2]
        assert only in box, who
        assert "and those who expected them" not in box, who
        assert "Must get nothing: tell them only that nobody comes." in today(house, who), who


# --- a slip --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", [A, "another"])
def test_that_the_person_is_there_has_a_way_back_until_noon(
    house: Senders, second_shelter: Service, which: str
) -> None:
    """Red before: the case said nothing of where she sleeps until the next morning, and a slip stood."""
    case = began(house)
    found(house, case, which)
    pass_time(minutes=1)
    goes(house, case, "place-reached")
    page = card(house, case)
    where = "Legal Aid" if which == A else "the place found by telephone"
    assert re.search(rf"It was said today \S+ that the person is there: {where}\.", page)
    assert "It was said" not in card(house, case, "supervisor-cso")
    assert "Put back: Today asks again whether the person got there." in goes(house, case, "place-found")
    assert steps(case) == [("place_found", "organisation", which == A)] * 2
    for who in BOTH:
        assert ROW in today(house, who), who
    goes(house, case, "place-reached")
    assert "It was said today" in card(house, case)
    until(13)
    assert "that the person is there:" not in card(house, case)


def test_what_is_put_back_looks_for_the_person_again(house: Senders, second_shelter: Service) -> None:
    case = began(house, facts={**NOT_HERE, **NEEDED})
    found(house, case, A)
    pass_time(minutes=1)
    misses(house, case)
    finds(house, case, B)
    goes(house, case, "place-reached")
    assert SAFE not in today(house)
    assert "Put back: Today asks again whether the person is safe." in goes(house, case, "place-found")
    for who in BOTH:
        assert SAFE in today(house, who), who
        assert "Legal Aid expected the person." in card(house, case, who), who


# --- any order -----------------------------------------------------------------------------------------------------

PRESSES: tuple[tuple[str, dict[str, str]], ...] = (
    ("place-found", {"whose": "known_people"}),
    ("place-found", {"whose": "own_home"}),
    ("place-found", {"whose": "organisation", "which": A}),
    ("place-found", {"whose": "organisation", "which": B}),
    ("place-found", {"whose": "organisation", "which": "another"}),
    ("place-reached", {}),
    ("place-needed", {}),
    ("place-needed", {"why": "they_said_no"}),
    ("place-needed", {"why": "nobody_comes"}),
    ("place-needed", {"why": "did_not_get_there"}),
    ("looked-for", {"why": "not_found"}),
    ("looked-for", {"why": "is_safe"}),
)


@pytest.mark.parametrize("seed", range(6))
def test_in_any_order_nobody_and_no_bed_is_forgotten(house: Senders, second_shelter: Service, seed: int) -> None:
    """After every press somebody looks for her, or somebody said where she is; and whoever promised a bed is
    asked about, called off, or has her.
    """
    until(20)
    chance = random.Random(seed)
    case = house.case({**(NOT_HERE if seed % 2 else {}), **NEEDED})
    found(house, case, A)
    pass_time(minutes=1)
    misses(house, case)
    for _turn in range(14):
        step, more = chance.choice(PRESSES)
        with god():
            version = str(Case.objects.get(pk=case.pk).version)
        house.browser().post(
            f"/cases/{case.code}/{step}/", {"version": version, "operation": f"{chance.getrandbits(128):032x}", **more}
        )
        pass_time(minutes=1)
        holds(house, case)


def holds(house: Senders, case: Case) -> None:
    with god():
        rows = CaseStep.objects.filter(case=case).order_by("at")
        said = [(one.step_code, one.reason_code, one.organisation_id) for one in rows]
    lost, before, beds, places = False, False, dict[UUID | None, str](), list[tuple[str, str, object]]()
    for step, reason, body in said:
        if (step, reason) in (("place_needed", "did_not_get_there"), ("looked_for", "not_found")):
            lost = True
        elif step == "place_reached" or reason == "is_safe":
            before, lost = lost, False
        if step == "place_found":
            if [one[0] for one in places[-2:]] == ["place_found", "place_reached"] and places[-2][1:] == (reason, body):
                lost = before  # that the person is there was put back
            beds = {one: "off" for one in beds if one != body}
            if reason == "organisation":
                beds[body] = "asked"
        elif step == "place_reached" or (step, reason) == ("place_needed", "they_said_no"):
            beds = {one: state for one, state in beds.items() if state != "asked"}
        elif step == "place_needed" and reason in ("", "nobody_comes"):
            beds = dict.fromkeys(beds, "off")
        if step in PLACE_STEPS:
            places.append((step, reason, body))
    with house.as_():
        looked, told = looked_now(case.pk), asked_now(case.pk)
    assert (looked is not None) == lost, said
    listed = {one.organisation: "off" if one.off else "asked" for one in told}
    assert {one: listed.get(one) for one in beds if one is not None} == {k: v for k, v in beds.items() if k}, said
    if lost:
        assert SAFE in today(house), said


def test_the_number_is_read_of_the_one_that_expected_the_person(house: Senders, second_shelter: Service) -> None:
    case = began(house, facts={**NOT_HERE, **NEEDED})
    with god():
        OrganisationPhone.objects.create(organisation_id=house.world.bodies[B], phone="(demo) 00-99")
    found(house, case, A)
    pass_time(minutes=1)
    misses(house, case)
    finds(house, case, B)
    for who in BOTH:
        box = card(house, case, who).partition("Legal Aid expected the person.")[2]
        assert number(box.partition("Open")[0][:80]), who
    with house.as_("lawyer"):
        assert looked_now(case.pk) is None
