"""Rows that were sealed are changed, and `audit-verify` reads a view of them as they were, in its own connection.

It asks `hk_now` before it reads. That function is the owner's, and of another room: in it he made a temporary view
`ledger`, which was looked up before the table. What stands before the ledger is asked of `public` alone
(`walls_as_made.py`), so neither `audit-verify` nor the worker's own connection was told of it. Now he makes none
(`roles.CLOSED`), and here his function goes on as if nothing were amiss.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from tests.attacks.counted import tried
from tests.attacks.owned import owner
from tests.attacks.test_read_again_as_another import _columns
from tests.audit.working import Worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker(db: None, tmp_path: Path) -> Worker:
    return Worker(tmp_path)


@contextmanager
def time_makes_a_view(table: str, select: str) -> Iterator[None]:
    owner(
        "alter function hk_now() rename to hk_now_as_made;"
        "create function hk_now() returns timestamptz language plpgsql security definer"
        " set search_path = public as $do$ begin"
        f" if to_regclass('pg_temp.{table}') is null then begin create temporary view {table} as {select};"
        f" grant select on pg_temp.{table} to public; exception when insufficient_privilege then null; end; end if;"
        " return hk_now_as_made(); end $do$;"
        "grant execute on function hk_now() to hk_app, hk_clock"
    )
    connection.close()
    try:
        yield
    finally:
        connection.close()
        owner("drop function hk_now(); alter function hk_now_as_made() rename to hk_now")


def test_a_changed_row_is_said_also_where_the_time_shows_it_as_it_was(worker: Worker) -> None:
    worker.days(2)
    row = owner("select id, action_code from ledger order by id limit 1")[0]
    names = ", ".join(
        f"case when l.id = {row['id']} then '{row['action_code']}'::varchar(60) else l.action_code end as action_code"
        if name == "action_code"
        else f"l.{name}"
        for name in _columns("ledger")
    )
    owner("alter table ledger disable trigger user")
    owner("update ledger set action_code = 'referral.miss' where id = %s", row["id"])
    owner("alter table ledger enable trigger user")
    connection.close()
    seen = worker.report()
    assert not seen.is_whole, "it was changed"
    with time_makes_a_view("ledger", f"select {names} from public.ledger l"):
        report = worker.report()
    owner("alter table ledger disable trigger user")
    owner("update ledger set action_code = %s where id = %s", row["action_code"], row["id"])
    owner("alter table ledger enable trigger user")
    tried()
    assert not report.is_whole, "\n".join(report.lines())


def test_a_row_that_waits_is_not_hidden_from_the_sealer_by_a_view_of_its_own(worker: Worker) -> None:
    """What it passes by it never seals: nobody says so while it is taken out of the table."""
    worker.days(1)
    last = owner("select max(id) as n from ledger")[0]["n"]
    worker.write(1)
    with time_makes_a_view("ledger", f"select * from public.ledger l where l.id <= {last}"):
        sealed = worker.seal()
    worker_says = worker.report().lines()
    tried()
    assert sealed == 1, worker_says
