"""`audit-head` prints the newest head of the ledger, to be kept outside."""

import argparse
import sys

from django.conf import settings

from hamkori.audit.sealer import newest_assured
from hamkori.audit.witness import Witness, WitnessRefused
from hamkori.command import Coded

UNREADABLE = 2


def main(arguments: argparse.Namespace) -> int:
    """1: the worker's own is not in the database, so that there is nothing to keep. 2: its files are closed to us."""
    witness = Witness(settings.HAMKORI_SIGNING_KEY)
    try:
        newest = newest_assured(witness, witness.head())
    except PermissionError:
        sys.stderr.write("hamkori: ask as the worker's user; its files are closed to this one\n")
        return UNREADABLE
    except WitnessRefused as refused:
        sys.stderr.write(f"hamkori: there is no head to keep: {refused}\n")
        return 1
    sys.stdout.write(f"{newest.text}\n")
    return 0


class Command(Coded):
    main = staticmethod(main)
