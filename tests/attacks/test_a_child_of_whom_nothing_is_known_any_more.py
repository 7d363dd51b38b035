"""Her word is not believed while a child takes everything back; afterwards nothing says that a child was ever asked.

Of whom no mark of age stands, a child is who was asked as one before (`queries/age.py::child`), by the rows of her
newest version. Where that is not believed, the version that takes everything back is made of what lies there
(`with_police_refused`, `_left`): rows that say `asked_as_child = false`, or none. It is tagged. From then on the
column is all that says that she is a child: an adult's yes takes the place of the child's final "no" to the police,
and nobody is asked who speaks for her. Red on 8937fd2.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import erase_newest, says, version_of
from tests.attacks.owned import alarmed, owner
from tests.attacks.test_a_childs_no_is_not_written import CHILD, to_the_police
from tests.attacks.test_called_an_adult_while_she_is_asked import ADULT, POLICE, begun_as_a_child
from tests.attacks.test_her_no_in_a_case_that_is_called_otherwise import called
from tests.casework.racing import LEAD, House

pytestmark = pytest.mark.alarms


def gone(case: Case) -> None:
    erase_newest(case)


def as_an_adults(case: Case) -> None:
    owner("alter table consent_row disable trigger user; alter table consent disable trigger user")
    owner("update consent_row set asked_as_child = false where consent_id = %s", version_of(case)["id"])
    owner("update consent set asked_as_child = false where case_id = %s", case.pk)
    owner("alter table consent_row enable trigger user; alter table consent enable trigger user")


@pytest.mark.parametrize("spoils", [gone, as_an_adults])
def test_her_no_to_the_police_stays_final(house: House, spoils: Callable[[Case], None]) -> None:
    case = begun_as_a_child(house)
    says(house, case, **POLICE, **{**CHILD, "child_answer": "says_no"})
    spoils(case)
    with alarmed("consent"):
        house.as_(LEAD, lambda actor: consent.withdraw(actor, case, how_said="in_person"))
    assert to_the_police(house, case) == "no"
    with called(case, **ADULT), suppress(NotNow):
        says(house, case, **POLICE)
    tried()
    assert to_the_police(house, case) == "no", f"written as a child's: {version_of(case)['asked_as_child']}"
