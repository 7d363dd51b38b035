"""The sender ends what it has told the person about: somebody tells them not to go (ADR 172)."""

from __future__ import annotations

from typing import Any

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import confirm, receive, send
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.database import god
from tests.web import test_taken_back
from tests.web.senders import Senders, at, page_text, state
from tests.web.test_agreed_by_telephone import agreed as agreed_by_telephone
from tests.web.test_not_to_go_there import file
from tests.web.test_place_found import until
from tests.web.test_taken_back import ABOVE, CALLS, DESK, HELPER, LEAD, TITLE, page, presses, steps, today

pytestmark = pytest.mark.django_db

agreed = test_taken_back.agreed
TELLS = "tell them not to go."
BEFORE = "tell them not to go, then say so on Today."
REASONS = ("mistake", "placed_elsewhere", "need_changed", "case_closing", "they_said_no")


def told(house: Senders, referral: Referral, answer: str = "told", *, opens: bool = True) -> None:
    if opens:
        house.browser().get(f"{at(referral)}?open=meeting")
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=referral.pk)
        confirm.tell_person(zarina, mine, version=mine.version, answer=answer)
    pass_time(minutes=1)


def cancels(house: Senders, referral: Referral, who: str = LEAD, reason: str = "mistake") -> None:
    with house.as_(who) as actor:
        mine = Referral.objects.get(pk=referral.pk)
        send.recall(actor, mine, version=mine.version, reason=reason)
    pass_time(minutes=1)


def withdraws(house: Senders, referral: Referral) -> None:
    with house.as_() as zarina:
        send.withdraw(zarina, Referral.objects.get(pk=referral.pk), how_said="in_person")
    pass_time(minutes=1)


def ends_everything(house: Senders, referral: Referral) -> None:
    with god():
        case = Case.objects.get()
    with house.as_() as zarina:
        consent.withdraw(zarina, Case.objects.get(pk=case.pk), how_said="in_person")
    pass_time(minutes=1)


@pytest.mark.parametrize("who", [LEAD, ABOVE])
def test_who_cancels_is_told_before_and_both_are_asked_until_it_is_said(
    house: Senders, agreed: Referral, who: str
) -> None:
    """Red before: nothing said that somebody walks to a bus station, and the shelter read "do not wait"."""
    asks = at(agreed, "recall")
    assert BEFORE not in page_text(house.browser(who).get(asks))
    told(house, agreed)
    assert BEFORE in page_text(house.browser(who).get(asks))
    cancels(house, agreed, who)
    for each in (LEAD, ABOVE):
        for shown in (today(house, each), page(house, agreed, each), file(house, agreed, each)):
            assert "Shelter Kulob had agreed: today" in shown, each
            assert "The person was told (today 17:" in shown, each
            assert TELLS in shown
        assert TITLE in today(house, each)
    for each in (DESK, HELPER):
        assert CALLS not in today(house, each), "the sender knows what it did"
        assert TELLS not in page(house, agreed, each)
    assert "Not reached today" in presses(house, agreed, "warn_person", "not_reached", who=who)
    presses(house, agreed, "warn_person", "warned", who=who, on=at(agreed))
    for each in (LEAD, ABOVE):
        for shown in (today(house, each), page(house, agreed, each), file(house, agreed, each)):
            assert TELLS not in shown, each
    side = "S" if who == LEAD else "SV"
    assert steps(agreed, "warn_person") == [("not_reached", side), ("warned", side)]


@pytest.mark.parametrize("reason", REASONS)
def test_no_reason_of_the_list_says_that_the_person_knows(house: Senders, agreed: Referral, reason: str) -> None:
    """That help was found elsewhere is no word of theirs (ADR 168)."""
    told(house, agreed)
    cancels(house, agreed, reason=reason)
    assert TELLS in today(house)
    until(7)
    assert TELLS not in today(house), "the night is over"


def test_who_was_not_told_or_is_there_is_not_called(house: Senders, agreed: Referral) -> None:
    told(house, agreed)
    told(house, agreed, "not_told", opens=False)
    assert BEFORE not in page_text(house.browser().get(at(agreed, "recall")))
    cancels(house, agreed)
    assert TITLE not in today(house)
    assert TELLS not in page(house, agreed)


def test_who_is_there_as_the_sender_says_is_not_called(house: Senders, agreed: Referral) -> None:
    told(house, agreed)
    with god():
        Referral.objects.filter(pk=agreed.pk).update(heard_code="came", heard_at=Referral.objects.get().agreed_at)
    assert BEFORE not in page_text(house.browser().get(at(agreed, "recall")))
    cancels(house, agreed)
    assert TITLE not in today(house)


@pytest.mark.parametrize("ends", [withdraws, ends_everything])
@pytest.mark.parametrize("child", [False, True])
def test_who_says_it_themselves_knows_and_of_a_child_an_adult_says_it(
    house: Senders, agreed: Referral, ends: Any, child: bool
) -> None:
    told(house, agreed)
    with god():
        Case.objects.update(is_child=child)
    ends(house, agreed)
    assert state(agreed) == "withdrawn"
    for each in (LEAD, ABOVE):
        assert (TITLE in today(house, each)) is child
        assert (TELLS in page(house, agreed, each)) is child


@pytest.mark.parametrize("child", [False, True])
def test_before_it_ends_at_their_word_it_is_said_of_a_child(house: Senders, agreed: Referral, child: bool) -> None:
    told(house, agreed)
    with god():
        Case.objects.update(is_child=child)
    assert (BEFORE in page_text(house.browser().get(at(agreed, "withdraw")))) is child


def test_so_it_is_of_what_was_agreed_by_telephone_alone(house: Senders) -> None:
    """Whoever was told of it goes, though no day is written: until the night is over."""
    until(20)
    _case, sent = agreed_by_telephone(house)
    told(house, sent)
    assert BEFORE in page_text(house.browser().get(at(sent, "recall")))
    cancels(house, sent, reason="placed_elsewhere")
    said = "The person was told (today 20:"
    for each in (LEAD, ABOVE):
        for shown in (today(house, each), page(house, sent, each)):
            assert said in shown, each
            assert "Shelter Kulob said yes by telephone" in shown, "they have to hear it, too"
    presses(house, sent, "warn_person", "warned")
    assert said not in today(house)
    assert "Shelter Kulob said yes by telephone" in today(house)


def test_who_has_come_is_not_on_the_way(house: Senders, agreed: Referral) -> None:
    told(house, agreed)
    with house.as_(HELPER) as parvina:
        mine = Referral.objects.get(pk=agreed.pk)
        receive.serve(parvina, mine, version=mine.version)
    with god():
        Case.objects.update(is_child=True)
    withdraws(house, agreed)
    assert TITLE not in today(house)


@pytest.mark.parametrize("ends", [cancels, withdraws])
def test_the_desk_calls_the_sender_first_if_the_person_comes_all_the_same(
    house: Senders, agreed: Referral, ends: Any
) -> None:
    """Red before: "If the person is with you, call at once. National coordinator", and not who knows them."""
    ends(house, agreed)
    for who in (DESK, HELPER):
        said = page(house, agreed, who).partition("If the person is with you, call at once.")[2]
        sender, national = said.find("The sender's referral desk: +992"), said.find("oordinator")
        assert 0 <= sender < national, who
    pass_time(hours=48)
    said = page(house, agreed, DESK).partition("If the person is with you, call at once.")[2]
    assert "The sender's referral desk" not in said, "the number is read until the morning after"
    assert "oordinator" in said
