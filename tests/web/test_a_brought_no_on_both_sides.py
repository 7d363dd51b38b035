"""A no that somebody else brought is read alike on both sides, until the person was asked and after it (ADR 196)."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, at, page_text, records
from tests.web.test_a_child_took_it_back import CHILD, SPOKEN
from tests.web.test_agreed_by_telephone import agreed as by_telephone
from tests.web.test_asked_before_anybody_is_called_off import BROUGHT, FIRST
from tests.web.test_heard_through_somebody import shown, takes_back
from tests.web.test_not_to_go_there import file
from tests.web.test_place_found import BOTH, NEEDED, today, until
from tests.web.test_taken_back import DESK, HELPER
from tests.web.test_told_and_cancelled import told

pytestmark = pytest.mark.django_db
STILL = "The person has not been asked and may still come: keep the place until the sender calls you"
WAIT_NOT = "Do not wait for the person"
CALL_TOO = "can open neither hour nor meeting point any more: call them"
COMES = "Call them: the person comes after all"
WANTS = "The person wants it after all: the sender asks you again"
NOT_TO_GO = "tell them not to go"
THERE = (DESK, HELPER)
GIRL = NEEDED | {"age_band_code": "a9_17"}


def accepted(house: Senders, *, child: bool = False) -> tuple[Case, Referral]:
    """Agreed for this hour, and the person was told."""
    records(house)
    case = house.case(GIRL, contact=CHILD) if child else house.case(NEEDED)
    house.agreed(case, **(SPOKEN if child else {}))
    house.agreed(case, kind="legal", **(SPOKEN if child else {}))
    pass_time(minutes=1)
    sent = house.sent(case)
    pass_time(minutes=1)
    house.accepted(sent, {"hour": "", "place": "canary-station", "ask_for": ""}, part="now")
    pass_time(minutes=1)
    told(house, sent)
    return case, sent


def ends_alone(house: Senders, sent: Referral, how: str) -> None:
    with house.as_() as zarina:
        send.withdraw(zarina, Referral.objects.get(pk=sent.pk), how_said=how)
    pass_time(minutes=1)


@pytest.mark.parametrize("how", BROUGHT)
@pytest.mark.parametrize("alone", [False, True])
def test_whoever_accepted_reads_that_the_person_may_still_come(house: Senders, how: str, *, alone: bool) -> None:
    """Red before: in the same second the sender read "ask them first", and the receiver "do not wait"."""
    until(18)
    case, sent = accepted(house)
    if alone:
        ends_alone(house, sent, how)
    else:
        takes_back(house, case, how)
    for who in BOTH:
        for page in (today(house, who), file(house, sent, who), shown(house, at(sent), who)):
            assert FIRST in page, who
            assert CALL_TOO in page, who
            assert "00‑11" in page, f"{who}: where they are called"
    for who in THERE:
        for _opened in range(2):  # it stays on Today when the page was opened
            for page in (today(house, who), shown(house, at(sent), who)):
                assert STILL in page, who
                assert WAIT_NOT not in page, who
                assert "through somebody" not in page, f"{who}: who brought it is never said"
        assert "Agreed time" in shown(house, at(sent), who), f"{who}: be there as agreed"
    takes_back(house, case, "in_person")
    for who in THERE:
        assert WAIT_NOT in today(house, who), f"{who}: once the person has said so it comes by itself"
        assert STILL not in today(house, who), who
        assert WAIT_NOT in shown(house, at(sent), who), who
        assert WAIT_NOT not in today(house, who), f"{who}: it was read"
    for who in BOTH:
        assert FIRST not in today(house, who), who


@pytest.mark.parametrize("how", BROUGHT)
def test_who_counts_the_beds_reads_it_too_where_that_no_was_brought_to_those_who_wait(house: Senders, how: str) -> None:
    """Red before: one press of a worker there, and the place was on nobody's list any more."""
    until(18)
    _case, sent = accepted(house)
    with house.as_(HELPER) as parvina:
        send.withdraw(parvina, Referral.objects.get(pk=sent.pk), how_said=how)
    pass_time(minutes=1)
    for _opened in range(2):
        for page in (today(house, DESK), shown(house, at(sent), DESK)):
            assert (STILL in page, WAIT_NOT in page) == (True, False)


@pytest.mark.parametrize("how", BROUGHT)
def test_so_does_whoever_promised_by_telephone(house: Senders, how: str) -> None:
    until(20)
    case, sent = by_telephone(house)
    told(house, sent)
    takes_back(house, case, how)
    for who in BOTH:
        assert "Do not call it off before the person is asked." in today(house, who), who
        assert CALL_TOO in today(house, who), who
    for page in (today(house, DESK), shown(house, at(sent), DESK)):
        assert STILL in page
        assert WAIT_NOT not in page
    takes_back(house, case, "in_person")
    for page in (today(house, DESK), shown(house, at(sent), DESK)):
        assert WAIT_NOT in page
        assert STILL not in page


def test_a_day_after_the_agreed_time_nobody_waits_any_more(house: Senders) -> None:
    until(18)
    case, sent = accepted(house)
    takes_back(house, case, "through_other")
    pass_time(hours=24)
    for who in THERE:
        assert STILL in today(house, who), who
    pass_time(hours=24)
    for who in THERE:
        assert WAIT_NOT in today(house, who), who
        assert STILL not in shown(house, at(sent), who), who


@pytest.mark.parametrize("child", [False, True])
@pytest.mark.parametrize("alone", [False, True])
def test_after_a_yes_whoever_accepted_is_called(house: Senders, *, child: bool, alone: bool) -> None:
    """Red before: "tell them not to go", of a girl who goes; and the receiver read nothing of it."""
    until(18)
    case, sent = accepted(house, child=child)
    if alone:
        ends_alone(house, sent, "by_message")
    else:
        takes_back(house, case, "by_message")
    for who in THERE:
        assert STILL in today(house, who), who
    house.agreed(case, **(SPOKEN if child else {}))
    pass_time(minutes=1)
    for who in BOTH:
        assert COMES in today(house, who), who
        for page in (today(house, who), file(house, sent, who), shown(house, at(sent), who)):
            assert "and the person wants it after all: ask whether that is so still" in page, who
            assert NOT_TO_GO not in page, who
            assert FIRST not in page, who
            assert "00‑11" in page, who
    for who in THERE:
        for page in (today(house, who), shown(house, at(sent), who)):
            assert WANTS in page, who
            assert WAIT_NOT not in page, who
        assert WANTS in today(house, who), f"{who}: until the sender asks again, also once it was looked at"
    said = shown_after(house, sent, "reached")
    assert "was told." in said
    assert "nobody comes" not in said
    for who in BOTH:
        assert COMES not in today(house, who), who
        assert NOT_TO_GO not in today(house, who), who


def shown_after(house: Senders, sent: Referral, answer: str) -> str:
    form = {"operation": str(uuid4()), "answer": answer, "from": "today"}
    return page_text(house.browser().post(f"{at(sent)}call/", form, follow=True))


def test_once_the_same_organisation_was_asked_again_nobody_is_called(house: Senders) -> None:
    until(18)
    case, sent = accepted(house)
    takes_back(house, case, "through_other")
    house.agreed(case)
    pass_time(minutes=1)
    assert COMES in today(house)
    house.sent(case)
    pass_time(minutes=1)
    for who in BOTH:
        assert COMES not in today(house, who), who
        assert NOT_TO_GO not in today(house, who), who
    for who in THERE:
        assert WANTS not in shown(house, at(sent), who), who


def test_what_the_person_ended_themselves_is_called_off_as_before(house: Senders) -> None:
    until(18)
    case, _sent = accepted(house)
    takes_back(house, case, "in_person")
    house.agreed(case, kind="legal")
    pass_time(minutes=1)
    for who in THERE:
        assert WAIT_NOT in today(house, who), who
    house.agreed(case)
    pass_time(minutes=1)
    for who in THERE:
        assert WANTS not in today(house, who), who
    assert COMES not in today(house)


def test_what_was_accepted_for_tomorrow_is_no_place_for_tonight(house: Senders) -> None:
    """Red before: its yes was saved as "a place for tonight was found", and nobody looked for one any more."""
    until(18)
    records(house)
    house.agreed(case := house.case(NEEDED))
    pass_time(minutes=1)
    sent = house.sent(case)
    pass_time(minutes=1)
    house.accepted(sent, part="morning")
    ends_alone(house, sent, "through_other")
    again = shown(house, f"{at(sent)}again/")
    assert "by a no that is not certain to be the person's: ask the person first" in again
    assert "only if they want it" not in again, "the person has said nothing"
    house.agreed(case)
    pass_time(minutes=1)
    for who in BOTH:
        for page in (today(house, who), file(house, sent, who), shown(house, at(sent), who)):
            assert "ask whether that is so still, and send it again" in page, who
            assert "No place for tonight" in page or page == shown(house, at(sent), who), who
    for page in (file(house, sent, BOTH[0]), shown(house, at(sent))):
        assert "Free: they expect the person" not in page
    assert "was told." in shown_after(house, sent, "reached")
    for who in BOTH:
        assert "No place for tonight" in today(house, who), f"{who}: one is still looked for"


def test_of_a_child_nobody_says_that_it_said_so(house: Senders) -> None:
    """Red before: "The person said no to everything", and "A no was brought … The child says yes"."""
    until(18)
    case, _sent = accepted(house, child=True)
    takes_back(house, case, "through_other")
    alone = shown(house, f"/cases/{case.code}/first/?step=alone")
    assert "The person said no to everything" not in alone
    assert "No, not certain to be theirs: ask the person, alone, whether it is so." in alone
    brought = shown(house, f"/cases/{case.code}/consent/").partition(
        "A no was brought: it may not be the person's own today"
    )[2]
    assert "Through somebody else" in brought
    assert "The child says yes" not in brought.partition("Version")[0]
