"""A no to everything that somebody else brought is carried through: the person is asked first (ADR 190)."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, at, page_text
from tests.web.test_agreed_by_telephone import agreed
from tests.web.test_heard_through_somebody import ASK, shown, takes_back, withdrawn
from tests.web.test_not_to_go_there import file
from tests.web.test_place_found import BOTH, NEEDED, rail, today, until
from tests.web.test_taken_back import HELPER
from tests.web.test_today_in_danger import form_of
from tests.web.test_told_and_cancelled import told

pytestmark = pytest.mark.django_db

TITLE = "Call now: the person may be on the way"
FIRST = "ask them first, before anybody is called off."
KEPT = "Do not call it off before the person is asked."
NOBODY_COMES = "Call: nobody comes"
NOT_HEARD = "There is a no that is not certain to be the person's; the person has not been asked."
WITHDREW = "The person wants no more help"
BROUGHT = ["through_other", "by_message"]


@pytest.mark.parametrize("how", BROUGHT)
def test_who_was_told_to_come_is_asked_before_anybody_is_called_off(house: Senders, how: str) -> None:
    """Red before: "Call: nobody comes" stood first, and nothing said that the person may stand at a gate."""
    until(20)
    case, sent = agreed(house)
    told(house, sent)
    takes_back(house, case, how)
    for who in BOTH:
        home = today(house, who)
        assert TITLE in home, who
        assert "The person was told to come (" in home, who
        assert FIRST in home, who
        assert NOBODY_COMES not in home, who
        assert home.index(FIRST) < home.index(KEPT), who
        for page in (file(house, sent, who), shown(house, at(sent), who)):
            assert FIRST in page, who
        assert "canary" not in home, who
    assert "Told them" not in today(house), "they are kept until the person is asked"
    done = shown(house, f"/cases/{case.code}/consent/withdraw/?done=2")
    assert done.index(FIRST) < done.index("we are asking the person")
    assert "call them, and say that nobody comes" not in done
    takes_back(house, case, "by_phone")
    for who in BOTH:
        assert FIRST not in today(house, who), who
    assert NOBODY_COMES in today(house), "the person has said so"


def test_who_says_yes_again_is_not_called_off_as_on_the_way(house: Senders) -> None:
    until(20)
    case, sent = agreed(house)
    told(house, sent)
    takes_back(house, case, "by_message")
    house.agreed(case)
    for who in BOTH:
        assert FIRST not in today(house, who), who


def test_what_the_person_withdrew_themselves_asks_nobody(house: Senders) -> None:
    until(20)
    case, sent = agreed(house)
    told(house, sent)
    takes_back(house, case, "by_phone")
    assert TITLE not in today(house)
    assert NOBODY_COMES in today(house)


@pytest.mark.parametrize("how", BROUGHT)
def test_who_has_no_place_is_called_about_as_before(house: Senders, how: str) -> None:
    """Red before: the row left "Call now", and stood in "The person said no", in no count."""
    case = withdrawn(house, how)
    for who in BOTH:
        home = today(house, who)
        calls = home.partition("Call now")[2]
        assert "No place for tonight" in calls, who
        assert ASK in calls, who
        assert home.count(ASK) == 1, who
        assert "1 to call now" in home, who
        assert "The person said no" not in home, who
        assert rail(house, who) == 1, who
        listed = shown(house, "/cases/", who)
        assert "No place for tonight" in listed, who
        assert "No, not certain to be theirs" in listed, who
    assert f'href="/cases/{case.code}/consent/' in house.browser().get("/").content.decode()
    takes_back(house, case, "in_person")
    for who in BOTH:
        assert "1 to call now" not in today(house, who), who
        assert rail(house, who) == 0, who


def test_who_is_at_risk_is_called_about(house: Senders) -> None:
    case = house.case({"risk_code": "high"})
    house.agreed(case)
    pass_time(minutes=1)
    takes_back(house, case, "through_other")
    for who in BOTH:
        home = today(house, who)
        assert ASK in home.partition("Call now")[2], who
        assert "1 to call now" in home, who


@pytest.mark.parametrize("how", BROUGHT)
def test_the_case_is_not_closed_with_a_word_of_somebody_else(house: Senders, how: str) -> None:
    """Red before: closed with "The person wants no more help", and gone from every page."""
    case = withdrawn(house, how)
    close = f"/cases/{case.code}/close/"
    page = shown(house, close)
    assert NOT_HEARD in page
    assert page.index(NOT_HEARD) < page.index("How did it end?")
    assert WITHDREW not in page
    assert "Close the case" not in shown(house, f"/cases/{case.code}/consent/withdraw/?done=2")
    assert closed(house, case, "person_withdrew") == "open"
    takes_back(house, case, "in_person")
    assert NOT_HEARD not in shown(house, close)
    assert WITHDREW in shown(house, close)
    assert closed(house, case, "person_withdrew") == "closed"


def closed(house: Senders, case: Case, outcome: str) -> str:
    with god():
        version = str(Case.objects.get(pk=case.pk).version)
    form = {"operation": str(uuid4()), "version": version, "outcome": outcome, "sure": "on"}
    house.browser().post(f"/cases/{case.code}/close/", form)
    with god():
        return Case.objects.get(pk=case.pk).state_code


def test_the_action_refuses_it_too(house: Senders) -> None:
    case = withdrawn(house, "through_other")
    with house.as_() as zarina:
        with pytest.raises(NotNow) as refused:
            cases.close(zarina, case, version=case.version, outcome="person_withdrew")
        assert refused.value.guard == "heard"


def test_what_was_not_asked_anew_stays_heard_through_somebody_else(house: Senders) -> None:
    """Red before: a yes to the shelter made the other four the person's own no, though nobody had heard it."""
    case = house.case(NEEDED)
    for kind in ("shelter_social", "health", "legal"):
        house.agreed(case, kind=kind)
        pass_time(minutes=1)
    takes_back(house, case, "by_message")
    house.agreed(case)
    pass_time(minutes=1)
    consent_at = f"/cases/{case.code}/consent/"
    for who in BOTH:
        assert ASK in today(house, who), who
        head = shown(house, f"/cases/{case.code}/", who)
        assert "No, not certain to be theirs, ask the person: doctors, lawyers." in head, who
        assert "Ask again only if the person raises it" not in head, who
    page = shown(house, consent_at)
    assert page.count("The no is not certain to be theirs: ask the person.") == 2
    assert "Ask again only if the person raises it" not in page
    house.agreed(case, kind="health", answer="no")
    pass_time(minutes=1)
    page = shown(house, consent_at)
    assert page.count("The no is not certain to be theirs: ask the person.") == 1
    assert ASK in today(house)
    house.agreed(case, kind="legal", answer="no")
    pass_time(minutes=1)
    assert ASK not in today(house)
    assert "not certain" not in shown(house, f"/cases/{case.code}/").partition("What happened")[0]


def test_an_older_page_confirms_no_newer_yes(house: Senders) -> None:
    """Red before: "Confirm by telephone", pressed on an old page, withdrew the yes that was said since."""
    case = withdrawn(house, "by_message")
    consent_at = f"/cases/{case.code}/consent/"
    to, form = form_of(house.browser().get(consent_at).content.decode(), f"{consent_at}withdraw/")
    house.agreed(case)
    pass_time(minutes=1)
    pressed = {**form, "how_said": "by_phone"}
    page = page_text(house.browser().post(to, pressed, follow=True))
    assert "Nothing was written: another answer was recorded meanwhile. Read what is agreed now." in page
    assert "Valid until" in page, "the yes stands"
    takes_back(house, case, "by_message")
    to, form = form_of(house.browser().get(consent_at).content.decode(), f"{consent_at}withdraw/")
    house.browser().post(to, {**form, "how_said": "by_phone"})
    assert ASK not in today(house), "on the page of now it is confirmed"


def test_after_a_yes_they_are_asked_again_and_not_called_off(house: Senders) -> None:
    """Red before: "Call: nobody comes" stood first, of a place that the person wants."""
    until(20)
    case, sent = agreed(house)
    takes_back(house, case, "by_message")
    house.agreed(case)
    pass_time(minutes=1)
    again = "and the person wants it after all: ask them again whether they expect the person."
    for who in BOTH:
        assert again in today(house, who), who
        assert NOBODY_COMES not in today(house, who), who
        assert again in file(house, sent, who), who
        assert again in shown(house, at(sent), who), who
    assert "Their place is still free" in today(house)
    house.sent(case)
    pass_time(minutes=1)
    assert again not in today(house), "they were asked again"
    assert NOBODY_COMES not in today(house)


def test_what_was_brought_is_said_so(house: Senders) -> None:
    """Red before: "Ended by the person", "Stopped at the person's request", of a message."""
    until(20)
    case, sent = agreed(house)
    takes_back(house, case, "through_other")
    for who in BOTH:
        for page in (file(house, sent, who), shown(house, at(sent), who)):
            assert "Stopped by a no that somebody else brought" in page, who
            assert "Ended by the person" not in page, who
            assert "at the person's request" not in page, who
    assert "no, not certain to be yours" in shown(house, f"/cases/{case.code}/consent/print/")
    choices = shown(house, f"/cases/{case.code}/refer/")
    assert "The person ended the help of this organisation" not in choices


def test_the_button_says_that_it_is_asked_about(house: Senders) -> None:
    case = house.case(NEEDED)
    house.agreed(case)
    page = shown(house, f"/cases/{case.code}/consent/withdraw/")
    assert "Through somebody else: withdraw" in page
    assert "or through somebody else the person is then asked, alone, whether it is so." in page
    assert "trust" not in page.partition("How did the person tell you?")[2].partition("Change nothing")[0]


def serves(house: Senders, sent: Referral) -> None:
    with house.as_(HELPER) as parvina:
        mine = Referral.objects.get(pk=sent.pk)
        receive.serve(parvina, mine, version=mine.version)


def test_who_helps_reads_that_nobody_has_asked_the_person(house: Senders) -> None:
    """Red before: the receiver read that the person withdrew everything; who brought it, nobody there reads."""
    case = house.case(NEEDED)
    house.agreed(case)
    sent = house.sent(case)
    pass_time(minutes=1)
    house.accepted(sent)
    serves(house, sent)
    pass_time(minutes=1)
    takes_back(house, case, "through_other")
    for page in (today(house, HELPER), shown(house, at(sent), HELPER)):
        assert "he sender has a no that is not certain to be the person's; the person has not been asked" in page
        assert "The person withdrew" not in page
        assert "the person withdrew consent" not in page
    takes_back(house, case, "in_person")
    assert "The person withdrew consent for everything" in shown(house, at(sent), HELPER)
