"""A registered case is called a draft, and a helper whom nobody let in throws it away: no backup brings it back.

`case.discard` asks no row of whoever throws away (`own_row`), and takes from a column that it is a draft. So the owner
of the database and anybody with an account there raise the mark `erased` of a case that he likes. Rows that he deletes
come back with a backup; what is marked as erased opens for nobody any more, whatever is put back, and no command takes
a mark away. Whom a mark is raised for is to be one of ours. No alarm.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from hamkori.access.actor import Actor
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import section
from hamkori.casework.case.models import Case
from hamkori.refusal import NotAllowed, NotNow, NotVisible
from tests.attacks.counted import tried
from tests.attacks.owned import copy_back, owner
from tests.attacks.test_read_again_as_another import alarms
from tests.attacks.test_released_while_she_says_no import HELPER, planted_lead
from tests.casework.racing import LEAD, House

pytestmark = pytest.mark.alarms

OF_A_CASE = ("section_key", "contact", "place", "case_access")


def contact(house: House, case: Case) -> dict[str, Any]:
    def opens(actor: Actor) -> dict[str, Any]:
        return dict(section.open_section(actor, Case.objects.get(pk=case.pk), section="contact").fields)

    found: dict[str, Any] = house.as_(LEAD, opens)
    return found


def test_her_case_opens_for_its_lead(house: House) -> None:
    case = house.case()
    assert contact(house, case)
    kept = {table: owner(f"select * from {table} where case_id = %s", case.pk) for table in OF_A_CASE}
    wraps = owner(
        "select w.* from section_wrap w join section_key k on k.id = w.section_key_id where k.case_id = %s", case.pk
    )
    row = owner('select to_jsonb(c)::text as row from "case" c where id = %s', case.pk)[0]["row"]
    planted_lead(house, case, HELPER)
    owner("update \"case\" set state_code = 'draft' where id = %s", case.pk)
    before = alarms()
    with suppress(NotVisible, NotNow, NotAllowed):
        house.as_(HELPER, lambda actor: cases.discard(actor, Case.objects.get(pk=case.pk), version=case.version))
    told = alarms() != before
    put_back(case, row, kept, wraps)
    read: dict[str, Any] = {}
    with suppress(NotVisible, NotNow, NotAllowed):
        read = contact(house, case)
    tried()
    assert read, f"a backup was put back, and her case is lost for good; alarm when it was thrown away: {told}"


def put_back(case: Case, row: str, kept: dict[str, list[dict[str, Any]]], wraps: list[dict[str, Any]]) -> None:
    owner('alter table "case" disable trigger user')
    owner(
        'update "case" c set state_code = x.state_code, version = x.version'
        ' from jsonb_populate_record(null::"case", %s::jsonb) x where c.id = x.id',
        row,
    )
    owner('alter table "case" enable trigger user')
    owner("alter table case_access disable trigger user")
    owner("delete from case_access where case_id = %s", case.pk)
    owner("alter table case_access enable trigger user")
    for table, rows in kept.items():
        owner(f"alter table {table} disable trigger user")
        for one in rows:
            if owner(f"select 1 from {table} where id = %s", one["id"]):
                names = [name for name in one if name != "id"]
                sets = ", ".join(f'"{name}" = %s' for name in names)
                owner(f"update {table} set {sets} where id = %s", *(one[name] for name in names), one["id"])
            else:
                copy_back(table, one)
        owner(f"alter table {table} enable trigger user")
    for wrap in wraps:
        if not owner("select 1 from section_wrap where id = %s", wrap["id"]):
            copy_back("section_wrap", wrap)
