"""Who leaves a place without a word in the evening: that it may lie unread at the sender, and whom to call now."""

from __future__ import annotations

import re

import pytest
from django.test import override_settings

from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from hamkori.people.models import OrganisationPhone
from tests.cast import pass_time, pass_time_until
from tests.database import god
from tests.web.senders import Senders, page_text, records
from tests.web.test_here_now import listed
from tests.web.test_left_without_a_word import LEFT, own_of, puts_right, says
from tests.web.test_looked_for import NOT_HERE
from tests.web.test_place_found import until
from tests.web.test_shelter_ended import ends

pytestmark = pytest.mark.django_db

UNREAD = re.compile(
    r"It may be that nobody at [^.]+ reads it before [^.]+ \d\d:\d\d\. Call now: them, or the coordinator\."
)
LEFT_SO = "?do=finish&left=1"
IN_DANGER = "If a life is in danger, call now: 112"
NUMBER = "The sender's referral desk: 00\u201114"
LINE = "National coordinator: 00-77"


def helped_at(house: Senders, hour: int) -> tuple[Case, Referral]:
    """Somebody is at the shelter; it is Wednesday, at this hour."""
    until(15)
    records(house)
    house.agreed(case := house.case(NOT_HERE))
    house.accepted(referral := house.sent(case), part="now")
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.serve(parvina, mine, version=mine.version)
    pass_time_until(2, hour)
    return case, referral


def text(house: Senders, referral: Referral, asks: str = "") -> str:
    return page_text(house.browser("shelter-worker").get(f"/referrals/{referral.code}/{asks}"))


def records_number(house: Senders) -> None:
    with god():
        OrganisationPhone.objects.create(organisation_id=house.world.bodies["cso-kulob"], phone="00-14")


@override_settings(HAMKORI_COORDINATOR="00-77")
def test_in_the_evening_it_is_said_that_nobody_may_read_it_and_whom_to_call(house: Senders) -> None:
    """Red before: "The sender is told: their Today asks first", at an hour at which nobody reads Today."""
    case, referral = helped_at(house, 21)
    records_number(house)
    asked, _where, before = text(house, referral, LEFT_SO).partition("nobody knows where")
    before = before.partition("Add a note")[0]
    # Red before: "Finish", where "The person could not be reached" was ticked, for who had pressed that they left.
    for asks, says_so in (("", False), (LEFT_SO, True)):
        raw = house.browser("shelter-worker").get(f"/referrals/{referral.code}/{asks}").content.decode()
        heading, _end, form = raw.partition('id="finish"')[2].partition("</form>")[0].partition("</h2>")
        assert ("The person left, and nobody knows where" in heading) is says_so
        assert ("could not be reached" in form, "Choose that" in form) == (not says_so, not says_so)
    # Red before: a passage of two screens on a phone, with a call that was asked for twice.
    assert (before.count("Call "), "Help goes on?" in asked) == (1, False)
    for said in (NUMBER, LINE, IN_DANGER):
        assert said in before, said
    assert UNREAD.search(before)
    ends(house, referral, "not_reached")
    after = text(house, referral)
    for said in (NUMBER, LINE, IN_DANGER):
        assert said in after, said
    assert UNREAD.search(after)
    # Red before: its filled button said that the person is back, below the call that is to be made.
    raw = house.browser("shelter-worker").get(f"/referrals/{referral.code}/").content.decode()
    answers = raw.partition("/call_sender/")[2].partition("</form>")[0]
    assert (answers.count('class="btn quiet small"'), 'class="btn small"' in answers) == (3, False)
    assert "police" not in after.partition(IN_DANGER)[2][:60], "it is not known here whether the person said no to them"
    says(house, case, "is_safe")
    pass_time(minutes=1)
    known = text(house, referral)
    assert (UNREAD.search(known), IN_DANGER in known, LINE in known) == (None, False, False)


def test_how_it_ended_reads_as_it_was_chosen(house: Senders) -> None:
    """Red before: "The person could not be reached", which nobody there had said, and a history without it."""
    case, referral = helped_at(house, 11)
    ends(house, referral, "not_reached")
    for who in ("shelter-worker", "caseworker-cso", "supervisor-cso"):
        shown = page_text(house.browser(who).get(f"/referrals/{referral.code}/"))
        page, _heading, happened = shown.partition("What happened")
        assert "The person left, and nobody knows where" in page, who
        assert "The person left, and nobody knows where" in happened, who
        assert "could not be reached" not in page.partition("Correct the result")[0], who
    confirm = page_text(house.browser().get(f"/referrals/{referral.code}/confirm/"))
    assert "The person left, and nobody knows where" in confirm
    # Red before: the row of the case and the desk's list of what has ended said "could not be reached".
    for who, at in (("caseworker-cso", f"/cases/{case.code}/"), ("desk-shelter", "/desk/")):
        shown = page_text(house.browser(who).get(at)).partition("What happened")[0]
        assert ("nobody knows where" in shown, "could not be reached" in shown) == (True, False), at
    # A former result is not written down: nothing is said of it once another one was given.
    says(house, case, "not_found")
    pass_time(minutes=1)
    puts_right(house, referral, "given")
    assert "nobody knows where" not in page_text(house.browser().get(f"/referrals/{referral.code}/"))


def test_who_never_came_was_not_reached(house: Senders) -> None:
    """Nobody has left a place where they never were."""
    until(15)
    records(house)
    house.agreed(case := house.case(NOT_HERE))
    house.accepted(referral := house.sent(case), part="now")
    pass_time(hours=5)
    ends(house, referral, "not_reached")
    shown = page_text(house.browser().get(f"/referrals/{referral.code}/"))
    assert ("could not be reached" in shown, "nobody knows where" in shown) == (True, False)


@override_settings(HAMKORI_COORDINATOR="00-77")
def test_while_the_sender_is_at_work_it_is_not_said(house: Senders) -> None:
    _case, referral = helped_at(house, 11)
    records_number(house)
    assert UNREAD.search(text(house, referral, LEFT_SO)) is None
    ends(house, referral, "not_reached")
    after = text(house, referral)
    assert UNREAD.search(after) is None
    assert (NUMBER in after, IN_DANGER in after, LINE in after) == (True, True, False)


@override_settings(HAMKORI_COORDINATOR="00-77")
def test_without_a_number_of_the_sender_the_coordinator_stands_once(house: Senders) -> None:
    _case, referral = helped_at(house, 21)
    ends(house, referral, "not_reached")
    after = text(house, referral)
    assert UNREAD.search(after)
    assert after.count(LINE) == 1
    (row,) = rows(house)
    assert "no number recorded: coordinator 00-77" in row


def test_the_row_and_the_own_case_say_what_to_call_if_a_life_is_in_danger(house: Senders) -> None:
    """Red before: neither did."""
    _case, referral = helped_at(house, 21)
    records_number(house)
    ends(house, referral, "not_reached")
    (row,) = rows(house)
    assert "if a life is in danger: 112" in row
    assert "00\u201114" in row
    assert IN_DANGER in page_text(house.browser("shelter-worker").get(f"/cases/{own_of(referral).code}/"))


def rows(house: Senders) -> list[str]:
    page = house.browser("shelter-worker").get("/").content.decode()
    return [one for one in listed(page, "Who left: is the person safe?") if LEFT in one]
