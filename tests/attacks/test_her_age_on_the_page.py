"""A worker writes on the page of an open case that she is a child; the owner of the database hides that it is a change.

`case.edit` marks her age where the column was otherwise before, and what it was before is the column's word. He writes
there what she is about to write, and puts it back afterwards: no mark, no new permit, no alarm, and her name is read
until the old date. Red on 3f58cb0.
"""

from __future__ import annotations

from typing import Any

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.consent.queries.age import changed
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.owned import owner, refused
from tests.attacks.test_former_permits import later, reads
from tests.casework.racing import LEAD, House

__all__ = ["later"]
pytestmark = pytest.mark.alarms


def test_a_change_that_the_column_has_already_is_a_change(house: House, later: Any) -> None:
    case, referral = house.accepted()
    was = owner('select is_child, age_band_code, age_settled_at from "case" where id = %s', case.pk)[0]
    assert was["is_child"] is False
    owner('update "case" set is_child = true where id = %s', case.pk)

    def writes(actor: Any) -> None:
        found = Case.objects.get(pk=case.pk)
        cases.edit(actor, found, version=found.version, codes={"age_band_code": "a9_17"})

    house.as_(LEAD, writes)
    owner(
        'update "case" set is_child = %s, age_band_code = %s, age_settled_at = %s where id = %s', *was.values(), case.pk
    )
    later(16)
    tried()
    with refused("permit"):
        reads(house, referral)
    assert changed(case.pk), "what she wrote has left a mark"


def test_the_same_age_written_again_lengthens_nothing(house: House, later: Any) -> None:
    """What she agreed to as an adult ends 14 days after the change, however often the page is saved since."""
    case, referral = house.accepted()

    def writes(actor: Any) -> None:
        found = Case.objects.get(pk=case.pk)
        cases.edit(actor, found, version=found.version, codes={"age_band_code": "a9_17"})

    def settles(actor: Any) -> None:
        found = Case.objects.get(pk=case.pk)
        cases.settle_age(actor, found, version=found.version, age_band="a9_17", reason="papers")

    house.as_(LEAD, settles)
    number = changed(case.pk)
    later(10)
    house.as_(LEAD, writes)
    assert changed(case.pk) == number
    later(16)
    with pytest.raises(NotNow, match="consent_live"):
        reads(house, referral)
