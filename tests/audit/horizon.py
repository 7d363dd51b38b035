"""Waiting for other transactions of the server to end: tests beside ours write too, and the sealer waits for them."""

import time

from django.db import connection

from tests.database import as_role


def settled() -> None:
    """Until all that is in the ledger lies below the oldest running transaction; a minute at most."""
    deadline = time.monotonic() + 60
    with as_role("hk_clock"), connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(
                "select coalesce(max(tx), 0) < pg_snapshot_xmin(pg_current_snapshot())::text::bigint,"
                " pg_sleep(0.01) from ledger where cluster = (select system_identifier from pg_control_system())"
            )
            if cursor.fetchone()[0]:
                return
    raise AssertionError("somebody has been writing for a minute")
