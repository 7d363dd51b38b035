"""Who withdrew everything, and leaves the shelter: a bed is asked for, and a slip has a way back (ADR 173)."""

from __future__ import annotations

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_chain_of_places import card, goes
from tests.web.test_own_case_closed import CLOSED, WHO, closes, slept
from tests.web.test_place_found import ASKS, BOTH, NEEDED, STAYS, file, found, rail, stays_there, steps, today, until
from tests.web.test_today_in_danger import form_of
from tests.web.test_two_places import asked, tonight

pytestmark = pytest.mark.django_db

NONE = "No place for tonight"
LEAVES = "that the person leaves Shelter Kulob. They have not ended the stay there."
AFTER_ALL = "Say that the person stays"


def back_to_stay(house: Senders, case: Case) -> str:
    """That the person leaves is taken back, where the page says it."""
    page = file(house, case)
    form = form_of(page[: page.index(AFTER_ALL)].rpartition("<form")[2] + "</form>", f"/cases/{case.code}/place-found/")
    return page_text(house.browser().post(*form, follow=True))


def test_who_leaves_stands_where_anybody_without_a_bed_stands(house: Senders) -> None:
    """Red before: in the list of who said no, counted nowhere, below what can wait."""
    case = stays_there(house, {"need_tonight_codes": ["nothing_now"]})
    pass_time(minutes=1)
    goes(house, case, "place-needed")
    for who in BOTH:
        page = today(house, who)
        assert NONE in page.partition("Call now")[2], who
        assert rail(house, who) == 1, who
        assert "The person said no" not in page.partition(NONE)[0], who
    assert "Tell the team" in today(house, "supervisor-cso")


def test_a_slip_has_a_way_back(house: Senders) -> None:
    """Red before: below "stays" stood "leaves", and nothing led from there to "stays"."""
    case = stays_there(house, NEEDED)
    goes(house, case, "place-needed")
    assert (LEAVES in card(house, case), AFTER_ALL in card(house, case)) == (True, True)
    assert AFTER_ALL not in card(house, case, "supervisor-cso"), "the team says it"
    said = back_to_stay(house, case)
    assert "Saved: the person stays at the place." in said
    assert steps(case)[-1] == ("place_found", "stays")
    for who in BOTH:
        assert (NONE in today(house, who), STAYS in today(house, who), rail(house, who)) == (False, False, 0), who


def test_the_way_back_ends_with_another_place(house: Senders) -> None:
    case = stays_there(house, NEEDED)
    goes(house, case, "place-needed")
    pass_time(minutes=1)
    assert ASKS in found(house, case, "own_home")
    assert (LEAVES in card(house, case), AFTER_ALL in card(house, case)) == (False, False)


def test_whoever_says_no_to_everything_afterwards_is_left_in_peace(house: Senders) -> None:
    """The later word counts."""
    case = stays_there(house, NEEDED)
    goes(house, case, "place-needed")
    assert rail(house) == 1
    pass_time(minutes=1)
    house.agreed(case, answer="no")
    pass_time(minutes=1)
    for who in BOTH:
        assert rail(house, who) == 0, who


def test_who_was_in_no_shelter_does_not_stay_there(house: Senders) -> None:
    """Red before: by hand, and the case said that the person stays at the place."""
    case = house.case(NEEDED)
    to, form = form_of(file(house, case), f"/cases/{case.code}/place-found/")
    answer = house.browser().post(to, {**form, "whose": "stays"})
    assert (answer.status_code, "Nobody asks about that place any more." in page_text(answer)) == (409, True)
    assert not steps(case)
    assert NONE in today(house)


@pytest.mark.usefixtures("second_shelter")
def test_who_goes_home_has_a_place_and_nobody_else_is_put_forward(house: Senders) -> None:
    """Red before: "The person still needs this help", of a person whose own home was just chosen."""
    _case, sent = asked(house, "own_home")
    tonight(house, sent)
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=sent.pk)
        send.recall(zarina, mine, version=mine.version, reason="mistake")
    text = page_text(house.browser().get(f"/referrals/{sent.code}/"))
    assert "The person has a place tonight: the person's own home." in text
    until(13)
    assert "has a place tonight" not in page_text(house.browser().get(f"/referrals/{sent.code}/"))


def test_who_stays_after_all_is_asked_about_once_the_shelter_closes_its_own_case(house: Senders) -> None:
    """Red before: the shelter was told that the sender is asked, and nobody read anything of it."""
    case, _referral, own = slept(house, house.case(NEEDED))
    goes(house, case, "place-needed")
    pass_time(minutes=1)
    back_to_stay(house, case)
    pass_time(minutes=1)
    assert "that the person stays at Shelter Kulob." in page_text(house.browser().get(f"/cases/{case.code}/"))
    assert "The sender is told, and asked where the person sleeps" in closes(house, own, sure="on")
    for who in BOTH:
        assert WHO in today(house, who), who
        assert CLOSED in card(house, case, who), who
        assert rail(house, who) == 1, who
    assert "that the person stays" not in card(house, case)
    pass_time(minutes=1)
    found(house, case, "own_home")
    for who in BOTH:
        assert (WHO in today(house, who) + card(house, case, who), rail(house, who)) == (False, 0), who
