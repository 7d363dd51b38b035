"""A place that was found is ended by what is said of it, and by the end of no other referral (ADR 0162)."""

from __future__ import annotations

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive, send
from hamkori.casework.referral.models import Referral
from hamkori.directory.models import Service
from tests.cast import pass_time
from tests.web.senders import Senders
from tests.web.test_chain_of_places import A, B, card, goes
from tests.web.test_place_found import ASKS, BOTH, NEEDED, ROW, rail, today, until
from tests.web.test_place_found import found as found_at
from tests.web.test_which_place import found, off, shown

pytestmark = pytest.mark.django_db

NONE = "No place for tonight"
FREE = "Ask them whether their place is still free."
OWN_HOME = "own_home"


def finds(house: Senders, case: Case, whose: str) -> None:
    if whose in (A, B):
        found(house, case, whose)
    else:
        found_at(house, case, whose)
    pass_time(minutes=1)


def with_a_bed(house: Senders, whose: str) -> tuple[Case, Referral]:
    """In the evening a place was found, and a shelter accepted the person as well."""
    until(19)
    case = house.case(NEEDED)
    house.agreed(case)
    finds(house, case, whose)
    sent = house.sent(case)
    house.accepted(sent, part="now")
    pass_time(minutes=1)
    return case, sent


def ends(house: Senders, sent: Referral) -> None:
    """The person wants it ended, at this organisation alone."""
    with house.as_() as zarina:
        send.withdraw(zarina, Referral.objects.get(pk=sent.pk), how_said="in_person")
    pass_time(minutes=1)


@pytest.mark.parametrize("whose", [OWN_HOME, "known_people", "another", A])
def test_the_end_of_a_referral_ends_no_place_that_is_not_its_own(
    house: Senders, second_shelter: Service, whose: str
) -> None:
    """Red before: "No place for tonight", and nobody asked any more whether the person got home."""
    case, sent = with_a_bed(house, whose)
    ends(house, sent)
    for who in BOTH:
        assert NONE not in today(house, who), who
        assert ROW in today(house, who), who
        assert (NONE in card(house, case, who), ASKS in card(house, case, who)) == (False, True), who
        assert rail(house, who) == 0, who
    if whose == A:
        assert FREE not in off(house, BOTH[0])


def test_who_was_said_to_be_in_their_own_home_is_there_still(house: Senders) -> None:
    """Red before: "the person is there" was gone from the case, and the page said that there is no place."""
    until(19)
    case = house.case(NEEDED)
    house.agreed(case)
    finds(house, case, OWN_HOME)
    goes(house, case, "place-reached")
    sent = house.sent(case)
    house.accepted(sent, part="now")
    pass_time(minutes=1)
    ends(house, sent)
    for who in BOTH:
        assert NONE not in today(house, who) + card(house, case, who), who
        assert rail(house, who) == 0, who
    assert "that the person is there: the person's own home." in shown(house, case)


def test_that_place_ends_by_what_is_said_of_it(house: Senders) -> None:
    case, sent = with_a_bed(house, OWN_HOME)
    ends(house, sent)
    goes(house, case, "place-needed")
    for who in BOTH:
        assert NONE in today(house, who), who
        assert rail(house, who) == 1, who


def test_the_place_at_the_organisation_itself_ends_with_its_referral(house: Senders, second_shelter: Service) -> None:
    """Their yes by telephone was to the same bed that they accepted afterwards."""
    case, sent = with_a_bed(house, B)
    ends(house, sent)
    assert case
    for who in BOTH:
        assert NONE in today(house, who), who
        assert rail(house, who) == 1, who


def test_a_shelter_that_had_the_person_since_ended_the_place_of_before(house: Senders) -> None:
    """They slept at home, and then in the shelter: what ends there leaves no place."""
    case, sent = with_a_bed(house, OWN_HOME)
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=sent.pk)
        receive.serve(parvina, mine, version=mine.version)
    pass_time(minutes=1)
    ends(house, sent)
    assert case
    for who in BOTH:
        assert rail(house, who) == 1, who
