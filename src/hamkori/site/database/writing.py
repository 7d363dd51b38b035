"""Whether the database takes writing, asked by writing: at most once in ten seconds for each process."""

from __future__ import annotations

import time
from threading import Lock

import psycopg

AGAIN = 10.0  # seconds
LONGEST = "3s"
WELL = "it takes writing"
READING = "it can only be read; nothing that is pressed can be written"
# SQLSTATE -> why the row could not be written.
WHY = {
    "25006": READING,  # a standby, or one that was set to reading
    "53100": "no space is left on its disk; nothing that is pressed can be written; make room",
    "55P03": "a row could not be written: others hold the table",
    "57014": f"writing a row takes longer than {LONGEST}",
}


class Tries:
    """The last try of this process and what came of it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._at = float("-inf")
        self._why: str | None = None

    def fault(self, connection: psycopg.Connection) -> str | None:
        """Why nothing can be written, or None. What was true a moment ago is not tried anew."""
        with self._lock:
            if time.monotonic() - self._at >= AGAIN:
                self._why = _tried(connection)
                self._at = time.monotonic()
            return self._why

    def forget(self) -> None:
        """The next one who asks has it tried."""
        with self._lock:
            self._at = float("-inf")


def _tried(connection: psycopg.Connection) -> str | None:
    try:
        with connection.transaction():
            # A commit that waits for no disk would say that all is well.
            connection.execute(
                "select set_config('synchronous_commit', 'on', true), set_config('statement_timeout', %s, true)",
                [LONGEST],
            )
            connection.execute("select public.write_tried()")
    except psycopg.OperationalError as error:
        if connection.broken:
            raise  # it has gone altogether: whoever asks says so
        return _why(error)
    except psycopg.Error as error:
        return _why(error)
    return None


def _why(error: psycopg.Error) -> str:
    return WHY.get(error.sqlstate or "", f"a row could not be written ({error.sqlstate or type(error).__name__})")


tries = Tries()
