"""A session's own SQL takes a step and says on whose side: hers, or none.

No commit is red here: the wall stood and nothing asked. Were a side taken as it is said, the sender would accept for
the desk, and anybody on a request would take the steps of the clock.
"""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.access.models import LifecycleRow
from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral, ReferralOrigin
from tests.attacks.counted import tried
from tests.attacks.test_after_it_was_sent import accepted, waiting
from tests.cast import World
from tests.database import god

pytestmark = pytest.mark.django_db

NO_SIDE = ("", "OTHER", "s", "S,D")


def answered(statement: str, *values: object) -> object:
    """What the database says: a value, or the SQLSTATE of its refusal."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchone()[0]
    except DatabaseError as error:
        return getattr(error.__cause__, "sqlstate", None)


def takes_on_anothers_side(machine: str, sides_by: str, thing: Referral | Case) -> int:
    """Every step from this state, on every side that is not hers; how many were tried."""
    hers = answered(f"select {sides_by}(%s)", thing.pk)
    assert isinstance(hers, list)
    with god():
        rows = LifecycleRow.objects.filter(machine_code=machine, from_code=thing.state_code)
        acts = set(rows.values_list("step_code", "side_code"))
    acts |= {(step, side) for step, _side in acts for side in NO_SIDE}
    foreign = [(step, side) for step, side in acts if side not in hers]
    for step, side in foreign:
        take = "select take(%s, %s, %s, %s, %s, '{}', '[]')"
        assert answered(take, machine, thing.pk, step, side, thing.version) == ("HK403" if hers else "HK404"), step
        tried()
    return len(foreign)


@pytest.mark.parametrize("who", ["caseworker-cso", "supervisor-cso", "desk-shelter", "shelter-worker", "stranger"])
@pytest.mark.parametrize("begun", [waiting, accepted])
def test_nobody_takes_a_step_of_a_request_on_anothers_side(small_world: World, begun: object, who: str) -> None:
    one = begun(small_world)  # type: ignore[operator]
    with god():
        before = Referral.objects.get(pk=one.pk)
    with small_world.as_(who):
        assert takes_on_anothers_side("referral", "referral_sides", before) >= 10
    with god():
        after = Referral.objects.get(pk=one.pk)
    assert (after.state_code, after.version) == (before.state_code, before.version)


def test_nobody_takes_a_step_of_a_case_on_anothers_side(small_world: World) -> None:
    referral = waiting(small_world)
    with god():
        case = ReferralOrigin.objects.select_related("case").get(referral=referral).case
    for who in ("caseworker-cso", "supervisor-cso", "colleague-cso"):
        with small_world.as_(who):
            assert takes_on_anothers_side("case", "case_sides", case) >= 10
    with god():
        assert Case.objects.get(pk=case.pk).version == case.version
