"""Asked about a no that is not certain to be theirs, the person says so too: one press, also of a child (ADR 218)."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.models import ConsentRow
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_heard_through_somebody import ASK, TOO, shown
from tests.web.test_one_no_through_somebody import asked_of_all, takes
from tests.web.test_place_found import BOTH, NEEDED, today

pytestmark = pytest.mark.django_db
CHILD = {**NEEDED, "age_band_code": "a9_17"}
AS_CHILD = {"as_child": True, "child_answer": "agrees", "speaker": "parent"}
HOW = "How it was said: By telephone, without the code word."


def box(house: Senders, case: Case) -> tuple[str, dict[str, str]]:
    """Where the press of the consent leads, and what it sends."""
    page = house.browser().get(f"/cases/{case.code}/consent/").content.decode()
    before = page.partition(TOO)[0].rpartition("<form")[2]
    at = re.search(r'action="([^"]+)"', before)
    assert at is not None
    return at[1], dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', before))


def presses(house: Senders, at: str, sent: dict[str, str], how: str = "in_person") -> str:
    answer = house.browser().post(at, {**sent, "operation": str(uuid4()), "how_said": how})
    assert answer.status_code == 303, page_text(answer)
    pass_time(minutes=1)
    return str(answer["Location"])


def stands(case: Case) -> dict[tuple[str, str], tuple[str, str]]:
    with god():
        rows = ConsentRow.objects.filter(consent__case=case).order_by("consent__number")
        return {(one.kind_code, one.purpose_code): (one.answer_code, one.child_answer_code) for one in rows}


def test_how_it_was_said_stands_on_each_page(house: Senders) -> None:
    """Red before: nothing on these pages said that it was a call, and without the code word."""
    case = asked_of_all(house)
    after = takes(house, case, "by_phone_no_word")
    assert HOW in shown(house, after)
    assert HOW in shown(house, f"/cases/{case.code}/consent/")


def test_a_no_to_one_help_is_said_again_with_one_press(house: Senders) -> None:
    """Red before: there was a press of a no to everything alone; of this the whole consent was asked again."""
    case = asked_of_all(house)
    takes(house, case, "by_phone_no_word")
    at, sent = box(house, case)
    presses(house, at, sent)
    said = stands(case)
    assert said["shelter_social", "help"][0] == "no"
    assert (said["health", "help"][0], said["legal", "help"][0]) == ("yes", "yes"), "nothing else was said"
    for who in BOTH:
        assert ASK not in today(house, who), who
        assert ASK not in shown(house, f"/cases/{case.code}/", who), who
    assert TOO not in shown(house, f"/cases/{case.code}/consent/")


def test_an_older_page_takes_no_newer_yes_back(house: Senders) -> None:
    case = asked_of_all(house)
    takes(house, case, "by_phone_no_word")
    at, sent = box(house, case)
    house.agreed(case)
    pass_time(minutes=1)
    assert presses(house, at, sent) == f"/cases/{case.code}/consent/"
    assert stands(case)["shelter_social", "help"][0] == "yes"


@pytest.mark.parametrize("what", ["all", "shelter_social:help"])
def test_a_child_says_so_with_the_same_press(house: Senders, what: str) -> None:
    """Red before: the whole consent, with an adult beside the child, to say no once more."""
    case = house.case(CHILD)
    for kind in ("shelter_social", "health"):
        house.agreed(case, kind=kind, **AS_CHILD)
        pass_time(minutes=1)
    takes(house, case, "by_phone_no_word", what)
    presses(house, *box(house, case))
    said = stands(case)
    assert said["shelter_social", "help"][0] in ("no", "withdrawn")
    assert said["health", "help"][0] == ("withdrawn" if what == "all" else "yes")
    for who in BOTH:
        assert ASK not in today(house, who), who
    assert TOO not in shown(house, f"/cases/{case.code}/consent/")


def test_a_childs_no_to_the_police_is_not_made_final_by_a_press(house: Senders) -> None:
    case = house.case(CHILD)
    for kind, purpose in (("shelter_social", "help"), ("health", "help"), ("police", "protection")):
        house.agreed(case, kind=kind, purpose=purpose, sections={"contact"}, **AS_CHILD)
        pass_time(minutes=1)
    takes(house, case, "by_phone_no_word", "police:protection")
    assert TOO not in shown(house, f"/cases/{case.code}/consent/")
    takes(house, case, "by_phone_no_word")
    _at, sent = box(house, case)
    assert "a_shelter_social_help" in sent
    assert "a_police_protection" not in sent
