"""Rows of Today that are of an arrival: their verbs go by the kind of help."""

from __future__ import annotations

from typing import Final

from hamkori.casework.work.queries.due import Due
from hamkori.web.words import arrival, lists

SAYS: Final = {
    "sent.arrival": "did_which",
    "sent.arrival.came": "waits_which",
    "sent.comes": "expected_which",
    "stopped.missed": "missed_which",
    "got.arrival": "got",
    "got.arrival.late": "got_late",
}
"""Kind of row, and what was said of it or that it is late -> its sentence in the table of `arrival`."""


def what(one: Due) -> str:
    """The verb of such a row; '' of any other."""
    closer = f"{one.what}.late" if one.late else f"{one.what}.{one.heard}"
    said = "got_came" if one.came_at is not None else SAYS.get(closer) or SAYS.get(one.what, "")
    return arrival.say(said, one.service, service=lists.label("service", one.service)) if said else ""
