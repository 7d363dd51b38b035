"""What `./hamkori migrate` does once the owner's login is known to be let in: tables, walls, and what was founded."""

import argparse
import sys

from hamkori.audit.signing import SigningRefused
from hamkori.audit.witness import WitnessRefused
from hamkori.command import Coded
from hamkori.site.database import migrate, worker_secret, world
from hamkori.site.launch import migrating
from hamkori.site.management import answers
from hamkori.site.tags import tagging
from hamkori.vault.bytes import Untrusted

REFUSED = (
    migrate.BrokenWall,
    migrate.HeldByOthers,
    world.OtherWorld,
    WitnessRefused,
    SigningRefused,
    worker_secret.SecretRefused,
)


def main(arguments: argparse.Namespace) -> int:
    """Build; then found it anew, or renew what definers compare proofs with. 1: a line says what can not be."""
    try:
        migrate.migrate(verbosity=0 if arguments.found else 1)
        if arguments.found:
            migrate.settle(arguments.found)
            # Rows from before there were tags: nobody has to compare an invented world with paper.
            tagging.adopt(lambda _line: None)
        else:
            migrate.renew_proof()
    except REFUSED as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except Untrusted as error:
        return answers.broken_off("migrate", error)
    return 0


class Command(Coded):
    configure = staticmethod(migrating.configure)
    main = staticmethod(main)
