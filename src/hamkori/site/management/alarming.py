"""The alarm of a command that mends the ledger's chain, whose user may be one who does not write the file of alarms."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from hamkori.vault.marks import Alarms

NOT_WRITTEN = "The file of alarms could not be written from here: tell the person who looks after the pages."


def of_the_ledger(alarms: Alarms) -> UUID | None:
    """The line of the file of alarms that says it; None: this user may not write that file, which is the pages'."""
    with suppress(OSError):
        if alarms.path.parent.is_dir():
            alarms.raise_for("ledger", "chain")
            line = alarms.line_of("ledger", "chain")
            return line if any(one.line == line for one in alarms.read()[0]) else None
    return None
