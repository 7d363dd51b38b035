"""A no to everything that somebody else brought counts at once, and the person is asked, alone, whether it is so
(ADR 0184).
"""

from __future__ import annotations

from uuid import uuid4

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.rules.consent import BY_OTHERS
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_place_found import BOTH, NEEDED, rail, today

pytestmark = pytest.mark.django_db
ASK = "No, not certain to be theirs: ask the person, alone, whether it is so"
RAISES = "only if the person raises it"
TOO = "The person says so too (by telephone: with the code word):"


def takes_back(house: Senders, case: Case, how: str) -> None:
    form = {"operation": str(uuid4()), "took": ["all"], "how_said": how}
    answer = house.browser().post(f"/cases/{case.code}/consent/withdraw/", form)
    assert answer.status_code == 303
    pass_time(minutes=1)


def withdrawn(house: Senders, how: str) -> Case:
    case = house.case(NEEDED)
    house.agreed(case)
    pass_time(minutes=1)
    takes_back(house, case, how)
    return case


def shown(house: Senders, at: str, who: str = "caseworker-cso") -> str:
    return page_text(house.browser(who).get(at))


@pytest.mark.parametrize("how", BY_OTHERS)
def test_the_person_is_asked_whether_it_is_so(house: Senders, how: str) -> None:
    """Red before: "The person said no to everything. Ask again only if the person raises it", and no row."""
    case = withdrawn(house, how)
    at, consent = f"/cases/{case.code}/", f"/cases/{case.code}/consent/"
    for who in BOTH:
        home = today(house, who)
        assert ASK in home.partition("The person said no")[0].partition("There is no next step")[0], who
        page = shown(house, at, who).partition("What happened")[0]
        assert ASK in page, who
        assert "No, not certain to be theirs, ask the person: shelter." in page, f"{who}: nothing else was asked"
        assert RAISES not in page, who
        assert rail(house, who) == 1, f"{who}: no place for tonight is called about, until the person was heard"
    assert f'href="{consent}' in house.browser().get("/").content.decode()
    assert ASK not in today(house, "stranger")
    done = shown(house, f"{consent}withdraw/?done=2")
    assert (f"{ASK}." in done, RAISES in done) == (True, False), "and right after the press"
    page = shown(house, consent)
    assert TOO in page
    assert "The no is not certain to be theirs: ask the person." in page
    assert RAISES not in page


@pytest.mark.parametrize("how", BY_OTHERS)
def test_only_what_is_certain_is_said_of_it(house: Senders, how: str) -> None:
    """Red before: "through somebody else" also of who had rung themselves without the word, or had written."""
    case = withdrawn(house, how)
    consent = f"/cases/{case.code}/consent/"
    for who in BOTH:
        for where in ("/", "/cases/", f"/cases/{case.code}/", f"/cases/{case.code}/close/"):
            page = shown(house, where, who).partition("What happened")[0]
            assert "not certain to be the" in page, (who, where)
            assert "omebody else" not in page, (who, where)
    page = shown(house, consent)
    assert "A no that is not certain to be the person's: " in page
    assert "through somebody else" not in page
    assert "no, not certain to be yours" in shown(house, f"{consent}print/")


def test_one_press_says_that_the_person_says_so_too(house: Senders) -> None:
    case = withdrawn(house, "through_other")
    consent = f"/cases/{case.code}/consent/"
    takes_back(house, case, "in_person")
    for who in BOTH:
        assert ASK not in today(house, who), who
        assert ASK not in shown(house, f"/cases/{case.code}/", who), who
    assert TOO not in shown(house, consent)
    assert RAISES in shown(house, consent)


def test_the_box_has_the_press(house: Senders) -> None:
    case = withdrawn(house, "through_other")
    page = house.browser().get(f"/cases/{case.code}/consent/").content.decode()
    box = page.partition(TOO)[0].rpartition("<form")[2] + page.partition(TOO)[2].partition("</form>")[0]
    assert f'action="/cases/{case.code}/consent/withdraw/"' in box
    assert 'name="took" value="all"' in box
    assert 'value="in_person"' in box
    assert 'value="by_phone"' in box


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_any_answer_of_the_persons_ends_it(house: Senders, answer: str) -> None:
    case = withdrawn(house, "through_other")
    house.agreed(case, answer=answer)
    pass_time(minutes=1)
    for who in BOTH:
        assert ASK not in today(house, who), who
        assert ASK not in shown(house, f"/cases/{case.code}/", who), who


@pytest.mark.parametrize("how", ["in_person", "by_phone"])
def test_what_the_person_says_themselves_is_not_asked_about(house: Senders, how: str) -> None:
    case = withdrawn(house, how)
    assert ASK not in today(house)
    assert TOO not in shown(house, f"/cases/{case.code}/consent/")
    assert RAISES in shown(house, f"/cases/{case.code}/consent/")
