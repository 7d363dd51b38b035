"""What the person said of a no that somebody else brought, and who must get nothing because of it (ADR 200)."""

from __future__ import annotations

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, at
from tests.web.test_heard_through_somebody import ASK, shown, takes_back
from tests.web.test_must_get_nothing import NAMED, body_of, events, excludes
from tests.web.test_one_referral_ended_by_others import ended
from tests.web.test_place_found import BOTH, NEEDED, today

pytestmark = pytest.mark.django_db
WANTS, WANTS_NOT = "the person wants this help", "the person does not want this help"
OUT = "Must get nothing, not certain"
ASKED_TOO = "Heard so too, that they must get nothing: "


def pages(house: Senders, case: Case, sent: Referral, who: str) -> list[str]:
    return [shown(house, at(sent), who), shown(house, f"/cases/{case.code}/", who).partition("What happened")[0]]


def read(house: Senders, case: Case, sent: Referral, said: str) -> None:
    """Both sides of the team read when the person was asked, and what they said; and nothing else of it."""
    for who in BOTH:
        for page in pages(house, case, sent, who):
            assert f": {said}" in page, who
            assert "asked today" in page or "asked yesterday" in page or "asked tonight" in page, who
            assert (WANTS in page, WANTS_NOT in page) == (said == WANTS, said == WANTS_NOT), who
            assert ASK not in page, who


@pytest.mark.parametrize(("answer", "said"), [("yes", WANTS), ("no", WANTS_NOT)])
def test_of_one_referral_it_is_read_what_the_person_said(house: Senders, answer: str, said: str) -> None:
    """Red before: "Stopped by a no that somebody else brought", for good, and nothing of the answer."""
    case, sent = ended(house, "through_other")
    for who in BOTH:
        for page in pages(house, case, sent, who):
            assert WANTS not in page, f"{who}: nobody has asked"
            assert WANTS_NOT not in page, who
    house.agreed(case, kind="health")
    pass_time(minutes=1)
    assert WANTS not in shown(house, at(sent)), "an answer to something else is none"
    house.agreed(case, answer=answer)
    pass_time(minutes=1)
    read(house, case, sent, said)


@pytest.mark.parametrize("says_so", [True, False])
def test_of_a_no_to_everything_too(house: Senders, *, says_so: bool) -> None:
    case = house.case(NEEDED)
    house.agreed(case)
    pass_time(minutes=1)
    sent = house.sent(case)
    pass_time(minutes=1)
    takes_back(house, case, "by_message")
    if says_so:
        takes_back(house, case, "in_person")
    else:
        house.agreed(case)
        pass_time(minutes=1)
    read(house, case, sent, WANTS_NOT if says_so else WANTS)


def test_the_persons_own_no_has_no_such_line(house: Senders) -> None:
    case, sent = ended(house, "in_person")
    house.agreed(case)
    pass_time(minutes=1)
    for page in pages(house, case, sent, "caseworker-cso"):
        assert WANTS not in page


def shut_out(house: Senders) -> tuple[Case, Referral, str]:
    case, sent = ended(house, "through_other", nothing_more="on")
    return case, sent, body_of(sent)[1]


def test_who_must_get_nothing_is_asked_about_too(house: Senders) -> None:
    """Red before: "Must get nothing", as if the person had said so, and no page asked."""
    case, _sent, name = shut_out(house)
    for who in BOTH:
        head = shown(house, f"/cases/{case.code}/", who).partition("What happened")[0]
        assert f"{OUT}: {name}." in head, who
        assert f"Must get nothing: {name}" not in head.partition("What is next")[0], who
        if who == BOTH[0]:
            assert f"Must get nothing: {name}." in head.partition(ASK)[2], "in the line that is to be asked"
    assert f"{ASKED_TOO}{name}." in shown(house, f"/cases/{case.code}/consent/")
    assert NAMED not in events(house, case)
    assert "A no was brought: it may not be the person's own" in events(house, case)


def test_the_persons_answer_confirms_it(house: Senders) -> None:
    case, sent, name = shut_out(house)
    house.agreed(case)
    pass_time(minutes=1)
    head = shown(house, f"/cases/{case.code}/").partition("What happened")[0]
    assert f"Must get nothing: {name}" in head
    assert OUT not in head
    assert ASKED_TOO not in shown(house, f"/cases/{case.code}/consent/")
    read(house, case, sent, WANTS_NOT)


def test_or_ends_it(house: Senders) -> None:
    case, sent, _name = shut_out(house)
    excludes(house, case)
    for who in BOTH:
        page = shown(house, f"/cases/{case.code}/", who)
        assert "Must get nothing" not in page.partition("What happened")[0], who
        assert ASK not in today(house, who), who
    read(house, case, sent, WANTS)


def test_who_fits_and_was_shut_out_so_is_named_where_another_is_asked(house: Senders) -> None:
    """Red before: "No organisation is listed that fits", of one that fits and that nobody asked the person about."""
    case, sent, name = shut_out(house)
    again, says = f"/referrals/{sent.code}/again/", f"Fits, and must get nothing, which is not certain: {name}."
    assert says in shown(house, again)
    excludes(house, case)
    assert says not in shown(house, again)


def test_what_the_person_has_taken_back_since_is_not_what_they_want(house: Senders) -> None:
    """Red before: "the person wants this help", as the last word, beside "Shelter, social help: Withdrawn"."""
    case, sent = ended(house, "through_other")
    house.agreed(case)
    pass_time(minutes=1)
    takes_back(house, case, "in_person")
    for who in BOTH:
        for page in pages(house, case, sent, who):
            assert WANTS not in page, who
            assert "the person wanted this help (" in page, who
            assert "and said no today" in page or "and said no tonight" in page, who
