"""One login, one row or one word to the queue, and the worker stands for the whole country.

Red on c288705: a member's own SQL made her case's clock one of a foreign calendar and held the case, and the clock, the
mail, the sealer and the copying of alarms waited for her; `pg_notify` by any login made the worker begin anew every two
seconds.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from hamkori.casework.case.models import Case
from hamkori.casework.work.actions import clock
from tests.attacks.counted import tried
from tests.attacks.working import Workers, ask, unsealed, write_a_row
from tests.casework.racing import LEAD, House, committed_house
from tests.database import address, as_role, god, raw
from tests.site.waiting import until

WITHIN = 100.0
"""Seconds, the start of a worker among them; the clock and the mail have a turn every ten."""
KEPT = "select failures from clock_failure where act_code = 'recompute' and fault_code = '55P03'"
BEAT = "select count(*) from worker_beat where at > %s and act_code in ('tick', 'post', 'seal', 'alarms')"


@pytest.fixture
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """One for each test: the files of a worker are of one database."""
    with committed_house(django_db_blocker) as made:
        yield made


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    made = Workers(tmp_path / "log")
    yield made
    made.end()


@contextmanager
def held(house: House, *cases: Case) -> Iterator[None]:
    """Her own cases, which she does not let go of, and whose clocks are due in each turn.

    They are of a calendar that is none. Once she could write that; now the owner does.
    """
    token = house.token(LEAD)
    with ExitStack() as stack:
        for case in cases:
            with transaction.atomic(), god(), connection.cursor() as cursor:
                cursor.execute("update case_clock set calendar_version = 999 where case_id = %s", [case.pk])
            her = stack.enter_context(hers(token))
            her.execute("select case_lock(%s)", [case.pk])
        yield
        tried()


@contextmanager
def hers(token: str) -> Iterator[psycopg.Connection]:
    """The pages' login with her session."""
    with raw("hk_app") as opened:
        opened.execute("select set_config('hk.token', %s, false)", [token])
        yield opened


@pytest.mark.bulk
def test_a_row_that_one_holds_stops_nothing_of_the_worker(house: House, workers: Workers) -> None:
    case = house.case()
    house.agreed(case)
    with held(house, case):
        # What is written from now on is sealed when she ends: her transaction is older. The sealer's turns go on.
        workers.begin()
        until(lambda: ask(KEPT), WITHIN)
        since = ask("select clock_timestamp()")
        until(lambda: ask(BEAT, since) == 4, WITHIN)
    foreign = "select 1 from case_clock where case_id = %s and calendar_version = 999"
    until(lambda: ask(foreign, case.pk) is None, WITHIN)


def test_many_rows_that_one_holds_cost_a_turn_one_wait(house: House) -> None:
    cases = [house.case() for _ in range(8)]
    for case in cases:
        house.agreed(case)
    with held(house, *cases):
        begun = time.monotonic()
        with transaction.atomic(), as_role("hk_clock"), connection.cursor() as cursor:
            cursor.execute("show lock_timeout")
            before = cursor.fetchone()
            cursor.execute("set local lock_timeout = '1s'")
            counts = clock.tick()
            cursor.execute("show lock_timeout")
            assert cursor.fetchone() == before, "the next turn has its patience again"
        assert counts["failed"] == len(cases)
        assert time.monotonic() - begun < 7


@pytest.mark.bulk
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("login", ["hk_app", "hk_backup"])
def test_a_word_to_the_queue_does_not_begin_the_worker_anew(workers: Workers, login: str) -> None:
    workers.begin()
    write_a_row()
    until(lambda: unsealed() == 0)
    with raw(login) as anybody:
        for said in ("x", "{}", '{"type": "abort_job_requested", "job_id": "1"}', "") * 4:
            anybody.execute("select pg_notify('procrastinate_any_queue_v1', %s)", [said])
            anybody.commit()
            tried()
    write_a_row()
    until(lambda: unsealed() == 0)  # as soon as the other tests' transactions are over
    assert "lost its database" not in workers.said()


def test_a_new_job_says_no_word_so_that_no_full_queue_of_words_stops_it() -> None:
    """Red on d339dde: any login fills that queue in three minutes, with 163 s of words that nobody may take away."""
    with psycopg.connect(address("postgres"), autocommit=True) as listening, raw("hk_clock") as clock:
        words: list[str] = []
        listening.add_notify_handler(lambda word: words.append(word.channel))
        for channel in ("procrastinate_any_queue_v1", "procrastinate_queue_v1#default"):
            listening.execute(f'listen "{channel}"'.encode())
        clock.execute(
            "select procrastinate_defer_jobs_v1(array[('default', 'a task', 0, null, null, '{}', null)]"
            "::procrastinate_job_to_defer_v1[])"
        )
        clock.commit()
        listening.execute("select 1")
        assert words == []
    tried()
