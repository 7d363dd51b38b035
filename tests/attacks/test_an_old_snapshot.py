"""A session's own SQL under REPEATABLE READ: what is asked again under a lock is answered as it was before.

Red on 3f5130e: a request was sent and finished after her word, and somebody who was released worked on in the case.
"""

from __future__ import annotations

import psycopg
import pytest
from psycopg import IsolationLevel

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from tests.attacks.counted import tried
from tests.casework.racing import COLLEAGUE, DESK, LEAD, House
from tests.database import raw, worker

pytestmark = [pytest.mark.alarms, pytest.mark.usefixtures("house")]

OLDER = (IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE)


@pytest.mark.parametrize("level", OLDER)
@pytest.mark.parametrize("who", [LEAD, DESK, COLLEAGUE])
def test_nobody_asks_under_an_older_snapshot(house: House, who: str, level: IsolationLevel) -> None:
    with raw("hk_app") as hers:
        hers.isolation_level = level
        hers.execute("select set_config('hk.token', %s, true)", [house.token(who)])
        for asks in ("select me()", "select my_session()", "select my_org()", "select my_user()"):
            assert hers.execute(asks.encode()).fetchone() == (None,)
            tried()
        hers.rollback()
        hers.isolation_level = None
        hers.execute("select set_config('hk.token', %s, true)", [house.token(who)])
        assert hers.execute("select me()").fetchone() != (None,)


@pytest.mark.parametrize("level", OLDER)
def test_nothing_is_sent_after_her_word(house: House, level: IsolationLevel) -> None:
    case, referral = house.sent()
    with raw("hk_app") as hers:
        hers.isolation_level = level
        hers.execute("select set_config('hk.token', %s, true)", [house.token(DESK)])
        hers.execute("select 1 from pg_class limit 1")
        house.as_(LEAD, lambda actor: consent.withdraw(actor, Case.objects.get(pk=case.pk), how_said="in_person"))
        assert hers.execute("select count(*) from referral where id = %s", [referral.pk]).fetchone() == (0,)
        accepts = "select take('referral', %s, 'accept', null, %s, '{}'::jsonb, null)"
        with pytest.raises(psycopg.Error):
            hers.execute(accepts, [referral.pk, referral.version])
        hers.rollback()
    tried()


@pytest.mark.parametrize("level", OLDER)
def test_nobody_is_the_worker_under_an_older_snapshot(house: House, level: IsolationLevel) -> None:
    with worker() as clock:
        assert clock.execute("select worker_here()").fetchone() == (True,)
        clock.rollback()
        clock.isolation_level = level
        with pytest.raises(psycopg.Error) as refused:
            clock.execute("select worker_here()")
        assert refused.value.sqlstate == "HK413"
        clock.rollback()
        clock.isolation_level = None
    tried()
