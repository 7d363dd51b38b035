"""What `./hamkori audit-mend --restored` does: what the worker sealed after a backup that was put back is given up.

As the worker's user with the clock's address, so with no more rights than the worker itself has: what is changed is its
own file `head`, and who writes the database without that folder can not ask for it.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from django.conf import settings
from django.db import DatabaseError

from hamkori.access.context import WORKER_REFUSED
from hamkori.audit import restoring
from hamkori.audit.restoring import Cut
from hamkori.audit.signing import SigningRefused
from hamkori.audit.witness import Witness, WitnessRefused
from hamkori.command import Coded
from hamkori.site.launch import audit_mend as launched
from hamkori.site.launch.supervise import say
from hamkori.site.management import alarming
from hamkori.vault import server

APPLY = "Nothing was changed. If you put a backup back, and have no newer one: ./hamkori audit-mend --restored --apply"
NO_SECRET = "Nothing was changed: the database does not know this worker's secret; see docs/operating.md."


def main(arguments: argparse.Namespace) -> int:
    """0: given up, or there is nothing to give up. 1: a line says what would be, or why it can not be."""
    witness = Witness(settings.HAMKORI_SIGNING_KEY)
    try:
        return give_up(witness) if arguments.apply else look(witness)
    except PermissionError:
        say("Ask as the worker's user; its files are closed to this one.")
    except (WitnessRefused, SigningRefused) as refused:
        say(f"Nothing was changed: {refused}.")
        return 0 if getattr(refused, "reason", "") == "not_restored" else 1
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") != WORKER_REFUSED:
            raise
        say(NO_SECRET)
    return 1


def look(witness: Witness) -> int:
    """Show both ends, and change nothing."""
    show(restoring.find(witness))
    say(APPLY)
    return 1


def give_up(witness: Witness) -> int:
    """Raise the alarm and go on from what the database ends with; show what was given up."""
    with witness.in_use(alone=True):
        pass  # a worker that runs is said before anything is read, which may take minutes
    cut = restoring.find(witness)
    line = alarming.of_the_ledger(server.alarms())
    restoring.begin(witness, cut, line)
    show(cut)
    say("That is given up. Begin the worker: its next signature says so, and audit-verify ever after.")
    if line is None:
        say(alarming.NOT_WRITTEN)
    return 0


def show(cut: Cut) -> None:
    """What each end is and of when, and how much lies between."""
    say(f"The worker's folder knows batch {cut.known.text}, written at {moment(cut.known_at)}.")
    if cut.found_at is None:
        say("The database holds no batch.")
    else:
        say(f"The database ends with batch {cut.found.text}, sealed at {moment(cut.found_at)}.")
    if cut.dated:
        first, more = cut.dated[0], len(cut.dated) - 1
        others = f", and {more} more do" if more else ""
        say(
            f"Row {first} bears a time at which it was not written{others};"
            " it was sealed so, and the chain continues from it."
        )
    if not cut.batches:
        say("The signature of that batch is missing, and nothing else.")
    elif cut.batches == 1:
        say("1 batch after it is missing, with what people did in that time.")
    else:
        say(f"{cut.batches} batches after it are missing, with what people did in that time.")


def moment(at: datetime) -> str:
    """A time as the operator reads it."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


class Command(Coded):
    configure = staticmethod(launched.configure)
    main = staticmethod(main)
