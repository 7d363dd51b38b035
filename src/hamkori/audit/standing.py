"""Whether the sealer does its work, for `status` and for whoever verifies: what is not sealed proves nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import psycopg

from hamkori.audit import vouched, walls_as_made
from hamkori.audit.signing import SigningRefused
from hamkori.audit.witness import Witness, WitnessRefused

STILL = timedelta(seconds=60)
"""A sealer that works beats every second."""

LATE = timedelta(seconds=120)
"""No row waits as long for its batch, and no batch for its signature."""


@dataclass(frozen=True)
class Standing:
    """What the database says of the sealer. `beat`: how long ago it worked, None if never; `waiting`: rows in no batch;
    `waits` and `unsigned`: how long the oldest of them, and of the batches without a signature, has waited; `has_row`:
    whether the row is there whose lock it takes.
    """

    beat: timedelta | None
    waiting: int
    waits: timedelta | None
    unsigned: timedelta | None
    has_row: bool = True

    def faults(self) -> list[str]:
        """What is wrong, a sentence each; nothing if the sealer works."""
        said = [] if self.has_row else [f"the sealer refuses: {WitnessRefused('row_missing')}"]
        # A beat of the future is one that somebody wrote to hide that there is none.
        if self.beat is not None and abs(self.beat) > STILL:
            said.append(f"the sealer has not worked since {_long(abs(self.beat))}")
        if self.waits is not None and self.waits > LATE:
            said.append(f"{self.waiting} {_rows(self.waiting)} for the sealer since {_long(self.waits)}")
        if self.unsigned is not None and self.unsigned > LATE:
            said.append(f"what was sealed is not signed since {_long(self.unsigned)}")
        return said


def ask(connection: psycopg.Connection) -> Standing:
    """The same question for the logins of pages and of the clock."""
    row = connection.execute("select beat, waiting, waits, unsigned, has_row from sealer_standing()").fetchone()
    assert row is not None, "the function always answers with one row"
    return Standing(*row)


def seen(connection: psycopg.Connection) -> list[str]:
    """All that is wrong by the database's word, and whether those who say it are as this source made them."""
    return [*ask(connection).faults(), *walls_as_made.changed(connection)]


def faults(connection: psycopg.Connection, witness: Witness) -> list[str]:
    """For `status`, as the clock's login: all that is wrong, also that the database lacks what the worker sealed last.

    On a machine where the worker's files are not, or not for this user, the database's word is all there is.
    """
    said = seen(connection)
    try:
        head = witness.head()
        foreign = vouched.reason(connection, witness, head)
    except WitnessRefused as refused:
        if refused.reason != "head_missing" or witness.is_here():
            said.append(f"the sealer refuses: {refused}")
        return said
    except (PermissionError, SigningRefused):  # what is wrong with the signing key is said elsewhere
        return said
    row = connection.execute("select chain from ledger_seal where id = %s", [head.batch]).fetchone()
    signed = connection.execute("select coalesce(max(number), 0) >= %s from ledger_checkpoint", [head.checkpoint])
    if head.batch and (row is None or bytes(row[0]) != head.chain):
        said.append(f"the sealer refuses: {WitnessRefused('head_lost')}")
    elif signed.fetchone() == (False,):
        said.append(f"the sealer refuses: {WitnessRefused('checkpoint_lost')}")
    elif foreign:
        said.append(f"the sealer refuses: {WitnessRefused(foreign)}")
    return said


def _rows(number: int) -> str:
    return "row waits" if number == 1 else "rows wait"


def _long(time: timedelta) -> str:
    minutes = int(time.total_seconds()) // 60
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
