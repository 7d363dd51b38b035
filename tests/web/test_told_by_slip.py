"""Who may have been told to come is asked about after a cancellation, and a slip has a way back (ADR 177)."""

from __future__ import annotations

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import on_the_way
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow
from tests.cast import pass_time
from tests.database import god
from tests.web import test_taken_back
from tests.web.senders import Senders, at, page_text
from tests.web.test_agreed_by_telephone import arrange, asked, call
from tests.web.test_not_to_go_there import file
from tests.web.test_place_found import until
from tests.web.test_taken_back import ABOVE, DESK, HELPER, LEAD, TELLS, TITLE, page, presses, steps, today
from tests.web.test_told_and_cancelled import cancels, told, withdraws

pytestmark = pytest.mark.django_db

agreed = test_taken_back.agreed
IF = "If the person was told to come, tell them not to go, then say so on Today."
SLIP = "Was it said by mistake that the person was told?"
NEVER = 'value="never_told"'


def opens(house: Senders, referral: Referral) -> None:
    house.browser().get(f"{at(referral)}?open=meeting")
    pass_time(minutes=1)


@pytest.mark.parametrize("who", [LEAD, ABOVE])
def test_who_opened_the_hour_may_have_told_it(house: Senders, agreed: Referral, who: str) -> None:
    """Red before: no word before the press, no question after it, and the row was gone."""
    asks = at(agreed, "recall")
    assert IF not in page_text(house.browser(who).get(asks))
    opens(house, agreed)
    assert IF in page_text(house.browser(who).get(asks))
    cancels(house, agreed, who)
    for each in (LEAD, ABOVE):
        for shown in (today(house, each), page(house, agreed, each), file(house, agreed, each)):
            assert TELLS in shown, each
        assert TITLE in today(house, each)
        assert SLIP not in page(house, agreed, each), "nobody has said that they were told"
    for each in (DESK, HELPER):
        assert TELLS not in today(house, each) + page(house, agreed, each)
    for shown in (today(house, who), page(house, agreed, who)):
        others = {LEAD: "They were not told to come", ABOVE: "Team says: not told to come"}
        assert others.pop(who) in shown
        assert not [one for one in others.values() if one in shown], "red before: a supervisor knew it"
    presses(house, agreed, "warn_person", "not_reached", who=who)
    assert TELLS in today(house, who), "until it is answered"
    presses(house, agreed, "warn_person", "never_told", who=who)
    for each in (LEAD, ABOVE):
        assert TELLS not in today(house, each) + page(house, agreed, each) + file(house, agreed, each)


def test_who_opened_nothing_is_asked_nothing(house: Senders, agreed: Referral) -> None:
    cancels(house, agreed)
    assert TITLE not in today(house)


def test_who_said_after_it_that_the_person_was_not_told_is_not_asked(house: Senders, agreed: Referral) -> None:
    told(house, agreed)
    told(house, agreed, "not_told", opens=False)
    assert IF not in page_text(house.browser().get(at(agreed, "recall")))
    opens(house, agreed)
    assert IF in page_text(house.browser().get(at(agreed, "recall"))), "it was read once more since"


@pytest.mark.parametrize("child", [False, True])
def test_whose_word_ends_it_knows_and_a_child_may_not(house: Senders, agreed: Referral, child: bool) -> None:
    opens(house, agreed)
    with god():
        Case.objects.update(is_child=child)
    assert (IF in page_text(house.browser().get(at(agreed, "withdraw")))) is child
    withdraws(house, agreed)
    assert (TITLE in today(house)) is child


def test_who_wrote_the_hour_by_telephone_may_have_told_it(house: Senders) -> None:
    """Red before: whoever writes it has not to open it."""
    until(20)
    _case, sent = asked(house)
    call(house, sent, "said_yes")
    assert IF not in page_text(house.browser().get(at(sent, "recall")))
    arrange(house, sent)
    pass_time(minutes=1)
    assert IF in page_text(house.browser().get(at(sent, "recall")))
    cancels(house, sent)
    said = "If not, and the person was told: tell them not to go."
    for each in (LEAD, ABOVE):
        assert said in today(house, each), each
    presses(house, sent, "warn_person", "never_told")
    assert said not in today(house)


@pytest.mark.parametrize("who", [LEAD, ABOVE])
def test_one_press_does_not_say_that_nobody_was_told(house: Senders, agreed: Referral, who: str) -> None:
    """Red before: the history says "told", one slip on a telephone says the contrary, and nobody warns the person."""
    told(house, agreed)
    cancels(house, agreed)
    shown = house.browser(who).get("/").content.decode()
    assert ('value="warned"' in shown, NEVER in shown) == (True, False)
    shown = house.browser(who).get(at(agreed)).content.decode()
    apart = shown.partition(SLIP)
    assert (NEVER in apart[0], NEVER in apart[2]) == (False, True), "under what it says of the press before"


@pytest.mark.parametrize("answer", ["warned", "never_told"])
def test_a_slip_has_a_way_back_until_the_night_is_over(house: Senders, agreed: Referral, answer: str) -> None:
    """Red before: the row was gone everywhere, and no page had a way back."""
    told(house, agreed)
    cancels(house, agreed)
    on = at(agreed) if answer == "never_told" else "/"
    said = presses(house, agreed, "warn_person", answer, on=on)
    assert ("Undo" in said) is True, "where it was pressed"
    word = {"warned": "was told not to go.", "never_told": "had not been told to come."}[answer]
    for each in (LEAD, ABOVE):
        assert TITLE not in today(house, each), each
        assert f"the person {word}" in page(house, agreed, each), each
    for each in (DESK, HELPER):
        assert "Undo" not in page(house, agreed, each), each
    said = presses(house, agreed, "warn_person", "put_back", who=ABOVE, on=at(agreed))
    assert "Put back: Today asks again whether the person knows." in said
    for each in (LEAD, ABOVE):
        for shown in (today(house, each), page(house, agreed, each), file(house, agreed, each)):
            assert "tell them not to go." in shown, each
        assert "Undo" not in page(house, agreed, each)
    assert steps(agreed, "warn_person") == [(answer, "S"), ("put_back", "SV")]
    with house.as_() as zarina, pytest.raises(NotNow, match="is_on_the_way"):
        on_the_way.warn_person(zarina, Referral.objects.get(pk=agreed.pk), answer="put_back")
    presses(house, agreed, "warn_person", "warned")
    assert TITLE not in today(house)
    until(7)
    assert "Undo" not in page(house, agreed), "the night is over"


def test_who_took_it_back_leaves_the_same_way_back(house: Senders, agreed: Referral) -> None:
    test_taken_back.returns(house, agreed)
    presses(house, agreed, "warn_person", "never_told")
    presses(house, agreed, "warn_person", "put_back", on=at(agreed))
    assert TELLS in today(house)
