"""Who is said to be at one place while another expects them for that night: it is asked which is true (ADR 0169)."""

from __future__ import annotations

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive, send
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_chain_of_places import A, card, goes
from tests.web.test_place_found import ASKS, BOTH, file, steps, today, until
from tests.web.test_today_in_danger import form_of
from tests.web.test_two_places import GO, THERE, TWO, asked, told, tonight
from tests.web.test_which_place import off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("second_shelter")]

STAY = "They stay there: "
SAID = ": the person is there, said "
OLD = "that the person is there:"


def there(house: Senders, whose: str = A) -> tuple[Case, Referral]:
    """A place was found, a shelter accepted, and then somebody said that the person is at the first."""
    case, sent = asked(house, whose)
    tonight(house, sent)
    goes(house, case, "place-reached")
    return case, sent


def both_are_named(house: Senders, case: Case, place: str) -> None:
    for who in BOTH:
        box, row = card(house, case, who), today(house, who)
        for said in (box, row):
            assert TWO in said, who
            assert f"{place}{SAID}" in said.partition(TWO)[2], who
            assert "Shelter Kulob: accepted, tonight" in said.partition(TWO)[2], who
        assert (OLD in box, ASKS in box, THERE in box, off(house, who)) == (False, False, False, ""), who
    page = page_text(house.browser().get(f"/cases/{case.code}/"))
    assert place in page.partition(STAY)[2].partition(GO)[0]
    assert f"{GO}Shelter Kulob" in page
    above = card(house, case, "supervisor-cso")
    assert (STAY in above, GO in above, "Undo" in above) == (False, False, False), "the team says it"


def is_over(house: Senders, case: Case) -> None:
    for who in BOTH:
        assert (TWO in today(house, who), TWO in card(house, case, who)) == (False, False), who


@pytest.mark.parametrize(
    ("whose", "place"), [(A, "Legal Aid"), ("own_home", "own home"), ("known_people", "eople the person knows")]
)
def test_it_is_asked_which_is_true(house: Senders, whose: str, place: str) -> None:
    """Red before: the case said both, the shelter waited, and nobody was asked."""
    case, _sent = there(house, whose)
    both_are_named(house, case, place)


def test_it_is_asked_too_where_the_shelter_accepts_afterwards(house: Senders) -> None:
    """Red before: as above."""
    case, sent = asked(house, "own_home")
    goes(house, case, "place-reached")
    assert OLD in card(house, case)
    is_over(house, case)
    tonight(house, sent)
    both_are_named(house, case, "own home")


def test_a_bed_of_the_next_evening_asks_nothing(house: Senders) -> None:
    case, sent = asked(house, "own_home")
    goes(house, case, "place-reached")
    tonight(house, sent, days=1)
    is_over(house, case)
    assert OLD in card(house, case)


def test_they_stay_where_they_are(house: Senders) -> None:
    """By the page that cancels the other referral; then the word of before stands alone."""
    case, sent = there(house)
    assert f'href="/referrals/{sent.code}/recall/"' in file(house, case).partition(TWO)[2]
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=sent.pk)
        send.recall(zarina, mine, version=mine.version, reason="mistake")
    pass_time(minutes=1)
    is_over(house, case)
    assert OLD in card(house, case)


def test_they_go_to_the_other_place(house: Senders) -> None:
    """One press, with a way back; who had the person by then is not told that nobody comes."""
    case, _sent = there(house)
    said = goes(house, case, "place-needed", why="goes_elsewhere")
    assert "Saved: the person chose another place than the one that was found." in said
    is_over(house, case)
    for who in BOTH:
        assert ("No place for tonight" in today(house, who), off(house, who)) == (False, ""), who
    assert "chose another place, and not this one: Legal Aid." in card(house, case)
    goes(house, case, "place-found")
    assert steps(case)[-3:] == [("place_reached", ""), ("place_needed", "goes_elsewhere"), steps(case)[0]]
    for who in BOTH:
        assert TWO in today(house, who), who
        assert "Legal Aid: by telephone, " in card(house, case, who), who


def test_it_is_put_back_in_the_box(house: Senders) -> None:
    case, _sent = there(house)
    assert "Put back: Today asks again whether the person got there." in goes(house, case, "place-found")
    assert (THERE in card(house, case), SAID in card(house, case)) == (True, False)


def test_it_ends_once_they_know_of_the_other_place(house: Senders) -> None:
    case, sent = there(house)
    told(house, sent)
    is_over(house, case)


def test_an_older_word_that_they_know_ends_nothing(house: Senders) -> None:
    """The later word counts: they were told, and are said to be at the first all the same."""
    case, sent = asked(house)
    old = file(house, case)
    tonight(house, sent)
    told(house, sent)
    is_over(house, case)
    house.browser().post(*form_of(old, f"/cases/{case.code}/place-reached/"), follow=True)
    pass_time(minutes=1)
    both_are_named(house, case, "Legal Aid")


def test_it_ends_once_they_came_there(house: Senders) -> None:
    case, sent = there(house, "own_home")
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=sent.pk)
        receive.serve(parvina, mine, version=mine.version)
    pass_time(minutes=1)
    is_over(house, case)


def test_it_is_asked_until_noon(house: Senders) -> None:
    case, _sent = there(house, "own_home")
    until(11)
    assert TWO in card(house, case), "the next morning"
    until(12)
    is_over(house, case)
