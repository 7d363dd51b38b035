"""What is said of where a person is: each word has its kind, and each kind says what it would undo."""

import pytest

from hamkori.casework.case.rules.lifecycle import CASE_REASON_LISTS, PLACE_STEPS
from hamkori.casework.work.rules.whereabouts import LOSES, OF_CASE, OF_REFERRAL, UNDOES, asks_once_more
from hamkori.vocabulary import codelist


def test_every_word_about_the_person_has_a_kind() -> None:
    """A reason that is added to one of these lists is put into the table as well."""
    steps = [*PLACE_STEPS, "looked_for"]
    asks = {step: set(codelist(CASE_REASON_LISTS[step]).codes) for step in steps if step in CASE_REASON_LISTS}
    said = {(step, reason) for step, reasons in asks.items() for reason in reasons}
    assert said | {("place_reached", ""), ("place_needed", "")} == set(OF_CASE)
    assert {*OF_CASE.values(), *OF_REFERRAL.values(), *LOSES.values()} == set(UNDOES)


def test_a_place_that_was_taken_back_is_said_before_the_person_is_there() -> None:
    assert asks_once_more(("place_reached", ""), ("unaccept", "no_place"))
    assert not asks_once_more(("place_needed", ""), ("decline", "full"))


@pytest.mark.parametrize("gone", [("miss", ""), ("hear", "did_not_come"), ("place_needed", "did_not_get_there")])
@pytest.mark.parametrize("there", [("place_reached", ""), ("looked_for", "is_safe"), ("hear", "came"), ("serve", "")])
def test_here_and_gone_undo_each_other(gone: tuple[str, str], there: tuple[str, str]) -> None:
    assert asks_once_more(gone, there)
    assert asks_once_more(there, gone)
    assert not asks_once_more(gone, gone)
    assert not asks_once_more(there, there)


def test_what_says_nothing_of_the_person_asks_nothing() -> None:
    assert not asks_once_more(("hear", "called"), ("hear", "came"))
    assert not asks_once_more(("place_needed", ""), ("miss", "")), "that there is no place ends no search"


def test_a_call_that_reached_nobody_calms_no_search_that_began_meanwhile() -> None:
    assert asks_once_more(("hear", "called"), ("miss", ""))
    assert asks_once_more(("hear", "called"), ("desk", "not_with_them"))
    assert not asks_once_more(("hear", "called"), ("desk", "with_them"))


@pytest.mark.parametrize("gone", [("looked_for", "not_found"), ("place_found", "known_people"), ("place_reached", "")])
def test_who_is_back_where_they_were_is_neither_lost_nor_elsewhere(gone: tuple[str, str]) -> None:
    assert asks_once_more(gone, ("call_sender", "is_back"))
    assert not asks_once_more(("looked_for", "is_safe"), ("call_sender", "is_back"))
