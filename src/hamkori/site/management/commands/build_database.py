"""What `./hamkori migrate` does once the owner's login is known to be let in: tables, walls, and what was founded."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand

from hamkori.audit.signing import SigningRefused
from hamkori.audit.witness import WitnessRefused
from hamkori.site.database import migrate, worker_secret, world
from hamkori.site.launch import acting, migrating
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


class Command(BaseCommand):
    """As hk_owner. The exit code is 1 where a line says what is not as it should be."""

    help = "bring the database to the state of this source"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Those of the launcher."""
        migrating.configure(parser)

    def handle(self, *, found: str | None, **_options: Any) -> None:
        """Build; then found it anew, or renew what definers compare proofs with."""
        try:
            migrate.migrate(verbosity=0 if found else 1)
            if found:
                migrate.settle(found)
                # Rows from before there were tags: nobody has to compare an invented world with paper.
                tagging.adopt(lambda _line: None)
            else:
                migrate.renew_proof()
        except REFUSED as error:
            sys.stderr.write(f"{error}\n")
            sys.exit(1)
        except Untrusted as error:
            sys.exit(acting.broken_off("migrate", error))
