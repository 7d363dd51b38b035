"""`migrate`: bring the database of HAMKORI_OWNER_URL to the state of this source, or print the roles it needs."""

import argparse
import sys

from hamkori.site import environment
from hamkori.site.database import roles
from hamkori.site.launch import acting, servers


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `migrate`."""
    parser.add_argument("--roles", action="store_true", help="print the SQL for roles and database, and do nothing")
    # Make the keyring and mark the database: what the demo, the tests and developers begin with.
    parser.add_argument("--found", choices=("demo", "test"), help=argparse.SUPPRESS)


def main(arguments: argparse.Namespace) -> int:
    """Print, or build."""
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
    acting.act_as("owner")
    return acting.run("build_database", arguments)
