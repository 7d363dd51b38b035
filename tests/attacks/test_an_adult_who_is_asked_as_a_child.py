"""An adult who was taken for a child at first is asked as one for good, and her yes holds nothing: honest people alone.

Her first word could not be written down in an outage, and the age of the draft was corrected then. Where no mark knows
of a change, who was asked as a child before is asked as one (`queries/age.py::child`); what her yes holds asks the
column (`held`), which says that she is an adult. So her form had a child's questions, her answer was taken, and nothing
could be sent on it; no sentence said why. Red on 8937fd2, green before 5aa1748.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from django.db import OperationalError, transaction

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.consent.queries import age as ages
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import says, sends
from tests.attacks.test_a_childs_no_is_not_written import CHILD
from tests.attacks.test_called_an_adult_while_she_is_asked import client_of
from tests.attacks.test_her_no_is_not_written import raising
from tests.casework.racing import LEAD, House, state
from tests.cast import FACTS, SEALED
from tests.database import god
from tests.web.consenting import page

pytestmark = pytest.mark.alarms

NO_TO_THE_POLICE = {"kind": "police", "purpose": "justice", **CHILD, "child_answer": "says_no"}


def begun(house: House) -> Any:
    codes = {**FACTS, "age_band_code": "a9_17"}
    return house.as_(LEAD, lambda actor: cases.begin(actor, codes=codes, sealed=SEALED))


def older(house: House, case: Any) -> None:
    def do(actor: Any) -> None:
        found = Case.objects.get(pk=case.pk)
        cases.edit(actor, found, version=found.version, codes={"age_band_code": "a18_29"})

    house.as_(LEAD, do)


def registered(house: House, case: Any) -> Case:
    def do(actor: Any) -> Case:
        found = Case.objects.get(pk=case.pk)
        return cases.register(actor, found, version=found.version)

    found: Case = house.as_(LEAD, do)
    return found


def asked_in_an_outage(house: House) -> Any:
    """Her first word of all could not be written down: the database was away. The age of the draft is corrected."""
    case = begun(house)
    with raising("consent", "57P01"), suppress(OperationalError, NotNow):
        says(house, case, **NO_TO_THE_POLICE)
    older(house, case)
    return case


def test_her_yes_holds(house: House) -> None:
    case = registered(house, asked_in_an_outage(house))
    drawn = client_of(house).get(page(case)).content.decode()
    says(house, case, **({**CHILD} if 'name="child_answer"' in drawn else {}))
    draft = house.draft(case)
    with suppress(NotNow):
        sends(house, draft)
    tried()
    asked = "child" if 'name="child_answer"' in drawn else "adult"
    assert state(draft) == "sent", f"she is an adult, asked as {asked}"


def test_an_age_that_the_row_says_already_is_marked_where_she_was_asked(house: House) -> None:
    """The owner has written it there before, so that it is no change. No commit is red here, but nothing asked."""
    case = begun(house)
    with raising("consent", "57P01"), suppress(OperationalError, NotNow):
        says(house, case, **NO_TO_THE_POLICE)
    with transaction.atomic(), god():
        Case.objects.filter(pk=case.pk).update(is_child=False, age_band_code="a18_29")
    assert ages.changed(case.pk) == 0
    older(house, case)
    tried()
    assert ages.changed(case.pk) > 0
