"""The first word of all in a child's case is its no to the police, and the database refuses the row.

It was marked, but of a case without any version nobody asked that mark: the next adult's yes to the police was taken.
"""

from __future__ import annotations

from typing import Any

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import rows_of, says
from tests.attacks.owned import alarmed
from tests.attacks.test_a_childs_no_is_not_written import CHILD, to_the_police
from tests.attacks.test_former_permits import settles
from tests.attacks.test_her_no_is_not_written import opened, raising
from tests.casework.racing import LEAD, House
from tests.web.consenting import page
from tests.web.senders import page_text

pytestmark = pytest.mark.alarms

POLICE = {"kind": "police", "purpose": "justice"}
NO = {**CHILD, "child_answer": "says_no"}


def not_written(house: House) -> Case:
    case = house.case()
    settles(house, case)
    with raising("consent"), alarmed("consent"), pytest.raises(NotNow, match="unwritten"):
        says(house, case, **POLICE, **NO)
    return case


def written(case: Case) -> dict[tuple[str, str], str]:
    return {(row["kind_code"], row["child_answer_code"]): row["answer_code"] for row in rows_of(case)}


def test_it_is_final(house: House) -> None:
    case = not_written(house)
    with pytest.raises(NotNow, match="child_final"):
        says(house, case, **POLICE, **CHILD)
    tried()


def test_it_stands_in_what_is_said_of_something_else(house: House) -> None:
    case = not_written(house)
    says(house, case, **CHILD)
    assert written(case) == {("shelter_social", "agrees"): "yes", ("police", "says_no"): "no"}
    with pytest.raises(NotNow, match="child_final"):
        says(house, case, **POLICE, **CHILD)
    tried()


def test_and_where_everything_is_taken_back(house: House) -> None:
    case = not_written(house)
    house.as_(LEAD, lambda actor: consent.withdraw(actor, case, how_said="in_person"))
    assert to_the_police(house, case) == "no"
    with pytest.raises(NotNow, match="child_final"):
        says(house, case, **POLICE, **CHILD)
    tried()


def test_the_page_shows_it(house: House) -> None:
    case = not_written(house)
    client: Any = opened(house, case)[0]
    assert "nothing is sent to the police" in page_text(client.get(page(case)))


def test_pressed_again_it_is_written(house: House) -> None:
    case = not_written(house)
    says(house, case, **POLICE, **NO)
    assert written(case) == {("police", "says_no"): "no"}


def test_an_adults_no_that_was_not_written_is_no_childs(house: House) -> None:
    case = house.case()
    with raising("consent"), pytest.raises(NotNow, match="unwritten"):
        says(house, case, "no", **POLICE)
    says(house, case, **POLICE)
    assert to_the_police(house, case) == "yes"
