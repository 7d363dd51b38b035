"""Who was said to be back with those whom they had left, and is not: what rested on that word is asked again on both
sides, and the coordinator calls (ADR 0178).
"""

from __future__ import annotations

import re

import pytest
from django.test import override_settings

from hamkori.casework.case.actions.case import close
from hamkori.casework.case.actions.place import place_reached
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions.on_the_way import call_sender
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_a_yes_that_became_a_no import ROW
from tests.web.test_a_yes_that_became_a_no import says as calls
from tests.web.test_is_back import BACK, IS_BACK, SAFE, gone, page, row, sender_reads, tells
from tests.web.test_left_and_the_coordinator import LEFT as SOMEBODY_LEFT
from tests.web.test_left_in_the_evening import NUMBER, helped_at, records_number
from tests.web.test_left_without_a_word import KNOWN, own_of, puts_right
from tests.web.test_looked_for import FIND_OUT, says
from tests.web.test_not_here import READERS
from tests.web.test_place_found import file, found, rail
from tests.web.test_shelter_ended import ends
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db

NOT_BACK = "Not here after all"
NEWS = r"hey say: not there after all \((today|yesterday) \d\d:\d\d\)"
BEFORE = r"That the person is safe was said before that \((today|yesterday) \d\d:\d\d\)"
AGAIN = "said that somebody is back, then that this is not so: nobody at the sender has said anything since"
HOW_IT_WAS = "Ask the person how it was"


def of_coordinator(house: Senders) -> str:
    return page_text(house.browser("coordinator").get("/"))


@pytest.mark.parametrize("corrected", ["", "before", "after"])
def test_a_safe_that_rested_on_that_word_is_a_question_again(house: Senders, corrected: str) -> None:
    """Red before: no button, no number, "Not now. The sender was called already"; the wrong "safe" stayed, and nobody
    looked.
    """
    case, referral = gone(house)
    records_number(house)
    if corrected == "before":
        says(house, case, "not_found")
        pass_time(minutes=1)
        puts_right(house, referral, "given")
    tells(house, referral, "is_back")
    says(house, case, "is_safe")
    pass_time(minutes=1)
    if corrected == "after":
        puts_right(house, referral, "given")
    for who in READERS:
        assert all(FIND_OUT not in shown for shown in sender_reads(house, case, referral, who)), who
    shown = page_text(house.browser("shelter-worker").get(f"/referrals/{referral.code}/"))
    assert (KNOWN in shown, NOT_BACK in shown, NUMBER in shown, BACK in shown) == (True, True, True, False)
    assert "Was it somebody else, or has the person left again?" in shown
    assert "Saved: the person is not with you." in tells(house, referral, "not_back")
    for who in READERS:
        for shown in sender_reads(house, case, referral, who):
            assert FIND_OUT in shown, who
            assert re.search(NEWS, shown), who
            assert re.search(BEFORE, shown), who
            assert "safe, said by" not in shown.lower(), who
        assert rail(house, who) == 1, who
    assert "safe" in row(house)
    assert NUMBER.rpartition(" ")[2] in row(house)
    shown = page_text(house.browser("shelter-worker").get(f"/referrals/{referral.code}/"))
    assert (KNOWN in shown, NUMBER in shown, BACK in shown) == (False, True, True)
    assert KNOWN not in page_text(house.browser("shelter-worker").get(f"/cases/{own_of(referral).code}/"))
    assert (AGAIN in of_coordinator(house), ROW in of_coordinator(house)) == (True, True)
    says(house, case, "is_safe")
    pass_time(minutes=1)
    assert AGAIN not in of_coordinator(house)
    for who in READERS:
        assert all(FIND_OUT not in shown for shown in sender_reads(house, case, referral, who)), who
    assert NOT_BACK not in page(house, referral), "what was said since rests on no word of theirs"


def test_without_that_a_word_of_their_own_stays_and_an_older_search_is_not_begun_anew(house: Senders) -> None:
    """A "safe" that was said before they said anything rests on nothing of theirs: there is no button."""
    case, referral = gone(house)
    old = page(house, referral)
    says(house, case, "is_safe")
    pass_time(minutes=1)
    assert (BACK in page(house, referral), NOT_BACK in page(house, referral)) == (False, False)
    for answer in ("is_back", "not_back"):
        with house.as_("shelter-worker") as parvina, pytest.raises(NotNow, match="who_left"):
            call_sender(parvina, Referral.objects.get(pk=referral.pk), answer=answer)
    late = house.browser("shelter-worker").post(
        f"/referrals/{referral.code}/call_sender/",
        {**form_of(old, f"/referrals/{referral.code}/call_sender/")[1], "answer": "is_back"},
    )
    assert late.status_code == 409
    # Red before: "The sender was called already, or the agreed time is over."
    assert "the sender knows that the person is safe" in page_text(late)


def test_who_slept_elsewhere_since_is_not_looked_for(house: Senders) -> None:
    """Another place that they came to rests on nothing that was said here."""
    case, referral = gone(house)
    tells(house, referral, "is_back")
    says(house, case, "is_safe")
    pass_time(minutes=1)
    found(house, case)
    with house.as_() as zarina:
        mine = Case.objects.get(pk=case.pk)
        place_reached(zarina, mine, version=mine.version)
    pass_time(minutes=1)
    tells(house, referral, "not_back")
    assert FIND_OUT not in file(house, case)


def test_not_back_is_news_at_the_sender(house: Senders) -> None:
    """Red before: the word "back" vanished from Today, the case and the referral, and nothing stood in its place."""
    case, referral = gone(house)
    tells(house, referral, "is_back")
    tells(house, referral, "not_back")
    for who in READERS:
        for shown in sender_reads(house, case, referral, who):
            assert re.search(NEWS, shown.partition("What happened")[0]), who
            assert (IS_BACK in shown, "was said before that" in shown) == (False, False), who
    tells(house, referral, "is_back")
    for who in READERS:
        for shown in sender_reads(house, case, referral, who):
            assert (IS_BACK in shown, re.search(NEWS, shown)) == (True, None), who


def test_whoever_looks_reads_that_the_person_left_and_when(house: Senders) -> None:
    """Red before: "The organisation says that the person could not be reached", and beside it "Say how it was"."""
    case, referral = gone(house)
    left = r"eft without a word, said (today|yesterday) \d\d:\d\d: "
    for who in READERS:
        for shown in sender_reads(house, case, referral, who):
            assert re.search(left, shown), who
            assert "says that the person could not be reached" not in shown, who
    assert HOW_IT_WAS not in file(house, case)
    says(house, case, "is_safe")
    pass_time(minutes=1)
    assert HOW_IT_WAS in file(house, case)


def test_an_old_page_of_the_sender_says_it_knowingly(house: Senders) -> None:
    """Pressed on a page that still said that they are back: "The person is safe"."""
    case, referral = gone(house)
    tells(house, referral, "is_back")
    old = file(house, case)
    at = f"/cases/{case.code}/looked_for/"
    tells(house, referral, "not_back")
    said = page_text(house.browser().post(at, {**form_of(old, at)[1], "why": "is_safe"}, follow=True))
    assert "he person is not there (" in said
    assert FIND_OUT in file(house, case)


@override_settings(HAMKORI_COORDINATOR="00-77")
def test_a_second_press_of_the_coordinator_hears_what_is_so(house: Senders) -> None:
    """Red before: "The call was not recorded: ... is “Answered” by now", where nobody had answered anything."""
    case, referral = helped_at(house, 21)
    records_number(house)
    ends(house, referral, "not_reached")
    coordinator = house.browser("coordinator")
    assert SOMEBODY_LEFT in page_text(coordinator.get("/"))
    calls(coordinator, referral, "sender")
    assert re.search(
        r"said already (today|yesterday) \d\d:\d\d that the sender was called\. The sender still has to find out",
        again := calls(coordinator, referral, "sender"),
    )
    assert "Answered" not in again
    says(house, case, "not_found")
    pass_time(minutes=1)
    again = calls(coordinator, referral, "sender")
    assert "that the sender was called." in again
    assert "still has to find out" not in again


def test_once_the_sender_has_said_something_that_is_what_is_so(house: Senders) -> None:
    case, referral = gone(house)
    says(house, case, "not_found")
    pass_time(minutes=1)
    said = calls(house.browser("coordinator"), referral, "sender")
    assert "the sender has said something about it since" in said


BY_WORD = "rests on one word"


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


def confirms(house: Senders, referral: Referral, her_view: str = "not_asked_no_contact") -> tuple[str, str]:
    """The question, and what is said after it."""
    at = f"/referrals/{referral.code}/confirm/"
    asked = house.browser().get(at)
    form = {**hidden(asked.content.decode()), "her_view": her_view, "agrees": "yes"}
    said = page_text(house.browser().post(at, form, follow=True))
    pass_time(minutes=1)
    return page_text(asked), said


def refused(house: Senders, referral: Referral, old: str, answer: str) -> str:
    """Pressed on a page of before."""
    at = f"/referrals/{referral.code}/call_sender/"
    late = house.browser("shelter-worker").post(at, {**form_of(old, at)[1], "answer": answer})
    assert late.status_code == 409
    return page_text(late)


@pytest.mark.parametrize("corrected", [False, True])
def test_the_way_stays_open_after_the_result_is_confirmed(house: Senders, corrected: bool) -> None:
    """Red before: no button, no number, no row; the wrong "safe" stayed, and nobody looked (BE-3)."""
    case, referral = gone(house)
    records_number(house)
    tells(house, referral, "is_back")
    says(house, case, "is_safe")
    pass_time(minutes=1)
    if corrected:
        puts_right(house, referral, "given")
    asked, saved = confirms(house, referral)
    assert (BY_WORD in asked, BY_WORD in saved) == (True, True)
    assert BY_WORD in page_text(house.browser().get(f"/referrals/{referral.code}/"))
    # It is read once here, too, and taken back at any time.
    assert SAFE in page_text(house.browser("shelter-worker").get("/"))
    tells(house, referral, "read_safe")
    assert SAFE not in page_text(house.browser("shelter-worker").get("/"))
    pass_time(days=10)
    shown = page_text(house.browser("shelter-worker").get(f"/referrals/{referral.code}/"))
    assert (KNOWN in shown, NOT_BACK in shown, NUMBER in shown, BACK in shown) == (True, True, True, False)
    assert "The sender confirmed the result." in shown
    old = page(house, referral)
    assert "Saved: the person is not with you." in tells(house, referral, "not_back")
    for who in READERS:
        for shown in sender_reads(house, case, referral, who):
            assert FIND_OUT in shown, who
            assert re.search(NEWS, shown), who
            assert "That the person is safe was said before that (" in shown, who
        assert rail(house, who) == 1, who
        assert BY_WORD not in page(house, referral, who)
    assert "you said" not in row(house)
    assert "1 left without a word" in page_text(house.browser("shelter-worker").get("/"))
    for shown in (
        page_text(house.browser("shelter-worker").get(f"/referrals/{referral.code}/")),
        page_text(house.browser("shelter-worker").get(f"/cases/{own_of(referral).code}/")),
    ):
        assert (KNOWN in shown, NUMBER in shown) == (False, True)
    assert (AGAIN in of_coordinator(house), ROW in of_coordinator(house)) == (True, True)
    again = refused(house, referral, old, "not_back")
    assert ("said this already" in again, NUMBER in again) == (True, True)
    says(house, case, "is_safe")
    pass_time(minutes=1)
    assert AGAIN not in of_coordinator(house)
    for who in READERS:
        assert all(FIND_OUT not in shown for shown in sender_reads(house, case, referral, who)), who
    # What was said since rests on no word of theirs: it is read once, and that is all.
    assert (NOT_BACK in page(house, referral), SAFE in page_text(house.browser("shelter-worker").get("/"))) == (
        False,
        True,
    )
    tells(house, referral, "read_safe", house.browser("shelter-worker").get("/").content.decode())
    assert SAFE not in page_text(house.browser("shelter-worker").get("/"))
    again = refused(house, referral, old, "not_back")
    assert ("the sender has confirmed the result" in again, NUMBER in again) == (True, True)


def test_who_was_spoken_with_is_not_safe_by_a_word(house: Senders) -> None:
    """Nor is who had been safe before it was said: then nothing is left open here by the confirmation."""
    case, referral = gone(house)
    tells(house, referral, "is_back")
    says(house, case, "is_safe")
    pass_time(minutes=1)
    asked, saved = confirms(house, referral, "content")
    assert (BY_WORD in asked, BY_WORD in saved) == (True, False)
    assert BY_WORD not in page(house, referral, "caseworker-cso")


def test_a_safe_of_the_senders_own_ends_with_the_result(house: Senders) -> None:
    case, referral = gone(house)
    old = page(house, referral)
    says(house, case, "is_safe")
    pass_time(minutes=1)
    asked, saved = confirms(house, referral)
    assert (BY_WORD in asked, BY_WORD in saved) == (False, False)
    assert (NOT_BACK in page(house, referral), BACK in page(house, referral)) == (False, False)
    assert "the sender has confirmed the result" in refused(house, referral, old, "is_back")


def test_whoever_is_looked_for_after_the_result_may_come_back(house: Senders) -> None:
    """Confirmed while the search went on: it goes on at both sides, and that they are back can be said."""
    case, referral = gone(house)
    records_number(house)
    confirms(house, referral)
    assert FIND_OUT in file(house, case)
    shown = page_text(house.browser("shelter-worker").get(f"/referrals/{referral.code}/"))
    assert (BACK in shown, NUMBER in shown) == (True, True)
    tells(house, referral, "is_back")
    assert re.search(r"you said (today|yesterday) \d\d:\d\d: back", row(house))
    for who in READERS:
        assert all(IS_BACK in shown for shown in sender_reads(house, case, referral, who)), who
    says(house, case, "is_safe")
    pass_time(minutes=1)
    assert NOT_BACK in page(house, referral)
    # Once the case is closed nobody would read it.
    with house.as_() as zarina:
        mine = Case.objects.get(pk=case.pk)
        close(zarina, mine, version=mine.version, outcome="goals_met")
    pass_time(days=4)
    assert NOT_BACK not in page(house, referral)
