"""Whether the ledger has what the file of alarms has: said by `status`, whose login reads all of the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from hamkori.people.late_alarms import missing
from hamkori.site.health.pulse import Here, Sign, span
from hamkori.vault.marks import Alarms

LIMIT = timedelta(minutes=2)  # the worker's grace, and some turns
WHY = "the worker writes them there: does it run, with HAMKORI_MARKS, and may it read the file?"


def late(here: Here) -> Iterator[Sign]:
    """How many lines wait, and since when. Silent where the file is not seen: the sign of the alarms says that."""
    now = datetime.now(UTC)
    try:
        if here.marks is None or not (here.marks / "alarms").is_file():
            return
        found = missing(
            lambda said, lines: here.connection.execute(said, [lines]), Alarms(here.marks / "alarms"), now - LIMIT
        )
    except OSError:
        return
    if found:
        text = f"{len(found)} of the file are not in it, the oldest for {span(now - found[0].at)}; {WHY}"
        yield Sign("Alarms in the ledger", text, well=False)
    else:
        yield Sign("Alarms in the ledger", "all of the file are there", well=True)
