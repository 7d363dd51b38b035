"""`audit-mend`: rows of the ledger's chain that the worker did not make are shown, and with --apply taken out.

As the worker's user, who alone reads the keys that say which rows are foreign, with the owner's address.
With --restored it is about what a backup lacks that was put back (launch/audit_restored.py).
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from hamkori.site.launch import acting, alarming, audit_restored
from hamkori.site.launch.supervise import say

if TYPE_CHECKING:
    from hamkori.audit.witness import Witness

APPLY = "Nothing was changed. To take them out: ./hamkori audit-mend --apply"
HELD = "Somebody holds the tables of the chain, and nothing was changed. Try again."


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `audit-mend`."""
    parser.add_argument("--apply", action="store_true", help="do it; otherwise it is shown, and nothing is changed")
    parser.add_argument(
        "--restored",
        action="store_true",
        help="after a backup was put back: give up what was sealed after it, so that the worker seals again",
    )


def main(arguments: argparse.Namespace) -> int:
    """0: nothing is foreign, or it was taken out. 1: a line says what is foreign, or why nothing can be done.

    NoDatabase: neither an address nor a running demo.
    """
    if arguments.restored:
        return audit_restored.main(apply=arguments.apply)
    acting.act_as("owner")
    from django.conf import settings
    from django.db import OperationalError

    from hamkori.audit.signing import SigningRefused
    from hamkori.audit.witness import Witness, WitnessRefused

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
    from hamkori.audit import mending

    found = mending.find(witness)
    for one in found:
        say(one.words)
    if not found:
        return nothing(witness)
    say(f"{len(found)} foreign {rows(len(found))}. {APPLY}")
    return 1


def take_out(witness: Witness) -> int:
    """Raise the alarm and take them out; show what was there."""
    from hamkori.audit import mending
    from hamkori.vault import server

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
    from hamkori.audit import mending

    say("Nothing is foreign.")
    mending.assure(witness)
    return 0


def rows(number: int) -> str:
    """The word for so many."""
    return "row" if number == 1 else "rows"
