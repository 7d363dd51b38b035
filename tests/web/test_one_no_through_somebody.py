"""A no to one help that somebody else brought is not the person's either: the commonest form of the trick (ADR 190)."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hamkori.casework.case.models import Case
from tests.cast import pass_time
from tests.web.senders import Senders, at, page_text
from tests.web.test_agreed_by_telephone import agreed
from tests.web.test_asked_before_anybody_is_called_off import BROUGHT, FIRST, KEPT, NOBODY_COMES, TITLE
from tests.web.test_heard_through_somebody import ASK, TOO, shown
from tests.web.test_place_found import BOTH, NEEDED, rail, today, until
from tests.web.test_told_and_cancelled import told

pytestmark = pytest.mark.django_db
SHELTERS = "said no to shelters"
RAISES = "only if the person raises it"
SLEEPS = "Where does the person sleep tonight?"


def takes(house: Senders, case: Case, how: str, what: str = "shelter_social:help") -> str:
    """One help is withdrawn; where it goes on."""
    form = {"operation": str(uuid4()), "took": [what], "how_said": how}
    answer = house.browser().post(f"/cases/{case.code}/consent/withdraw/", form)
    assert answer.status_code == 303
    pass_time(minutes=1)
    return str(answer["Location"])


def asked_of_all(house: Senders) -> Case:
    case = house.case(NEEDED)
    for kind in ("shelter_social", "health", "legal"):
        house.agreed(case, kind=kind)
        pass_time(minutes=1)
    return case


@pytest.mark.parametrize("how", BROUGHT)
def test_she_needs_no_shelter_takes_no_bed_before_the_person_was_asked(house: Senders, how: str) -> None:
    """Red before: "The person said no to shelters" on every page, and the shelter was sent home first."""
    until(20)
    case, sent = agreed(house)
    house.agreed(case, kind="health")
    told(house, sent)
    after = shown(house, takes(house, case, how))
    assert FIRST in after
    assert SLEEPS in after
    assert f"{ASK}." in after
    assert SHELTERS not in after
    for who in BOTH:
        home, page = today(house, who), shown(house, f"/cases/{case.code}/", who)
        for read in (home, page):
            assert FIRST in read, who
            assert SHELTERS not in read, who
        assert TITLE in home, who
        assert NOBODY_COMES not in home, who
        assert home.index(FIRST) < home.index(KEPT), who
        assert "No, not certain to be theirs, ask the person: shelter." in page, who
        assert RAISES not in page.partition("What happened")[0], who
    assert SHELTERS not in shown(house, at(sent))


@pytest.mark.parametrize("how", BROUGHT)
def test_who_has_no_place_stays_in_call_now_with_the_one_question(house: Senders, how: str) -> None:
    case = asked_of_all(house)
    takes(house, case, how)
    for who in BOTH:
        calls = today(house, who).partition("Call now")[2]
        assert "No place for tonight" in calls, who
        assert ASK in calls, who
        assert rail(house, who) == 1, who
    consent = f"/cases/{case.code}/consent/"
    page = shown(house, consent)
    assert "certain to be the person's: Shelter and social help." in page
    press = house.browser().get(consent).content.decode().partition(TOO)[0].rpartition("<form")[2]
    assert 'name="took"' not in press, "that withdraws everything, also what the person agreed to"
    assert re.findall(r'name="(a_\w+)"', press) == ["a_shelter_social_help"]
    assert RAISES not in page
    house.agreed(case, answer="no")
    pass_time(minutes=1)
    for who in BOTH:
        assert ASK not in today(house, who), who
    assert "that is not certain" in page
    assert "that is not certain" not in shown(house, consent), "the person said so"


def test_what_the_person_says_themselves_is_as_before(house: Senders) -> None:
    case = asked_of_all(house)
    takes(house, case, "in_person")
    assert ASK not in today(house)
    assert RAISES in shown(house, f"/cases/{case.code}/consent/")


def test_only_what_was_asked_is_said_to_have_been_refused(house: Senders) -> None:
    """Red before: "No to everything", where only the shelter had been asked about."""
    case = house.case(NEEDED)
    house.agreed(case)
    pass_time(minutes=1)
    takes(house, case, "through_other", "all")
    for who in BOTH:
        page = shown(house, f"/cases/{case.code}/", who)
        assert "No to everything" not in page.partition("What happened")[0], who
        assert "Not asked: doctors, psychologists, lawyers." in page, who
        assert "No, not certain to be theirs, ask the person: shelter." in page, who
    assert "certain to be the person's: Shelter and social help." in shown(house, f"/cases/{case.code}/consent/")


def test_what_a_call_is_worth_is_read_before_its_button(house: Senders) -> None:
    """Red before: the code word stood below four buttons, each of which withdraws at once."""
    case = house.case()
    house.agreed(case)
    page = page_text(house.browser().get(f"/cases/{case.code}/consent/withdraw/"))
    assert -1 < page.find("By telephone without the code word") < page.find("Phone, code word: withdraw")
