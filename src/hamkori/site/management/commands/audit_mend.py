"""What `./hamkori audit-mend` does: rows of the ledger's chain that the worker did not make are shown, or taken out."""

from __future__ import annotations

import argparse

from django.conf import settings
from django.db import OperationalError

from hamkori.audit import mending
from hamkori.audit.signing import SigningRefused
from hamkori.audit.witness import Witness, WitnessRefused
from hamkori.command import Coded
from hamkori.site.launch import audit_mend as launched
from hamkori.site.launch.supervise import say
from hamkori.site.management import alarming
from hamkori.vault import server

APPLY = "Nothing was changed. To take them out: ./hamkori audit-mend --apply"
HELD = "Somebody holds the tables of the chain, and nothing was changed. Try again."


def main(arguments: argparse.Namespace) -> int:
    """0: nothing is foreign, or it was taken out. 1: a line says what is foreign, or why nothing can be done."""
    witness = Witness(settings.HAMKORI_SIGNING_KEY)
    try:
        return take_out(witness) if arguments.apply else look(witness)
    except PermissionError:
        say("Ask as the worker's user; its files are closed to this one.")
    except SigningRefused as refused:
        say(f"Nothing was changed: {refused} ({settings.HAMKORI_SIGNING_KEY}).")
    except WitnessRefused as refused:
        lost = ", and the ledger is not whole" if refused.reason.endswith(("_lost", "_foreign")) else ""
        say(f"Nothing was changed{lost}: {refused}.")
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") not in ("55P03", "57014"):
            raise
        say(HELD)
    return 1


def look(witness: Witness) -> int:
    """Show what is foreign, and change nothing."""
    found = mending.find(witness)
    for one in found:
        say(one.words)
    if not found:
        return nothing(witness)
    say(f"{len(found)} foreign {rows(len(found))}. {APPLY}")
    return 1


def take_out(witness: Witness) -> int:
    """Raise the alarm and take them out; show what was there."""
    if not mending.find(witness):
        return nothing(witness)
    line = alarming.of_the_ledger(server.alarms())
    found = mending.take_out(witness, line)
    for one in found:
        say(one.words)
    say(f"{len(found)} {rows(len(found))} taken out; kept in {witness.foreign}. The worker seals on in its next turn.")
    if line is None:
        say(alarming.NOT_WRITTEN)
    return 0


def nothing(witness: Witness) -> int:
    """Nothing is foreign; whether anything else makes the sealer stand still."""
    say("Nothing is foreign.")
    mending.assure(witness)
    return 0


def rows(number: int) -> str:
    """The word for so many."""
    return "row" if number == 1 else "rows"


class Command(Coded):
    configure = staticmethod(launched.configure)
    main = staticmethod(main)
