"""A child says no to the police beside an adult's yes, and the database refuses the row: the former yes goes on.

Such a "no" is written as one and is final (`_as_the_child_said`), but what is marked where a press fails (`_refused`)
asked the adult's answer alone. So one trigger that raises kept the child's yes of before, and the police read on it.
ADR 0066: "Her no holds whatever the database does". Red on 87c1ae0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.queries.said import newest
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import says
from tests.attacks.owned import owner
from tests.attacks.test_former_permits import settles
from tests.attacks.test_her_no_is_not_written import raising
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import LEAD, House

pytestmark = pytest.mark.alarms

CHILD = {"speaker": "guardianship_body", "child_answer": "agrees"}


def to_the_police(house: House, case: Case) -> str:
    word = house.as_(LEAD, lambda _actor: newest(case.pk))
    return str(word.as_rules["police", "justice"].answer)


@pytest.mark.parametrize("code", ["P0001", "HK403", "HK409", "42501"])
def test_the_childs_no_holds_whatever_the_database_does(house: House, code: str) -> None:
    case = house.case()
    settles(house, case)
    says(house, case, kind="police", purpose="justice", **CHILD)
    assert to_the_police(house, case) == "yes"
    before = alarms()
    with raising("consent", code), suppress(Exception):
        says(house, case, kind="police", purpose="justice", **{**CHILD, "child_answer": "says_no"})
    told = alarms() != before
    tried()
    assert to_the_police(house, case) == "no", f"the child has said no; alarm: {told}"


@contextmanager
def nobody_locks() -> Iterator[None]:
    """It is refused before anything of the word is read, and before what the child says is marked with its version."""
    owner(
        "alter function case_lock(uuid) rename to case_lock_as_made;"
        "create function case_lock(p uuid) returns void language plpgsql as"
        " $do$ begin raise exception 'no'; end $do$;"
        "grant execute on function case_lock(uuid) to hk_app"
    )
    try:
        yield
    finally:
        owner("drop function case_lock(uuid); alter function case_lock_as_made(uuid) rename to case_lock")


FAILS = (pytest.param(partial(raising, "consent"), id="its row"), pytest.param(nobody_locks, id="the lock"))


@pytest.mark.parametrize("fails", FAILS)
@pytest.mark.parametrize("asked_before", [True, False])
def test_it_is_final_and_pressed_again_it_is_written(
    house: House, asked_before: bool, fails: Callable[[], AbstractContextManager[None]]
) -> None:
    case = house.case()
    settles(house, case)
    says(house, case, **CHILD)
    if asked_before:
        says(house, case, kind="police", purpose="justice", **CHILD)
    no = {**CHILD, "child_answer": "says_no"}
    with fails(), pytest.raises(NotNow, match="unwritten"):
        says(house, case, kind="police", purpose="justice", **no)
    with pytest.raises(NotNow, match="child_final"):
        says(house, case, kind="police", purpose="justice", **CHILD)
    assert to_the_police(house, case) == "no"
    says(house, case, kind="police", purpose="justice", **no)
    word = house.as_(LEAD, lambda _actor: newest(case.pk))
    assert (word.as_rules["police", "justice"].answer, word.unwritten) == ("no", False)
    assert word.as_rules["shelter_social", "help"].answer == "yes"
