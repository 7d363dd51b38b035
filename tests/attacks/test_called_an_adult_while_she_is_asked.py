"""The database calls a child an adult for the moment in which its worker asks: on the page, at the press, or at both.

The page then had no question for the child, and what the form had asked of a child was dropped: its "no" to the police
beside an adult's yes was written as that yes.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import not_sent, rows_of, says, sends, version_of
from tests.attacks.test_a_childs_no_is_not_written import CHILD, to_the_police
from tests.attacks.test_former_permits import settles
from tests.attacks.test_her_no_in_a_case_that_is_called_otherwise import called
from tests.casework.racing import LEAD, House
from tests.cast import FACTS, SEALED
from tests.web.consenting import form_of, page
from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.alarms

ADULT = {"is_child": False, "age_band_code": "a18_29"}
POLICE = {"kind": "police", "purpose": "justice"}
YES = {"a_police_justice": "yes", "language": "tg", "read": "on", "how_given": "spoken"}
SPEAKS = {"speaker": "guardianship_body", "suspected": "no"}


def begun_as_a_child(house: House) -> Case:
    """No mark knows of her age: it was never otherwise."""

    def made(actor: Any) -> Case:
        sealed = {**SEALED, "contact": {**SEALED["contact"], "child_contact": "canary-guardianship"}}
        case = cases.begin(actor, codes={**FACTS, "age_band_code": "a9_17"}, sealed=sealed)
        return cases.register(actor, case, version=case.version)

    found: Case = house.as_(LEAD, made)
    return found


def settled(house: House) -> Case:
    case = house.case()
    settles(house, case)
    return case


def asked_before(house: House) -> Case:
    case = begun_as_a_child(house)
    says(house, case, **CHILD)
    return case


def client_of(house: House) -> Any:
    with transaction.atomic():
        return Senders(house.world).browser(LEAD)


@pytest.mark.parametrize("known", [settled, asked_before])
def test_the_page_asks_the_child_where_it_is_known_to_be_one(house: House, known: Any) -> None:
    case, client = known(house), client_of(house)
    with called(case, **ADULT):
        drawn = client.get(page(case))
        assert 'name="child_answer"' in drawn.content.decode()
        client.post(page(case), form_of(drawn) | YES | SPEAKS | {"child_answer": "says_no"})
    tried()
    assert (to_the_police(house, case), version_of(case)["asked_as_child"]) == ("no", True)


@pytest.mark.parametrize("known", [settled, asked_before])
def test_a_yes_at_such_a_press_is_no_adults(house: House, known: Any) -> None:
    case = known(house)
    with called(case, **ADULT):
        says(house, case)
        draft = house.draft(case)
        with pytest.raises(NotNow, match=r"child_|consent_"):
            sends(house, draft)
    not_sent(house, draft)
    assert {row["asked_as_child"] for row in rows_of(case)} == {True}


def test_a_childs_no_stays_final_where_no_mark_knows_of_its_age(house: House) -> None:
    case = begun_as_a_child(house)
    says(house, case, **POLICE, **{**CHILD, "child_answer": "says_no"})
    with called(case, **ADULT), pytest.raises(NotNow, match="child_final"):
        says(house, case, **POLICE, **CHILD)
    tried()
    assert to_the_police(house, case) == "no"


def test_it_is_one_too_after_the_case_was_opened_again(house: House) -> None:
    case = asked_before(house)

    def closes(actor: Any) -> None:
        found = Case.objects.get(pk=case.pk)
        cases.close(actor, found, version=found.version, outcome="goals_met")

    def opens(actor: Any) -> None:
        found = Case.objects.get(pk=case.pk)
        cases.reopen(actor, found, version=found.version, reason="returned")

    with called(case, **ADULT):
        house.as_(LEAD, closes)
        house.as_("supervisor-cso", opens)
    tried()
    assert version_of(case)["asked_as_child"] is True


@pytest.mark.parametrize("said", ["says_no", "agrees"])
def test_what_the_form_asked_of_a_child_is_not_dropped(house: House, said: str) -> None:
    case, client = begun_as_a_child(house), client_of(house)
    form = form_of(client.get(page(case))) | YES | SPEAKS | {"child_answer": said}
    with called(case, **ADULT):
        client.post(page(case), form)
    tried()
    assert version_of(case)["asked_as_child"] is True
    assert to_the_police(house, case) == ("no" if said == "says_no" else "yes")


def test_a_form_that_was_drawn_for_an_adult_comes_again_with_the_childs_questions(house: House) -> None:
    case, client = begun_as_a_child(house), client_of(house)
    with called(case, **ADULT):
        form = form_of(client.get(page(case)))
    answer = client.post(page(case), form | YES)
    tried()
    assert "Ask the child too" in page_text(answer)
    with pytest.raises(IndexError):
        version_of(case)


def test_who_is_an_adult_since_is_asked_as_one(house: House) -> None:
    case = asked_before(house)
    settles(house, case, "a18_29")
    assert 'name="child_answer"' not in client_of(house).get(page(case)).content.decode()
    says(house, case)
    assert {row["asked_as_child"] for row in rows_of(case)} == {False}


def test_so_is_who_is_written_down_as_one_before_the_case_is_open(house: House) -> None:
    codes, sealed = {**FACTS, "age_band_code": "a9_17"}, SEALED
    case: Any = house.as_(LEAD, lambda actor: cases.begin(actor, codes=codes, sealed=sealed))
    says(house, case, **CHILD)

    def older(actor: Any) -> None:
        found = Case.objects.get(pk=case.pk)
        cases.edit(actor, found, version=found.version, codes={"age_band_code": "a18_29"})

    house.as_(LEAD, older)
    says(house, case)
    assert version_of(case)["asked_as_child"] is False
