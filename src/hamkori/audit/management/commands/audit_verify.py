"""`audit-verify` reads the whole ledger and names the first thing that is wrong."""

from __future__ import annotations

import argparse
import sys

from django.conf import settings

from hamkori.audit import command
from hamkori.audit.signing import SigningRefused
from hamkori.audit.verify import Evidence, verify
from hamkori.audit.witness import Head, Witness, WitnessRefused
from hamkori.command import Coded

UNREADABLE = 2


def main(arguments: argparse.Namespace) -> int:
    """0: whole. 1: something was changed, removed or added, or the sealer stands still. 2: what it should be held
    against cannot be read.
    """
    witness = Witness(settings.HAMKORI_SIGNING_KEY)
    heads: list[Head] = []
    try:
        key = command.public_key(arguments.public_key, witness.signing_key)
        for given in arguments.head:
            heads += command.kept_heads(given)
    except SigningRefused as refused:
        return _cannot("the public key", str(refused))
    except (ValueError, OSError):
        return _cannot("the head", arguments.head[-1])
    foreign = None
    try:
        chain = witness.keys() if witness.is_here() else None
        heads += [witness.head()] if witness.is_here() else []
        foreign = witness.foreign_kept() if witness.is_here() else None
    except PermissionError:
        chain = None  # another user's files, on the same machine
    except WitnessRefused as refused:
        sys.stdout.write(f"The sealer refuses: {refused}.\n")
        return 1
    report = verify(Evidence(key, chain, heads, foreign))
    sys.stdout.write("\n".join(report.lines()) + "\n")
    return 0 if report.is_whole else 1


def _cannot(what: str, why: str) -> int:
    sys.stderr.write(f"hamkori: {what} cannot be read ({why})\n")
    return UNREADABLE


class Command(Coded):
    configure = staticmethod(command.configure)
    main = staticmethod(main)
