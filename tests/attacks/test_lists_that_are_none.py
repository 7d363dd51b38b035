"""A list of lists, or none, where a row says who reads: a fault (500) for everybody who works there, and no alarm.

Rows are made facts by `frozenset(...)` before anybody asks whether what stands there is of our types
(`sealing.team`, `packets.workers`, `permits.draft`, `queries._read`), and what cannot be in a set is a TypeError.
`as_declared` comes too late for it. Who owns the tables drops the constraint that keeps lists flat.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hamkori.casework.actions import section, send
from hamkori.casework.models import Case, Referral
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import says
from tests.attacks.owned import owner
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import COLLEAGUE, DESK, LEAD, House

pytestmark = pytest.mark.alarms


def spoil(table: str, column: str, said: str, where: str, *values: Any) -> None:
    owner(f"alter table {table} drop constraint if exists list_is_one_{column}")
    owner(f"alter table {table} alter column {column} drop not null")
    owner(f"alter table {table} disable trigger user")
    owner(f"update {table} set {column} = {said} where {where}", *values)
    owner(f"alter table {table} enable trigger user")


def a_new_key(house: House, said: str) -> None:
    case = house.case(COLLEAGUE)
    spoil("case_access", "sections", said, "case_id = %s and membership_id = %s",
          case.pk, house.world.membership(COLLEAGUE))  # fmt: skip

    def do(actor: Any) -> None:
        found = Case.objects.get(pk=case.pk)
        section.write_section(actor, found, section="needs", fields={"needs": "later"}, seal_no=0)

    house.as_(LEAD, do)


def an_addition(house: House, said: str) -> None:
    case, referral = house.accepted()
    says(house, case)
    spoil("referral_access", "sections", said, "referral_id = %s", referral.pk)

    def do(actor: Any) -> None:
        found = Referral.objects.get(pk=referral.pk)
        send.add(actor, found, version=found.version, sections=["contact"])

    house.as_(LEAD, do)


def a_sending(house: House, said: str) -> None:
    case = house.case()
    draft = house.draft(case)
    says(house, case)
    spoil("referral_sender", "sections", said, "referral_id = %s", draft.pk)

    def do(actor: Any) -> None:
        found = Referral.objects.get(pk=draft.pk)
        send.send(actor, found, version=found.version)

    house.as_(LEAD, do)


def an_acceptance(house: House, said: str) -> None:
    _case, referral = house.sent()
    spoil("referral_sender", "sections", said, "referral_id = %s", referral.pk)
    house.as_(DESK, lambda actor: house.accept(actor, referral))


@pytest.mark.parametrize("said", ["'{{contact}}'", "null"])
@pytest.mark.parametrize("deed", [a_new_key, an_addition, a_sending, an_acceptance])
def test_it_is_refused_with_an_alarm_and_is_no_fault(
    house: House, deed: Callable[[House, str], None], said: str
) -> None:
    before = alarms()
    fault: BaseException | None = None
    try:
        deed(house, said)
    except Exception as error:
        fault = error
    tried()
    assert fault is None or isinstance(fault, NotNow), f"{fault!r}; alarm: {alarms() != before}"
