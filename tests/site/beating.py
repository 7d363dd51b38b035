"""The signs of life of a worker that is not there: for whoever asks how the server is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from hamkori.site.health import pulse
from tests import database
from tests.database import address

JOBS = ("tick", "seal", "post")


def with_room_on_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked is not how full this machine is."""
    for name in ("OF_THE_PAGES", "OF_STATUS"):
        parts = tuple(part for part in getattr(pulse, name) if part.__name__ != "disk")
        monkeypatch.setattr(pulse, name, parts)


def beat(**seconds_ago: int) -> None:
    """Everything has just been done, but what is named: that was so many seconds ago."""
    with psycopg.connect(address("postgres"), autocommit=True) as superuser:
        for job in JOBS:
            superuser.execute(
                "insert into worker_beat (act_code, at) values (%s, statement_timestamp() - %s * interval '1 second')"
                " on conflict (act_code) do update set at = excluded.at",
                [job, seconds_ago.get(job, 0)],
            )
        superuser.execute("delete from procrastinate_workers")
        superuser.execute(
            "insert into procrastinate_workers (last_heartbeat)"
            " values (statement_timestamp() - %s * interval '1 second')",
            [seconds_ago.get("heartbeat", 0)],
        )


@contextmanager
def unsealed(*, older_by: int) -> Iterator[None]:
    """The ledger holds an act of so many seconds ago that no batch holds."""
    with database.worker(autocommit=True) as clock:
        clock.execute(
            "select ledger_system('referral.lapse', 'done', '', '', '', null, null, '', null, null, '', null, null)"
        )
    with psycopg.connect(address("postgres"), autocommit=True) as superuser:
        superuser.execute("set session_replication_role = replica")
        superuser.execute("update ledger set at = at - %s * interval '1 second'", [older_by])
    yield
