"""`migrate`: bring the database of HAMKORI_OWNER_URL to the state of this source, or print the roles it needs."""

import argparse
import os
import sys

from hamkori.site import environment, roles
from hamkori.site.launch import servers


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `migrate`."""
    parser.add_argument("--roles", action="store_true", help="print the SQL for roles and database, and do nothing")


def main(arguments: argparse.Namespace) -> int:
    """Print, or become the migration."""
    if arguments.roles:
        sys.stdout.write(roles.script())
        return 0
    address = environment.text("HAMKORI_OWNER_URL")
    if not address:
        sys.stderr.write(
            "hamkori: set HAMKORI_OWNER_URL to the address of the login hk_migrate; "
            "`./hamkori migrate --roles` prints what a superuser must make first.\n"
        )
        return 1
    servers.reach("owner", address)
    os.environ["HAMKORI_PROCESS"] = "owner"
    return os.execv(sys.executable, [sys.executable, "-m", "hamkori.site.migrate", "--verbose"])
