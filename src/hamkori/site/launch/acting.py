"""What `keys` and `tags` have in common: on which database they act, as which process, and why they can not."""

import argparse
import os
import sys

import django
from django.core.management import call_command
from django.db import connection

from hamkori.site import environment
from hamkori.site.database.binaries import NoDatabase
from hamkori.site.database.cluster import Cluster
from hamkori.site.launch import places, servers, surroundings
from hamkori.vault.bytes import Sealed, Untrusted

REFUSED = {
    "missing": "The keyring is not where HAMKORI_KEYRING says.",
    "being_changed": "Another change of the keyring is under way: try again when it is over.",
    "unwritable": "The keyring's folder cannot be written.",
}
NO_MARKS = "The marks are not where HAMKORI_MARKS says. If they are lost for good: ./hamkori tags rebuild"


def act_as(process: str) -> None:
    """Be this process (web, worker, owner), on the database of its address, or else on the running demo's.

    NoDatabase: neither is there. OperationalError: the database lets nobody in (outages.of).
    """
    os.environ["HAMKORI_PROCESS"] = process
    alone()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hamkori.site.settings")
    variable = surroundings.VARIABLE_OF[process]
    if not environment.text(variable):
        data = places.data_folder("demo")
        cluster = Cluster(data)
        if cluster.running() is None:
            raise NoDatabase(
                f"set {variable} to the address of the login {surroundings.LOGIN_OF[process]}, or start the demo first"
            )
        os.environ.update(surroundings.of_process(process, "demo", cluster, servers.DATABASE, data))
        sys.stderr.write(f"This is the demo in {data}. For another database set {variable}.\n")
    django.setup()
    connection.ensure_connection()  # whom the database refuses has changed nothing yet, of the keyring either


def run(command: str, process: str, arguments: argparse.Namespace) -> int:
    """As this process, what Django's command of that name does with the same words; it ends with a code of its own."""
    act_as(process)
    call_command(command, *arguments.words)
    return 0


def alone() -> None:
    """One connection and no pool: a pool says after ten seconds that there is none, and not why."""
    os.environ["HAMKORI_POOL"] = "0"
    os.environ.setdefault("PGCONNECT_TIMEOUT", "10")


def why_refused(reason: str) -> str:
    """A sentence for a keyring that cannot be used or changed."""
    return REFUSED.get(reason, f"The keyring cannot be used ({reason}).")


def broken_off(command: str, error: Sealed | Untrusted) -> int:
    """Something of the database is not what the server knows of it: one line, a row of the ledger, an alarm."""
    from hamkori.action import mismatch  # Django is ready: the command has met its rows

    mismatch(None, error, f"command.{command}")
    what = f"the {error.what} {error.row} is" if isinstance(error, Untrusted) else "something stored is"
    sys.stderr.write(
        f"hamkori: {command} was broken off: {what} not what this server knows of it. See ./hamkori tags status.\n"
    )
    return 1
