"""A child says no to everything: child protection is told all the same, and every page goes on saying so."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case, CaseClock
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_red_alike import counted
from tests.web.test_said_no_to_all import taken_back

pytestmark = pytest.mark.django_db
CHILD = {"sex_code": "female", "age_band_code": "a9_17", "need_tonight_codes": ["nothing_now"]}
CONTACT = {"call_name": "canary", "child_contact": "canary-guardianship"}
SPOKEN: dict[str, Any] = {"speaker": "guardianship_body", "child_answer": "agrees", "as_child": True}
EVEN_THEN = "Also after a no to everything, child protection is told that the child needs help."
SPEAKS = "If the child said it, tell the adult who acts for the child. If that adult said it, ask the child."


def child(house: Senders) -> Case:
    case = house.case({**CHILD, "language_code": "en"}, contact=CONTACT)
    house.agreed(case, **SPOKEN)
    house.sent(case)
    pass_time(minutes=1)
    return case


def strip(house: Senders, case: Case) -> str:
    page = house.browser().get(f"/cases/{case.code}/").content.decode()
    return page.partition('<div class="strip">')[2].partition("</div>")[0]


def test_the_page_afterwards_repeats_that_child_protection_is_told_and_whether_it_was(house: Senders) -> None:
    """Red before: it said nothing of what had been read aloud to the child, and nothing of who else hears of it."""
    case = child(house)
    page = taken_back(house, case)
    text = page_text(page)
    assert f"{EVEN_THEN} Child protection is still to be told." in text
    assert f'href="/cases/{case.code}/tell_child_protection/"' in page.content.decode()
    assert SPEAKS in text
    assert "Tell nobody who may have harmed the child." in text
    aloud = text.partition("Tell the person")[2].partition("What comes next")[0]
    assert "Also after your no we tell the organisation that protects children that you need help." in aloud
    with house.as_() as zarina:
        found = Case.objects.get(pk=case.pk)
        cases.tell_child_protection(zarina, found, version=found.version)
    again = house.browser().get(page.request["PATH_INFO"] + "?" + page.request["QUERY_STRING"])
    assert re.search(rf"{EVEN_THEN} Child protection was told (today|yesterday) \d\d:\d\d\.", page_text(again))
    assert "We have told the organisation that protects children that you need help." in page_text(again)
    assert f'href="/cases/{case.code}/tell_child_protection/"' not in again.content.decode()


def test_of_an_adult_and_after_one_part_it_says_nothing_of_it(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    assert EVEN_THEN not in page_text(taken_back(house, case))


def test_the_row_and_the_time_limit_of_child_protection_stay(house: Senders) -> None:
    case = child(house)

    def stands() -> list[bool]:
        with god():
            runs = CaseClock.objects.filter(case=case, clock_code="child").exists()
        today = f'href="/cases/{case.code}/tell_child_protection/"' in house.browser().get("/").content.decode()
        due = any(row.case == case.code and row.what == "child" for row in counted(house, "caseworker-cso").rows)
        return [runs, today, due, "Tell child protection" in page_text(house.browser().get(f"/cases/{case.code}/"))]

    before = stands()
    assert all(before)
    taken_back(house, case)
    assert stands() == before
    pass_time(days=2)
    assert stands() == before


def test_a_child_who_said_no_to_everything_raises_it_as_an_adult_does(house: Senders) -> None:
    """Red before: the big button went on saying "Refer"."""
    case = child(house)
    assert "Refer" in strip(house, case)
    taken_back(house, case)
    assert "The person asks again" in strip(house, case)
    assert f'href="/cases/{case.code}/consent/"' in strip(house, case)
    assert f'href="/cases/{case.code}/refer/"' not in strip(house, case)
    house.agreed(case, **SPOKEN)
    assert f'href="/cases/{case.code}/refer/"' in strip(house, case)
    house.agreed(case, **{**SPOKEN, "child_answer": "says_no"})
    assert "The person asks again" in strip(house, case), "said by the child, whatever the adult says"
