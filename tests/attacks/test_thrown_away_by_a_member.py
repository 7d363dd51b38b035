"""A member of the team throws away what its lead alone may, by a second row that the database has for her.

Who throws a case away is asked for her row as it was tagged (`own_row.on_team`), but not what it says that she is.
The policy lets the lead do it, by any row of hers; the owner of the database plants a second one, of a lead. The row
that is believed is her own, a member's. He calls the case a draft, and it is marked `erased` for good, beyond every
backup. The same as test_erased_by_a_row_of_nobodys.py with a helper who is on the team; `team.py` asks for `lead`.
Red on 8937fd2.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.refusal import NotAllowed, NotNow, NotVisible
from tests.attacks.counted import tried
from tests.attacks.owned import copy_back, owner
from tests.attacks.test_erased_by_a_row_of_nobodys import OF_A_CASE, contact, put_back
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import COLLEAGUE, House

pytestmark = pytest.mark.alarms


def test_her_case_opens_for_its_lead(house: House) -> None:
    case = house.case(COLLEAGUE)
    assert contact(house, case)
    kept = {table: owner(f"select * from {table} where case_id = %s", case.pk) for table in OF_A_CASE}
    wraps = owner(
        "select w.* from section_wrap w join section_key k on k.id = w.section_key_id where k.case_id = %s", case.pk
    )
    row = owner('select to_jsonb(c)::text as row from "case" c where id = %s', case.pk)[0]["row"]
    index = owner("select indexdef from pg_indexes where indexname = 'one_live_access_per_case'")[0]["indexdef"]
    owner("drop index one_live_access_per_case; alter table case_access disable trigger user")
    (lead,) = (one for one in kept["case_access"] if one["kind_code"] == "lead")
    membership = house.world.membership(COLLEAGUE)
    copy_back("case_access", lead, id=UUID(int=(1 << 128) - 1), membership_id=membership)
    owner("alter table case_access enable trigger user")
    owner("update \"case\" set state_code = 'draft' where id = %s", case.pk)
    sides = owner("select pg_get_functiondef('case_sides'::regproc) as made")[0]["made"]
    owner(sides[: sides.index("AS $")] + "AS $x$ begin return array['L', 'S']; end $x$")
    before, thrown = alarms(), ""
    try:
        house.as_(COLLEAGUE, lambda actor: cases.discard(actor, Case.objects.get(pk=case.pk), version=case.version))
    except (NotVisible, NotNow, NotAllowed) as refusal:
        thrown = repr(refusal)
    told = alarms() != before
    owner(sides)
    put_back(case, row, kept, wraps)
    owner(index)
    read: dict[str, Any] = {}
    with suppress(NotVisible, NotNow, NotAllowed):
        read = contact(house, case)
    tried()
    assert read, f"a backup was put back, and her case is lost for good; alarm when it was thrown away: {told} {thrown}"
