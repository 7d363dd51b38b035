"""A crash of the database empties what is in no log; who writes there first afterwards may hold what he has written.

Red on 5ac3d75: the first insert into the empty `vault_session` also wrote the one row of `vault_since`. A transaction
of the pages' login that had done so, without a row and without a session, and stayed open, kept everybody from signing
in, because all others waited for the same key.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, transaction

from hamkori.access.context import new_token, token_hash
from hamkori.site.database.cluster import Cluster
from hamkori.vault import keyring_file
from tests.attacks.counted import tried
from tests.attacks.demos import Demo, that_has_run
from tests.attacks.test_held_transactions import AT_ONCE, day
from tests.casework.racing import DESK, LEAD, House
from tests.database import god, raw
from tests.site.waiting import until

COLUMNS = "session_id, level_code, box, key_no, at"
NOTHING = f"insert into vault_session ({COLUMNS}) select gen_random_uuid(), 'live', '', 1, now() where false"
"""Allowed to the login without any session: no row is written, but each trigger of the statement fires."""
HIS_OWN = f"insert into vault_session ({COLUMNS}) values (my_session(), 'live', '', 1, now())"


def crash() -> None:
    """What PostgreSQL does, at its start after a crash, with every table that is in no log."""
    with transaction.atomic(), god(), connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relpersistence = 'u' and relkind = 'r'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"delete from {name}")


@pytest.mark.parametrize("statement", [NOTHING, HIS_OWN], ids=["nothing", "his own"])
def test_the_first_transaction_after_a_crash_keeps_nobody_out(house: House, statement: str) -> None:
    token = house.token("stranger")
    crash()
    with raw("hk_app") as held:
        held.execute("select set_config('hk.token', %s, true)", ["" if statement == NOTHING else token])
        held.execute(statement.encode())
        waited = []
        for slug in (LEAD, DESK):
            for step in day(house, slug, code=2 if statement == NOTHING else 3):
                begun = time.monotonic()
                assert step().status_code in (200, 302)
                waited.append(time.monotonic() - begun)
                tried()
        assert max(waited) < AT_ONCE
        held.rollback()


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with that_has_run() as made:
        made.run()
        yield made


def sessions(demo: Demo, number: int) -> dict[str, UUID]:
    """Tokens of sessions that last for eight hours. Whose they are does not matter to what is asked here."""
    made = {new_token(): uuid4() for _ in range(number)}
    with psycopg.connect(Cluster(demo.data).superuser_url("hamkori")) as superuser:
        superuser.execute("set session_replication_role = replica")
        for token, session in made.items():
            superuser.execute(
                "insert into access_session (id, token_hash, membership_id, level_code, issued_at, idle_until,"
                " expires_at, stepped_up_at) values (%s, %s, %s, 'mfa', now(), now() + interval '8 hours',"
                " now() + interval '8 hours', now())",
                [session, token_hash(token), uuid4()],
            )
    return made


def shown(demo: Demo) -> str:
    """What its pages show with each token."""
    return f"-c hk.pages={keyring_file.load(demo.data / 'keyring').shown()}"


def as_session(demo: Demo, token: str, statement: str) -> object:
    """One statement in a session, as the pages' login asks it: its answer, committed."""
    with psycopg.connect(demo.address("hk_app"), connect_timeout=3, options=shown(demo)) as pages:
        pages.execute("select set_config('hk.token', %s, true)", [token])
        pages.execute("set local lock_timeout = '2s'")
        asked = pages.execute(statement.encode())
        row = asked.fetchone() if asked.description else None
    return row and row[0]


EMPTIED = "select vault_was_emptied()"


def died(demo: Demo) -> None:
    """The server as `pg_ctl -m immediate` ends it, and started again by who watches it."""
    server = Cluster(demo.data).running()
    assert server is not None
    os.kill(server, signal.SIGQUIT)
    until(lambda: Cluster(demo.data).running() not in (None, server) and demo.age("seal") < 1e5, 30)


@pytest.mark.bulk
def test_what_a_real_crash_has_closed_is_told_apart_from_what_she_closed(demo: Demo) -> None:
    made = sessions(demo, 4)
    was_open, closed, never, first = made
    for token in (was_open, closed):
        as_session(demo, token, HIS_OWN)
    as_session(demo, closed, f"select vault_close('{made[closed]}')")
    for _ in range(2):
        died(demo)
        with psycopg.connect(demo.address("hk_app"), options=shown(demo)) as held:
            held.execute("select set_config('hk.token', %s, true)", [first])
            for statement in (NOTHING, HIS_OWN):
                held.execute(statement.encode())
            told = [as_session(demo, token, EMPTIED) for token in (was_open, closed, never)]
            assert told == [True, False, False], "and a second crash changes nothing"
            held.rollback()
        tried(2)
    with psycopg.connect(demo.address("hk_app"), options=shown(demo)) as held:
        held.execute(NOTHING.encode())
        as_session(demo, was_open, HIS_OWN)
        assert as_session(demo, was_open, EMPTIED) is False, "open again"
        held.rollback()
    as_session(demo, was_open, f"select vault_close('{made[was_open]}')")
    assert as_session(demo, was_open, EMPTIED) is False, "she closed it herself"
    tried()
