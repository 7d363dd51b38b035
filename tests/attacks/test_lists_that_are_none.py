"""A list of lists, or none, where a row says who reads: a fault (500) for everybody who works there, and no alarm.

Rows are made facts by `frozenset(...)` before anybody asks whether what stands there is of our types
(`sealing.team`, `packets.workers`, `permits.draft`, `queries._read`), and what cannot be in a set is a TypeError.
`as_declared` comes too late for it. Who owns the tables drops the constraint that keeps lists flat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from hamkori.casework.case.actions import section
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import says
from tests.attacks.owned import owner
from tests.attacks.test_planted_casework import part_row, team_row
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import COLLEAGUE, DESK, LEAD, WORKER, House

pytestmark = pytest.mark.alarms


@contextmanager
def loosened(table: str, column: str) -> Iterator[None]:
    """Past every trigger and every check of lists, as an owner writes; what is mended within is checked again."""
    name = f"list_is_one_{column}"
    made = owner(
        "select pg_get_constraintdef(oid) as made from pg_constraint where conrelid = %s::regclass and conname = %s",
        table, name,
    )  # fmt: skip
    owner(f"alter table {table} drop constraint if exists {name}")
    owner(f"alter table {table} alter column {column} drop not null")
    owner(f"alter table {table} disable trigger user")
    try:
        yield
    finally:
        owner(f"alter table {table} enable trigger user")
        owner(f"alter table {table} alter column {column} set not null")
        for one in made:
            owner(f"alter table {table} add constraint {name} {one['made']}")


@contextmanager
def spoilt(table: str, key: str, row: Any, said: str) -> Iterator[None]:
    with loosened(table, "sections"):
        was = owner(f"select sections from {table} where {key} = %s", row)[0]["sections"]
        owner(f"update {table} set sections = {said} where {key} = %s", row)
        owner(f"alter table {table} enable trigger user")
        try:
            yield
        finally:
            owner(f"alter table {table} disable trigger user")
            owner(f"update {table} set sections = %s where {key} = %s", was, row)


def a_new_key(house: House, said: str) -> None:
    case = house.case(COLLEAGUE)

    def do(actor: Any) -> None:
        found = Case.objects.get(pk=case.pk)
        section.write_section(actor, found, section="needs", fields={"needs": "later"}, seal_no=0)

    with spoilt("case_access", "id", team_row(case, house, COLLEAGUE)["id"], said):
        house.as_(LEAD, do)


def an_addition(house: House, said: str) -> None:
    case, referral = house.accepted()
    says(house, case)

    def do(actor: Any) -> None:
        found = Referral.objects.get(pk=referral.pk)
        send.add(actor, found, version=found.version, sections=["contact"])

    with spoilt("referral_access", "id", part_row(referral, house, WORKER)["id"], said):
        house.as_(LEAD, do)


def a_sending(house: House, said: str) -> None:
    case = house.case()
    draft = house.draft(case)
    says(house, case)

    def do(actor: Any) -> None:
        found = Referral.objects.get(pk=draft.pk)
        send.send(actor, found, version=found.version)

    with spoilt("referral_sender", "referral_id", draft.pk, said):
        house.as_(LEAD, do)


def an_acceptance(house: House, said: str) -> None:
    _case, referral = house.sent()
    with spoilt("referral_sender", "referral_id", referral.pk, said):
        house.as_(DESK, lambda actor: house.accept(actor, referral))


@pytest.mark.parametrize("said", ["'{{contact}}'", "null"])
@pytest.mark.parametrize("deed", [a_new_key, an_addition, a_sending, an_acceptance])
def test_it_is_refused_with_an_alarm_and_no_fault(house: House, deed: Callable[[House, str], None], said: str) -> None:
    before = alarms()
    fault: BaseException | None = None
    try:
        deed(house, said)
    except Exception as error:
        fault = error
    tried()
    assert fault is None or isinstance(fault, NotNow), f"{fault!r}; alarm: {alarms() != before}"
