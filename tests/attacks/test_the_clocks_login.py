"""The password of the clock's login, and not the worker's files.

Red on 3464221: with `hk_clock` alone the clocks of a waiting request were moved back and the request was ended without
a row of the ledger or a notice, put off to infinity, and its notices marked as mailed; the sealer's beat, rows "of the
system", jobs and a batch that stopped the sealer for good were written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, LiteralString

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from hamkori.casework.referral.models import Referral, ReferralClock
from hamkori.casework.work.actions import clock
from hamkori.notices.models import NoticeMail
from tests import database
from tests.attacks.counted import tried
from tests.casework.racing import House, state
from tests.database import address, as_role, god

REFUSED = "HK413"
LONG_AGO = "2020-01-01T00:00:00+00:00"


@contextmanager
def stolen() -> Iterator[psycopg.Connection]:
    """A connection with the password, and nothing else of the worker's."""
    with psycopg.connect(address("hk_clock"), autocommit=True) as opened:
        yield opened


@pytest.fixture
def waiting(house: House) -> ReferralClock:
    """The clock of the answer of a request that was sent and waits."""
    _case, referral = house.sent()
    return clock_of(referral)


def clock_of(referral: Referral) -> ReferralClock:
    with transaction.atomic(), god():
        return ReferralClock.objects.get(referral_id=referral.pk, clock_code="answer")


def vainly(connection: psycopg.Connection, statement: LiteralString, *values: Any) -> None:
    """Tried as somebody who looks at no answer."""
    with suppress(psycopg.Error):
        connection.execute(statement, values)


def refuses(connection: psycopg.Connection, statement: str, *values: Any) -> None:
    with pytest.raises(psycopg.Error) as refused:
        connection.execute(statement, values)
    assert refused.value.sqlstate == REFUSED, f"{statement}: {refused.value}"
    tried()


def sqlstate_of(connection: psycopg.Connection, statement: str) -> str | None:
    try:
        connection.execute(statement)
    except psycopg.Error as error:
        return error.sqlstate
    return None


def back(clock: ReferralClock) -> str:
    """The same clock, all of it long ago."""
    rungs = [rung | {"at": LONG_AGO} for rung in clock.rungs]
    moved = {"due_at": LONG_AGO, "next_at": LONG_AGO, "rungs": rungs, "calendar_version": clock.calendar_version}
    return json.dumps(moved | {"started_at": clock.started_at.isoformat()})


# --- what was done with the password ------------------------------------------------------------------------------


def test_no_request_that_waits_is_ended(waiting: ReferralClock) -> None:
    with stolen() as thief:
        moved = (waiting.pk, waiting.calendar_version, back(waiting))
        vainly(thief, "select clock_recompute(%s, %s, %s::jsonb)", *moved)
        vainly(thief, "select clock_rung(%s, 'told', null, null)", waiting.pk)
        lapses = "select tick('referral', %s, 'lapse', jsonb_build_object('reason_code', 'no_answer'))"
        vainly(thief, lapses, waiting.referral_id)
    assert state(Referral(pk=waiting.referral_id)) == "sent"
    tried()


@pytest.mark.parametrize("when", ["infinity", "9999-01-01"])
def test_no_clock_is_put_off(waiting: ReferralClock, when: str) -> None:
    with stolen() as thief:
        vainly(thief, "select clock_look(%s, %s)", waiting.pk, when)
        vainly(thief, "select clock_rung(%s, 'reminder', %s, null)", waiting.pk, when)
    assert clock_of(Referral(pk=waiting.referral_id)).next_at == waiting.next_at
    tried()


def test_no_notice_is_marked_as_mailed(waiting: ReferralClock) -> None:
    with stolen() as thief:
        vainly(thief, "update notice_mail set mailed_at = hk_now()")
    with transaction.atomic(), god():
        mails = NoticeMail.objects.filter(notice__about_id=waiting.referral_id)
        assert mails.exists()
        assert not mails.exclude(mailed_at=None).exists()
    tried()


def test_a_worker_that_is_not_known_fails_aloud(waiting: ReferralClock) -> None:
    """No act of it counts as one that somebody else was faster with, and no alarm says that a proof was changed."""
    with transaction.atomic(), god(), connection.cursor() as cursor:
        cursor.execute("update referral_clock set next_at = hk_now() where id = %s", [waiting.pk])
        cursor.execute(
            "update referral_clock set rungs = jsonb_set(rungs, '{0,at}', to_jsonb(hk_now())) where id = %s",
            [waiting.pk],
        )
    with transaction.atomic(), as_role("hk_clock"), connection.cursor() as cursor:
        cursor.execute("select set_config('hk.worker', 'another', true)")
        with pytest.raises(OperationalError, match="worker refused"), transaction.atomic():
            clock.tick()
    tried()


def counted(table: LiteralString) -> list[tuple[Any, ...]]:
    with psycopg.connect(address("postgres")) as superuser:
        return superuser.execute("select * from " + table).fetchall()


WRITES: dict[LiteralString, LiteralString] = {
    "ledger": (
        "select ledger_system('referral.lapse', 'done', '', '', '', null, null, '', null, null, '', null, null)"
    ),
    "ledger_seal": (
        "insert into ledger_seal (id, cluster, first_tx, next_tx, count, leaves, root, chain, at)"
        " values (999, 1, 0, 1, 0, '', '', '', hk_now())"
    ),
    "ledger_checkpoint": (
        "insert into ledger_checkpoint (seal_id, signature, at, number) values (999, '', hk_now(), 999)"
    ),
    "sealer": "update sealer set beat = 'infinity', head_mailed_on = '2999-01-01'",
    "procrastinate_jobs": (
        "insert into procrastinate_jobs (queue_name, task_name, lock, status)"
        " values ('default', 'none', 'clock', 'doing')"
    ),
    "procrastinate_workers": "insert into procrastinate_workers (last_heartbeat) values ('2999-01-01')",
    "worker_beat": "select worker_beats('tick')",
    "clock_failure": "select clock_failed('tick', 'nothing', null)",
}


@pytest.mark.parametrize("table", WRITES)
def test_no_row_is_written(house: House, table: LiteralString) -> None:
    before = counted(table)
    with stolen() as thief:
        vainly(thief, WRITES[table])
    assert counted(table) == before
    tried()


def test_no_table_can_be_locked(house: House) -> None:
    """Red on 3464221: the tables of the queue could, and clock, mail and sealer stood for as long.

    An INSERT alone allows a lock that only waits for whoever migrates.
    """
    with psycopg.connect(address("hk_clock")) as thief:
        tables = thief.execute(
            "select oid::regclass::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
        )
        for (name,) in tables.fetchall():
            for mode in ("share", "exclusive", "access exclusive"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    thief.execute(f"lock table {name} in {mode} mode nowait")
                thief.rollback()
                tried()


# --- all that it may do -------------------------------------------------------------------------------------------

ASKS: dict[str, str] = {
    "clock_failed": "'tick', 'nothing', null",
    "clock_look": "null, null",
    "clock_recompute": "null, 1, '{}'",
    "clock_rung": "null, 'told', null, null",
    "ledger_alarm_line": "null, 'proof', null",
    "ledger_system": "'referral.lapse', 'done', '', '', '', null, null, '', null, null, '', null, null",
    "notice_clock": "'case', gen_random_uuid(), '{N}', 'now', '', '', true, true",
    "packets_narrow": "",
    "packets_sweep": "",
    "referral_word_take": "null",
    "service_usual_time": "",
    "set_aside_forget": "",
    "tick": "'case', null, 'discard', '{}'",
    "two_person_expire": "null",
    "typed_forget": "",
    "worker_beats": "'tick'",
    "worker_here": "",
}
"""What only the clock may do, and a call of it: each asks for the secret first."""

HARMLESS = {
    "continuity_due": "two counts, for `status`",
    "hk_now": "the time",
    "referral_expires": "of one request when it expires, which it has to know: whether a yes by telephone counts",
    "referral_consent": "of one request until when it is agreed; the columns that it reads, this login reads anyway",
    "referrals_ran_out": "ids that this login reads anyway, and a day",
    "referrals_unagreed": "ids that this login reads anyway",
    "sealer_standing": "ages and a count, for `status`",
    "tj_fold": "letters in, letters out",
    "tj_key": "letters in, letters out",
    "two_person_due": "ids of questions that nobody has answered in time",
    "worker_comes": "says no as soon as a worker is known; makes one known where none is, and only once",
    "worker_is_known": "yes or no",
    "worker_signs": "ages, for `status`",
    "write_tried": "a row of nothing in a table that is emptied at 1 MB; `status` asks whether the disk is full",
}
"""What somebody with the password may call, and why nobody is kept from anything by it."""

QUEUE: dict[str, str] = {
    "procrastinate_cancel_job_v1": "1, false, true",
    "procrastinate_defer_jobs_v1": (
        "array[row('default', 'none', 0, 'clock', null, '{}', null)::procrastinate_job_to_defer_v1]"
    ),
    "procrastinate_defer_periodic_job_v2": "'default', 'clock', 'tick', 'none', 0, '', 1, '{}'",
    "procrastinate_fetch_job_v2": "array['default'], 1",
    "procrastinate_finish_job_v1": "1, 'failed', true",
    "procrastinate_prune_stalled_workers_v1": "0",
    "procrastinate_register_worker_v1": "",
    "procrastinate_retry_job_v1": "1, now(), 0, 'default', 'clock'",
    "procrastinate_retry_job_v2": "1, now(), 0, 'default', 'clock'",
    "procrastinate_unregister_worker_v1": "1",
    "procrastinate_update_heartbeat_v1": "1",
}
"""The queue's own functions, by which alone it is written."""

WRITTEN: dict[str, tuple[str, ...]] = {
    "ledger_checkpoint": (WRITES["ledger_checkpoint"],),
    "ledger_seal": (WRITES["ledger_seal"],),
    "notice_mail": ("update notice_mail set mailed_at = hk_now()", "select notice_id from notice_mail for update"),
    "sealer": ("update sealer set beat = null", "select id from sealer for update"),
}
"""The tables that this login writes itself, and what is refused there."""

MAY_CALL = """
select p.proname
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
 where n.nspname not in ('pg_catalog', 'information_schema') and has_function_privilege('hk_clock', p.oid, 'execute')
"""
MAY_WRITE = """
select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where n.nspname not in ('pg_catalog', 'information_schema') and c.relkind in ('r', 'p', 'v', 'm', 'f')
   and (has_any_column_privilege('hk_clock', c.oid, 'insert, update') or has_table_privilege('hk_clock', c.oid,
        'delete, truncate, references, trigger, maintain'))
"""
MAY_COUNT = """
select c.relname from pg_class c
 where case when c.relkind = 'S' then has_sequence_privilege('hk_clock', c.oid, 'usage, update') else false end
"""


def test_whatever_it_may_call_or_write_asks_or_is_harmless(house: House) -> None:
    with stolen() as thief:
        called = {name for (name,) in thief.execute(MAY_CALL)}
        written = {name for (name,) in thief.execute(MAY_WRITE)}
        numbered = {name for (name,) in thief.execute(MAY_COUNT)}
    assert called == {*ASKS, *QUEUE, *HARMLESS}
    assert (written, numbered) == (set(WRITTEN), set())


@pytest.mark.parametrize(("name", "values"), (ASKS | QUEUE).items())
def test_each_act_of_the_clock_asks_first(house: House, name: str, values: str) -> None:
    statement = f"select {name}({values})"
    with stolen() as thief:
        refuses(thief, statement)
        for guess in ("", "0" * 64, "hk_clock"):
            thief.execute("select set_config('hk.worker', %s, false)", [guess])
            refuses(thief, statement)
    with database.raw("hk_clock") as worker:
        # The worker is let in, whatever becomes of an act on nothing.
        assert sqlstate_of(worker, statement) != REFUSED


@pytest.mark.parametrize("table", WRITTEN)
def test_each_table_asks_first(waiting: ReferralClock, table: str) -> None:
    with stolen() as thief:
        for statement in WRITTEN[table]:
            refuses(thief, statement)


@pytest.mark.parametrize("login", ["hk_app", "hk_clock"])
def test_no_login_reads_what_the_secret_is_compared_with(house: House, login: str) -> None:
    with psycopg.connect(address(login), autocommit=True) as opened:
        for statement in (
            "select secret_hash from worker_known",
            "select id from worker_known for update",
            "delete from worker_known",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                opened.execute(statement)
            tried()


def test_nobody_becomes_the_worker_beside_the_one_that_is_known(house: House) -> None:
    with stolen() as thief:
        assert thief.execute("select worker_comes(sha256('another'))").fetchone() == (False,)
        thief.execute("select set_config('hk.worker', 'another', false)")
        refuses(thief, "select worker_here()")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            thief.execute("set role hk_owner")
    tried()


BECOMES = {"by its options": "", "by a setting of the login": "alter role hk_clock set role = 'hk_owner'"}


@pytest.mark.parametrize("how", BECOMES)
def test_nobody_begins_as_the_owner_who_need_not_ask(house: House, how: str) -> None:
    """`worker_here()` believes the setting `role`: PostgreSQL lets nobody set it who may not become that role."""
    try:
        with stolen() as thief, suppress(psycopg.Error):
            thief.execute(BECOMES[how] or "select 1")
        with suppress(psycopg.Error):
            options = "" if BECOMES[how] else "-c role=hk_owner"
            with psycopg.connect(address("hk_clock"), autocommit=True, options=options) as thief:
                refuses(thief, "select worker_here()")
        tried()
    finally:
        with psycopg.connect(address("postgres"), autocommit=True) as superuser:
            superuser.execute("alter role hk_clock reset all")


@pytest.mark.parametrize("when", ["infinity", "-infinity", "9999-01-01"])
def test_the_worker_itself_gives_no_date_that_is_none(waiting: ReferralClock, when: str) -> None:
    """Not even a worker whose files were stolen puts a clock off without end."""
    far = back(waiting).replace(LONG_AGO, when)
    with database.worker(autocommit=True) as worker:
        for statement, values in (
            ("select clock_look(%s, %s)", [waiting.pk, when]),
            ("select clock_rung(%s, 'told', %s, null)", [waiting.pk, when]),
            ("select clock_rung(%s, 'told', null, %s::jsonb)", [waiting.pk, far]),
            ("select clock_recompute(%s, %s, %s::jsonb)", [waiting.pk, waiting.calendar_version, far]),
        ):
            with pytest.raises(psycopg.Error) as refused:
                worker.execute(statement, values)
            assert refused.value.sqlstate == "HK403", statement
            tried()
    assert clock_of(Referral(pk=waiting.referral_id)) == waiting
