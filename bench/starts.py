"""What a start reads of all cases, and what tagged rows ask of the versions of a key; beside both plain SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg

Timing = Any
WRITES = 1000


def timed(owner: psycopg.Connection, timing: Callable[..., Timing], times: int) -> list[Timing]:
    """Every numbered row of casework beside its mark, as the pages begin, and a thousand questions of writes."""
    from hamkori.casework import raising
    from hamkori.vault import server

    def start() -> None:
        # Multiplied rows have no tag that holds, so nothing is believed here: a true start finds next to nothing ahead.
        for _each in raising.ahead(server.keyring(), server.trust()):
            pass

    def said() -> int:
        return len(owner.execute("select * from consent").fetchall())

    def under() -> None:
        owner.execute("select made_under('tag', 1) from generate_series(1, %s)", [WRITES]).fetchall()

    def newest() -> int:
        question = "select (select max(number) from key_version where name_code = 'tag' and one > 0)"
        return len(owner.execute(f"{question} from generate_series(1, %s) one", [WRITES]).fetchall())

    return [
        timing("numbers beside their marks, at a start", start, said, times),
        timing("version of a key, 1,000 writes", under, newest, times),
    ]
