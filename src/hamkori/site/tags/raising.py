"""At the start of the pages: marks that a crash has left behind are raised, and an emptied file is refused."""

from __future__ import annotations

import logging

from hamkori.casework import raising as casework
from hamkori.people import raising as people
from hamkori.site.database.startcheck import LOST_FOR_GOOD, MayNotServe
from hamkori.vault import server
from hamkori.vault.keyring import Keyring

log = logging.getLogger("hamkori.vault")
CHANGED = 2
"""From this number on a row has replaced another one, or has ended: what did that has written a mark."""


def raise_marks(keyring: Keyring) -> None:
    """Return when no row that holds is ahead of its mark. MayNotServe: there is none, where there must be some.

    A new database has an empty file too, until something is changed or ends for the first time. Killed between that
    and its mark, the very first of all, the pages are refused as well: then nothing is lost by `tags rebuild`.
    """
    found = [*people.behind(keyring), *casework.behind(keyring)]
    changed = [one for one in found if one.number >= CHANGED]
    missing, by_clock = len(changed), sum(one.by_clock for one in changed)
    if missing and not server.marks().all():
        raise MayNotServe(
            f"The marks {server.marks().path} are empty, and this database has {missing} rows that must have one."
            f" {LOST_FOR_GOOD}"
        )
    if by_clock:
        log.info("marks written for %s rows that a time limit has ended since the last start", by_clock)
    if missing > by_clock:
        log.warning(
            "marks raised to %s rows that were ahead of theirs: right after a crash, else see operating",
            missing - by_clock,
        )
    for one in found:
        server.marks().raise_to(one.kind, one.thing, one.number)
