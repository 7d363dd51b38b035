"""What any login writes on the disk of the server without a right: words that nobody takes, and its snapshots.

Red on 3f58cb0: one connection listens and stays in a transaction, another says 8,000 bytes again and again: the queue
grows up to 8 GB, which `temp_file_limit` does not hold, and stays for as long as the first one is held. Nothing of ours
needs a word of it. The queue is one for the whole server, so it is filled on a server of its own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg
import pytest

from tests.attacks.counted import tried
from tests.database import address
from tests.site.elsewhere import Elsewhere, migrated

LOGINS = ("hk_app", "hk_clock", "hk_backup")
SAYS = "select count(pg_notify('x', lpad(g::text, 7900, 'x'))) from generate_series(%s::int, %s::int) g"
WAITS = "select pg_notification_queue_usage() * current_setting('max_notify_queue_pages')::int * 8192"
MOST = 16 * 2**20
"""Bytes."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    with migrated() as server:
        yield server


def waits(says: psycopg.Connection) -> float:
    """Bytes. Asking also lets go what nobody waits for any more."""
    row = says.execute(WAITS).fetchone()
    assert row is not None
    return float(row[0])


def fills(says: psycopg.Connection) -> None:
    """Twice as much as may wait, or until the server takes no more."""
    for start in range(0, 4000, 250):
        says.execute(SAYS, [start, start + 249])


@pytest.mark.parametrize("login", LOGINS)
def test_no_login_fills_the_disk_with_words_that_nobody_takes(elsewhere: Elsewhere, login: str) -> None:
    his = elsewhere.address(login)
    with psycopg.connect(his, autocommit=True) as holds, psycopg.connect(his, autocommit=True) as says:
        while waits(says):  # who listened in the test before is leaving
            time.sleep(0.05)
        holds.execute("listen x")
        holds.execute("begin")
        holds.execute("select 1")
        with pytest.raises(psycopg.errors.ProgramLimitExceeded, match="too many notifications"):
            fills(says)
        wait = waits(says)
        holds.execute("rollback")
    assert 0 < wait < MOST, f"{wait / 2**20:.0f} MB wait, and more come"
    tried()


@pytest.mark.django_db
@pytest.mark.parametrize("login", [*LOGINS, "hk_migrate"])
def test_no_login_makes_files_by_asking_for_its_snapshot(login: str) -> None:
    """`pg_export_snapshot()` asks for no right: 20,000 calls made 20,000 files of 4 kB in three seconds (80 MB).

    They stay for as long as the transaction, and `temp_file_limit` counts none of them.
    """
    with psycopg.connect(address(login)) as his, pytest.raises(psycopg.errors.InsufficientPrivilege):
        his.execute("select count(pg_export_snapshot()) from generate_series(1, 100)")
    tried()
