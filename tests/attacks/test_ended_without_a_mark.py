"""She wants one request ended; the owner of the database says for that moment that it has ended already.

`referral.withdraw` believes the state of the row: False, the page goes on as after an ending, and no mark is written.
Then he puts the state back, and her name is read on, without an alarm. The same where he says that the row is held and
that her word beside it is not needed. Red on 3f58cb0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.owned import owner, refused
from tests.attacks.test_former_permits import reads
from tests.casework.racing import LEAD, WORKER, House

pytestmark = pytest.mark.alarms
HELD = """
create or replace function referral_lock(p_referral uuid) returns void language plpgsql as $$
begin raise exception 'held' using errcode = '55P03'; end $$;
create or replace function referral_word_put(p_referral uuid, p_how_said text) returns boolean
  language sql as $$ select false $$;
"""
OURS = ("referral_lock(uuid)", "referral_word_put(uuid,text)")


def wants_it_ended(house: House, who: str, referral: Referral) -> Any:
    def do(actor: Any) -> bool:
        return send.withdraw(actor, Referral.objects.get(pk=referral.pk), how_said="in_person")

    return house.as_(who, do)


@pytest.fixture
def functions() -> Iterator[Any]:
    kept = [owner(f"select pg_get_functiondef('{one}'::regprocedure) as made")[0]["made"] for one in OURS]

    def back() -> None:
        for one in kept:
            owner(one)

    yield back
    back()


@pytest.mark.parametrize("who", [LEAD, WORKER])
def test_what_is_called_ended_while_she_says_it_is_ended_for_good(house: House, who: str) -> None:
    _case, referral = house.accepted()
    owner("update referral set state_code = 'finished' where id = %s", referral.pk)
    assert wants_it_ended(house, who, referral) is False
    owner("update referral set state_code = 'accepted' where id = %s", referral.pk)
    tried()
    with refused("permit"):
        reads(house, referral)


def test_what_is_called_held_while_she_says_it_is_ended_for_good(house: House, functions: Any) -> None:
    _case, referral = house.accepted()
    owner(HELD)
    assert wants_it_ended(house, LEAD, referral) is False
    functions()
    tried()
    with refused("permit"):
        reads(house, referral)


def test_a_recall_that_is_refused_as_ended_is_ended_for_good(house: House) -> None:
    """Nothing of the refusal is kept but the mark; a request that has ended in truth has one already."""
    _case, referral = house.accepted()
    owner("update referral set state_code = 'finished' where id = %s", referral.pk)

    def recalls(actor: Any) -> None:
        found = Referral.objects.get(pk=referral.pk)
        send.recall(actor, found, version=found.version, reason="mistake")

    with pytest.raises(NotNow, match="from_state"):
        house.as_(LEAD, recalls)
    owner("update referral set state_code = 'accepted' where id = %s", referral.pk)
    tried()
    with refused("permit"):
        reads(house, referral)
