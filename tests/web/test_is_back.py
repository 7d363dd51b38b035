"""Whom a shelter missed and has again: both sides read that the search goes on, and the sender what was said there
(ADR 0174).
"""

from __future__ import annotations

import re

import pytest
from django.test import override_settings

from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions.on_the_way import call_sender
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotAllowed, NotNow, NotVisible
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_here_now import listed
from tests.web.test_left_in_the_evening import LINE, NUMBER, helped_at, records_number
from tests.web.test_left_without_a_word import KNOWN, LEFT, TOLD, own_of, puts_right
from tests.web.test_looked_for import FIND_OUT, says
from tests.web.test_not_here import READERS, under
from tests.web.test_place_found import file
from tests.web.test_shelter_ended import ends
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db

STILL = "the sender still asks about their safety"
CORRECTED = "You corrected the result. The sender still asks whether the person is safe."
BACK = "The person is back with us"
IS_BACK = "the person is back with them. Call them"
TITLE = "Who left: is the person safe?"


def gone(house: Senders, result: str = "not_reached") -> tuple[Case, Referral]:
    """On a Wednesday morning the shelter ends its help so."""
    case, referral = helped_at(house, 10)
    ends(house, referral, result)
    return case, referral


def page(house: Senders, referral: Referral, who: str = "shelter-worker") -> str:
    return house.browser(who).get(f"/referrals/{referral.code}/").content.decode()


def tells(house: Senders, referral: Referral, answer: str, shown: str = "") -> str:
    """A button of the shelter's page."""
    at = f"/referrals/{referral.code}/call_sender/"
    shown = shown or page(house, referral)
    assert f'value="{answer}"' in shown
    form = {**form_of(shown, at)[1], "answer": answer}
    said = page_text(house.browser("shelter-worker").post(at, form, follow=True))
    pass_time(minutes=1)
    return said


def row(house: Senders) -> str:
    """The shelter's."""
    found = listed(house.browser("shelter-worker").get("/").content.decode(), "Who left: is the person safe?")
    (one,) = (one for one in found if "safe" in one or "life" in one)
    return one


def sender_reads(house: Senders, case: Case, referral: Referral, who: str) -> list[str]:
    """Today, the case and the referral."""
    return [under(house, who, "Call now"), file(house, case, who), page(house, referral, who)]


def test_a_corrected_result_takes_the_search_from_nobody(house: Senders) -> None:
    """Red before: "Help has ended. The sender now asks the person and confirms", no row, no number; and the sender read
    "Find out whether the person is safe".
    """
    case, referral = gone(house)
    records_number(house)
    says(house, case, "not_found")
    pass_time(minutes=1)
    puts_right(house, referral, "given")
    for _put_back in range(2):
        assert STILL in row(house)
        assert NUMBER.rpartition(" ")[2] in row(house)
        for shown in (
            page_text(house.browser("shelter-worker").get(f"/referrals/{referral.code}/")),
            page_text(house.browser("shelter-worker").get(f"/cases/{own_of(referral).code}/")),
        ):
            assert CORRECTED in shown
            assert NUMBER in shown
            assert "The person left without a word." not in shown
        for who in READERS:
            assert all(FIND_OUT in shown for shown in sender_reads(house, case, referral, who)), who
        says(house, case, "is_safe")
        pass_time(minutes=1)
        assert STILL not in page_text(house.browser("shelter-worker").get("/"))
        assert CORRECTED not in page(house, referral)
        if not _put_back:
            back = form_of(shown := file(house, case), at := f"/cases/{case.code}/looked_for/")[1]
            assert "put_back" in shown
            house.browser().post(at, {**back, "why": "put_back"})
            pass_time(minutes=1)


@pytest.mark.parametrize("corrected", [False, True])
def test_that_the_person_is_back_is_said_at_once_and_ends_nothing(house: Senders, corrected: bool) -> None:
    """Red before: no word for it; the sender read that help was given, or nothing."""
    case, referral = gone(house)
    if corrected:
        says(house, case, "not_found")
        pass_time(minutes=1)
        puts_right(house, referral, "given")
    old = page(house, referral)
    assert BACK in old
    assert 'value="reached"' not in old, "by day the sender reads it"
    assert "Saved: the person is back with you." in tells(house, referral, "is_back")
    for who in READERS:
        for shown in sender_reads(house, case, referral, who):
            assert FIND_OUT in shown, who
            assert re.search(rf"rganisation said (today|yesterday) \d\d:\d\d: {IS_BACK}", shown), who
        assert "The person is back there" in page(house, referral, who).partition("What happened")[2], who
    assert STILL in row(house)
    assert re.search(r"you said (today|yesterday) \d\d:\d\d: back", row(house))
    shown = page_text(house.browser("shelter-worker").get(f"/referrals/{referral.code}/"))
    assert "that the person is back. The sender still asks whether the person is safe." in shown
    with house.as_("shelter-worker") as parvina, pytest.raises(NotNow, match="who_left"):
        call_sender(parvina, Referral.objects.get(pk=referral.pk), answer="is_back")
    # A slip, or the person has left again.
    assert "Saved: the person is not with you." in tells(house, referral, "not_back")
    for who in READERS:
        for shown in sender_reads(house, case, referral, who):
            assert (IS_BACK in shown, FIND_OUT in shown) == (False, True), who
    assert (LEFT in row(house)) is not corrected
    tells(house, referral, "is_back")
    says(house, case, "is_safe")
    pass_time(minutes=1)
    assert BACK not in page(house, referral)
    assert KNOWN in page(house, referral)


def test_who_leaves_anew_is_not_back(house: Senders) -> None:
    _case, referral = gone(house)
    tells(house, referral, "is_back")
    puts_right(house, referral, "given", "not_reached")
    assert LEFT in row(house)
    assert TOLD in page(house, referral)
    for who in READERS:
        assert IS_BACK not in under(house, who, "Call now"), who
        assert FIND_OUT in under(house, who, "Call now"), who


def test_only_those_who_received_the_person_say_it(house: Senders) -> None:
    _case, referral = gone(house, "given")
    found = Referral.objects.get
    with house.as_("shelter-worker") as parvina, pytest.raises(NotNow, match="who_left"):
        call_sender(parvina, found(pk=referral.pk), answer="is_back")
    puts_right(house, referral, "not_reached")
    for who in ("caseworker-cso", "lawyer"):
        with house.as_(who) as other, pytest.raises((NotAllowed, NotVisible)):
            call_sender(other, referral, answer="is_back")
    with house.as_("desk-shelter") as desk, pytest.raises(NotNow, match="who_left"):
        call_sender(desk, referral, answer="is_back")


@override_settings(HAMKORI_COORDINATOR="00-77")
def test_by_night_each_page_says_whom_to_call_and_the_call_is_recorded(house: Senders) -> None:
    """Red before: the row and the own case left it out, and no button recorded the call."""
    case, referral = helped_at(house, 21)
    records_number(house)
    ends(house, referral, "not_reached")
    unread = r"nobody there may read it before [^:]+ \d\d:\d\d: call now, them or the coordinator"
    assert re.search(unread, row(house))
    assert "coordinator 00-77" in row(house)
    own = f"/cases/{own_of(referral).code}/"
    assert re.search(
        r"It may be that nobody there reads it before [^.]+\. Call now: them, or the coordinator\.",
        shown := page_text(house.browser("shelter-worker").get(own)),
    )
    assert LINE in shown
    said = tells(house, referral, "not_reached", old := page(house, referral))
    assert "Saved: the sender was not reached. Call the coordinator." in said
    assert "Sender not reached" in said
    assert re.search(unread, row(house)), "nobody knows it yet"
    assert "Saved: you called the sender." in tells(house, referral, "reached")
    assert not re.search(unread, row(house))
    assert "you called the sender" in row(house)
    for shown in (page(house, referral), house.browser("shelter-worker").get(own).content.decode()):
        assert ("You called the sender" in shown, "Call now: them" in shown) == (True, False)
    late = house.browser("shelter-worker").post(
        f"/referrals/{referral.code}/call_sender/",
        {**form_of(old, f"/referrals/{referral.code}/call_sender/")[1], "answer": "reached"},
    )
    assert late.status_code == 409, "an old page writes no second call"
    assert "The sender was called" in page(house, referral, "caseworker-cso").partition("What happened")[2]
    assert FIND_OUT in file(house, case), "a call ends nothing"


SAFE = "safe, the sender says"


def test_who_left_stands_first_and_counts_until_the_sender_says_that_they_are_safe(house: Senders) -> None:
    """Red before: at the very bottom of Today, counted nowhere, without a button; and gone without a word once safe."""
    case, referral = gone(house)
    records_number(house)
    shelter, own = house.browser("shelter-worker"), own_of(referral)
    page_of_it = shelter.get("/").content.decode()
    text = page_text(shelter.get("/"))
    assert "Today 1 1 left without a word" in text
    assert re.search(r"<h2[^>]*>\s*([^<]+?)\s*<", page_of_it.partition("<main")[2])[1] == TITLE  # type: ignore[index]
    assert "Choose the next step" not in text.partition(TITLE)[0], "what else is to do stands in that row"
    shown = file(house, own, "shelter-worker")
    assert shown.index("The person left without a word.") < shown.index("There is no next step")
    told = tells(house, referral, "is_back", page_of_it)
    assert "Saved: the person is back with you." in told.partition(TITLE)[2], "in the row that was pressed"
    assert STILL in row(house)
    assert "Not here after all" in row(house)
    says(house, case, "is_safe")
    pass_time(minutes=1)
    page_of_it = shelter.get("/").content.decode()
    (safe,) = (one for one in listed(page_of_it, "Today and soon") if SAFE in one)
    assert "said today" in safe or "said yesterday" in safe
    assert "left without a word" not in page_text(shelter.get("/"))
    assert TITLE not in page_of_it
    with house.as_("desk-shelter") as desk, pytest.raises(NotNow, match="sender_to_call"):
        call_sender(desk, referral, answer="read_safe")
    assert "Put aside: the sender knows that the person is safe." in tells(house, referral, "read_safe", page_of_it)
    assert SAFE not in page_text(shelter.get("/"))
    with house.as_("shelter-worker") as parvina, pytest.raises(NotNow, match="sender_to_call"):
        call_sender(parvina, Referral.objects.get(pk=referral.pk), answer="read_safe")
    assert "Read there: the person is safe" in page(house, referral, "caseworker-cso").partition("What happened")[2]
    # A slip: nobody knows it, and it is read anew.
    back = form_of(file(house, case), at := f"/cases/{case.code}/looked_for/")[1]
    house.browser().post(at, {**back, "why": "put_back"})
    pass_time(minutes=1)
    assert STILL in row(house)
    assert "Today 1 1 left without a word" in page_text(shelter.get("/"))
    with house.as_("shelter-worker") as parvina, pytest.raises(NotNow, match="sender_to_call"):
        call_sender(parvina, Referral.objects.get(pk=referral.pk), answer="read_safe")
    says(house, case, "is_safe")
    pass_time(minutes=1)
    assert SAFE in page_text(shelter.get("/"))
