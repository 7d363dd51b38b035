"""Everything is taken back also from a word that is not believed (ADR 0066); not from one that nobody can read.

`whatever_stands` reads all versions before it asks whether the newest is believed, and one value in any row of any of
them, of no shape of ours, ends that: Untrusted where it is a date, a fault (500) without an alarm and a row of the
ledger where it is a list of lists or no list. Nothing is written, no mark is raised, and what was sent is read on when
the value is mended. Opening a closed case again ends the same way.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import says
from tests.attacks.owned import owner
from tests.attacks.test_former_permits import reads
from tests.attacks.test_lists_that_are_none import loosened
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import LEAD, House

pytestmark = pytest.mark.alarms

SPOILT = {
    "until no time": ("consent_row", "until = 'infinity'", "until = %s", "until"),
    "said at no time": ("consent", "at = 'infinity'", "at = %s", "at"),
    "a list of lists": ("consent_row", "sections = '{{contact}}'", "sections = %s", "sections"),
    "no list": ("consent_row", "sections = null", "sections = %s", "sections"),
}


@pytest.mark.parametrize("which", ["the newest", "the first"])
@pytest.mark.parametrize("how", SPOILT)
def test_everything_is_taken_back_whatever_stands_there(house: House, how: str, which: str) -> None:
    case, referral = house.accepted()
    if which == "the first":
        says(house, case)
    table, spoils, mends, column = SPOILT[how]
    order = "desc" if which == "the newest" else "asc"
    (version,) = owner(f"select * from consent where case_id = %s order by number {order} limit 1", case.pk)
    where = "consent_id = %s" if table == "consent_row" else "id = %s"
    was = owner(f"select {column} as v from {table} where {where}", version["id"])[0]["v"]
    before, fault = alarms(), None
    with loosened("consent_row", "sections"):
        owner(f"alter table {table} disable trigger user")
        owner(f"update {table} set {spoils} where {where}", version["id"])
        try:
            house.as_(LEAD, lambda actor: consent.withdraw(actor, Case.objects.get(pk=case.pk), how_said="in_person"))
        except Exception as error:
            fault = error
        owner(f"update {table} set {mends} where {where}", was, version["id"])
        owner(f"alter table {table} enable trigger user")
    told = alarms() != before
    read: dict[str, Any] = {}
    with suppress(NotNow):
        read = reads(house, referral)
    tried()
    assert read == {}, f"she took everything back: {fault!r}; her name is read; alarm: {told}"
