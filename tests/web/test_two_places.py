"""Two places for one night: an acceptance is no word of the person's, and calls nothing off (ADR 0168)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import confirm, receive, send
from hamkori.casework.referral.models import Referral
from hamkori.directory.models import Service
from tests.cast import pass_time
from tests.web.senders import Senders, closes, page_text
from tests.web.test_chain_of_places import A, card, goes
from tests.web.test_left_without_a_word import puts_right
from tests.web.test_looked_for import NOT_HERE, says
from tests.web.test_place_called_off import SURE, called
from tests.web.test_place_found import ASKS, BOTH, NEEDED, ROW, file, steps, today, until
from tests.web.test_place_found import found as found_at
from tests.web.test_shelter_ended import helped
from tests.web.test_today_in_danger import form_of
from tests.web.test_which_place import found, off

pytestmark = pytest.mark.django_db

TWO = "Two places for tonight. Ask the person where they go."
THERE = "The person is there: "
GO = "They go to: "


def asked(house: Senders, whose: str = A) -> tuple[Case, Referral]:
    """In the afternoon a place was found, and a shelter is asked as well."""
    until(15)
    case = house.case(NEEDED)
    house.agreed(case)
    if whose == A:
        found(house, case, A)
    else:
        found_at(house, case, whose)
    pass_time(minutes=1)
    sent = house.sent(case)
    pass_time(minutes=1)
    return case, sent


def tonight(house: Senders, sent: Referral, days: int = 0, part: str = "evening") -> None:
    """The shelter says when the person can come: this evening, or so many days later; again, if it did so before."""
    on = timezone.localdate(now()) + timedelta(days=days)
    with house.as_("desk-shelter") as gulnora:
        one = Referral.objects.get(pk=sent.pk)
        if one.state_code == "sent":
            team = [house.world.membership("shelter-worker")]
            receive.accept(gulnora, one, version=one.version, team=team, arrival_on=on, arrival_part=part)
    if one.state_code == "accepted" and one.arrival_on != on:
        with house.as_("shelter-worker") as parvina:
            mine = Referral.objects.get(pk=sent.pk)
            receive.expect(parvina, mine, version=mine.version, arrival_on=on, arrival_part=part)
    pass_time(minutes=1)


def told(house: Senders, sent: Referral) -> None:
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=sent.pk)
        confirm.tell_person(zarina, mine, version=mine.version, answer="told")
    pass_time(minutes=1)


def both_are_named(house: Senders, case: Case, place: str) -> None:
    """On the case and on Today, of the team and of the supervisor, and nobody is to call anybody off."""
    for who in BOTH:
        box, row = card(house, case, who), today(house, who)
        for said in (box, row):
            assert TWO in said, who
            assert place in said.partition(TWO)[2], who
            assert "Shelter Kulob: accepted, tonight" in said.partition(TWO)[2], who
        assert (off(house, who), SURE in box) == ("", False), who
    page = file(house, case)
    for answer in (f"{GO}{place}", f"{GO}Shelter Kulob", f"{THERE}{place}"):
        assert answer in page_text(house.browser().get(f"/cases/{case.code}/")), answer
    assert 'href="/referrals/' in page
    assert GO not in card(house, case, "supervisor-cso"), "the team says it"


def test_another_organisation_accepts_and_nobody_asked_the_person(house: Senders, second_shelter: Service) -> None:
    """Red before: the question was gone, and the bed to which she may be walking was to be called off."""
    case, sent = asked(house)
    assert ROW in today(house)
    tonight(house, sent)
    both_are_named(house, case, "Legal Aid")


@pytest.mark.parametrize(("whose", "place"), [("own_home", "own home"), ("known_people", "eople the person knows")])
def test_a_place_where_nobody_waits_is_asked_about_too(house: Senders, whose: str, place: str) -> None:
    """Red before: the question was lost."""
    case, sent = asked(house, whose)
    tonight(house, sent)
    for who in BOTH:
        for said in (card(house, case, who), today(house, who)):
            assert TWO in said, who
            assert place in said.partition(TWO)[2], who


def test_a_time_that_moves_to_this_evening_is_no_word_of_the_person_either(
    house: Senders, second_shelter: Service
) -> None:
    """Red before: from tomorrow to this evening, and the other bed was to be called off."""
    case, sent = asked(house)
    tonight(house, sent, days=1, part="morning")
    assert ROW in today(house)
    assert TWO not in today(house)
    tonight(house, sent)
    both_are_named(house, case, "Legal Aid")
    tonight(house, sent, days=1, part="morning")
    for who in BOTH:
        assert (ROW in today(house, who), ASKS in card(house, case, who)) == (True, True), who
        assert TWO not in today(house, who), who


def test_once_the_person_knows_of_the_new_place_the_other_is_called_off(
    house: Senders, second_shelter: Service
) -> None:
    case, sent = asked(house)
    tonight(house, sent)
    told(house, sent)
    for who in BOTH:
        assert SURE in off(house, who), who
        assert SURE in card(house, case, who), who
        assert (TWO in today(house, who), TWO in card(house, case, who)) == (False, False), who
    called(house, case, "reached")
    assert off(house, "caseworker-cso") == ""


def test_once_the_person_has_come_there_the_other_is_called_off(house: Senders, second_shelter: Service) -> None:
    case, sent = asked(house)
    tonight(house, sent)
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=sent.pk)
        receive.serve(parvina, mine, version=mine.version)
    pass_time(minutes=1)
    for who in BOTH:
        assert SURE in off(house, who), who
        assert TWO not in card(house, case, who), who


def test_they_go_to_the_new_place(house: Senders, second_shelter: Service) -> None:
    """One press: whoever promised the first is to be called off, and a slip has a way back."""
    case, sent = asked(house)
    tonight(house, sent)
    said = goes(house, case, "place-needed", why="goes_elsewhere")
    assert "Saved: the person chose the other place. Somebody still has one ready: call them" in said
    assert steps(case)[-1] == ("place_needed", "goes_elsewhere")
    for who in BOTH:
        assert SURE in off(house, who), who
        assert "No place for tonight" not in today(house, who), who
        assert (TWO in today(house, who), TWO in card(house, case, who)) == (False, False), who
    assert "The person chose another place" in page_text(house.browser().get(f"/cases/{case.code}/"))
    assert "chose another place, and not this one: Legal Aid." in card(house, case)
    goes(house, case, "place-found")
    both_are_named(house, case, "Legal Aid")


def test_they_go_to_the_new_place_and_not_home(house: Senders) -> None:
    case, sent = asked(house, "own_home")
    tonight(house, sent)
    said = goes(house, case, "place-needed", why="goes_elsewhere")
    assert "Saved: the person chose another place than the one that was found." in said
    for who in BOTH:
        assert (off(house, who), TWO in today(house, who)) == ("", False), who


def test_they_go_to_the_first_place(house: Senders, second_shelter: Service) -> None:
    """The other one is cancelled, by the page that does so; until then both are named."""
    case, sent = asked(house)
    tonight(house, sent)
    assert f'href="/referrals/{sent.code}/recall/"' in file(house, case).partition(TWO)[2]
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=sent.pk)
        send.recall(zarina, mine, version=mine.version, reason="mistake")
    pass_time(minutes=1)
    for who in BOTH:
        assert (ROW in today(house, who), ASKS in card(house, case, who)) == (True, True), who
        assert off(house, who) == "", who


def test_an_older_window_does_not_say_it_over_who_is_there(house: Senders, second_shelter: Service) -> None:
    case, sent = asked(house)
    tonight(house, sent)
    old = file(house, case)
    goes(house, case, "place-reached")
    to, form = form_of(old, f"/cases/{case.code}/place-needed/")
    said = page_text(house.browser().post(to, {**form, "why": "goes_elsewhere"}, follow=True))
    assert "Not saved yet. Recorded meanwhile: " in said
    assert "You pressed: the person chose another place." in said
    assert steps(case)[-1] == ("place_reached", "")


def test_it_is_said_of_a_place_that_was_found_alone(house: Senders) -> None:
    case = house.case(NEEDED)
    page = file(house, case)
    to, form = form_of(page, f"/cases/{case.code}/place-found/")
    at = to.replace("place-found", "place-needed")
    assert house.browser().post(at, {**form, "why": "goes_elsewhere"}).status_code == 409


# --- the later word ------------------------------------------------------------------------------------------------


def test_who_came_to_a_shelter_is_not_said_to_be_at_home(house: Senders) -> None:
    """Red before: "It was said that the person is there: own home", beside "Help is being given"."""
    case, sent = asked(house, "own_home")
    tonight(house, sent)
    goes(house, case, "place-reached")
    assert "own home: the person is there, said " in card(house, case)
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=sent.pk)
        receive.serve(parvina, mine, version=mine.version)
    pass_time(minutes=1)
    assert "that the person is there:" not in card(house, case)
    happened = page_text(house.browser().get(f"/cases/{case.code}/?events=all")).partition("What happened")[2]
    assert "The person is at the place for tonight" in happened


def test_a_word_older_than_a_search_does_not_come_back(house: Senders) -> None:
    """Red before: after "safe" she was at home again, and nobody asked where she sleeps."""
    case, referral = helped(house, NOT_HERE, "not_reached")
    says(house, case, "is_safe")
    pass_time(minutes=1)
    found_at(house, case, "own_home")
    pass_time(minutes=1)
    goes(house, case, "place-reached")
    puts_right(house, referral, "given", "not_reached")
    pass_time(minutes=1)
    says(house, case, "not_found")
    pass_time(minutes=1)
    says(house, case, "is_safe")
    for who in BOTH:
        assert "Where does the person sleep tonight?" in today(house, who), who
        assert "Where does the person sleep tonight?" in card(house, case, who), who
    assert "that the person is there:" not in card(house, case)


def test_once_a_place_was_found_who_has_not_answered_is_no_alarm(house: Senders) -> None:
    """Red before: the case began with the red call to them, and the place that was found came second."""
    closes(house)
    case, _sent = asked(house, "known_people")
    for who in BOTH:
        page = file(house, case, who)
        card = page.partition('aria-labelledby="what-next"')[2].partition("Locked parts")[0]
        assert 0 < card.index('id="tonight"') < card.index("closed until"), who
        assert 'id="alarm"' not in card, who


def test_an_old_page_that_cancels_the_place_that_was_chosen_is_told_so(house: Senders) -> None:
    """Red before: the page that cancels said nothing of it, and both places ended by one contradiction."""
    case, sent = asked(house, "known_people")
    tonight(house, sent)
    old = file(house, case)
    cancel, chosen = f"/referrals/{sent.code}/recall/", "Recorded "
    assert cancel in old
    said = "the person chose another place than the one that was found, and that one has ended. If you cancel this"
    assert said not in page_text(house.browser().get(cancel))
    goes(house, case, "place-needed", why="goes_elsewhere")
    shown = page_text(house.browser().get(cancel))
    assert said in shown.partition(chosen)[2]
    assert "it ends too." in shown
