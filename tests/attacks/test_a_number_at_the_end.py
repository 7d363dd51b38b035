"""A planted row bears the last number that its column holds: nothing can be written past it, her taking back neither.

A row far ahead refuses every yes, and "everything may be taken back all the same" (ADR 0069): `number_past` gives the
number after the planted one. There is none after the last. So all that she takes back was undone, and what was sent
before was read on: the planted row need not be believed by anybody for that. Red on 200c44a.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.owned import owner
from tests.attacks.test_former_permits import reads
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import LEAD, House

pytestmark = pytest.mark.alarms

LAST = 2_147_483_647


def planted(case: Case) -> None:
    owner("alter table consent disable trigger user")
    for one in owner(
        "select conname from pg_constraint where conrelid = 'consent'::regclass and contype = 'c'"
        " and pg_get_constraintdef(oid) like '%%number%%'"
    ):
        owner(f'alter table consent drop constraint "{one["conname"]}"')
    owner(
        "insert into consent select (jsonb_populate_record(c, jsonb_build_object('id', %s::text, 'number', %s))).*"
        " from consent c where case_id = %s",
        str(uuid4()), LAST, case.pk,
    )  # fmt: skip
    owner("alter table consent enable trigger user")


def test_everything_is_taken_back_whatever_number_stands_there(house: House) -> None:
    case, referral = house.accepted()
    planted(case)
    before, fault = alarms(), None
    try:
        house.as_(LEAD, lambda actor: consent.withdraw(actor, case, how_said="in_person"))
    except Exception as error:  # whatever it is, she has said it
        fault = error
    told = alarms() != before
    owner("delete from consent where case_id = %s and number = %s", case.pk, LAST)
    read: dict[str, Any] = {}
    with suppress(Exception):
        read = reads(house, referral)
    tried()
    assert told
    assert isinstance(fault, NotNow)
    assert fault.guard == "unwritten"
    assert read == {}, f"she took everything back ({fault!r}), and her name is read; alarm: {told}"
