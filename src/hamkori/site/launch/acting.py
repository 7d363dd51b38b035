"""On which database a command acts, and as which process; then Django's command of its name does what it is for."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection

from hamkori.site import environment, reading
from hamkori.site.database.binaries import NoDatabase
from hamkori.site.database.cluster import Cluster
from hamkori.site.launch import places, servers, surroundings


def surround(process: str, whose: str) -> Path | None:
    """Be this process (web, worker, owner), on the database of its address, or on that of the running demo: its folder.

    NoDatabase: neither is there; `whose` address it should be.
    """
    os.environ["HAMKORI_PROCESS"] = process
    # One connection and no pool: a pool says after ten seconds that there is none, and not why.
    os.environ["HAMKORI_POOL"] = "0"
    os.environ.setdefault("PGCONNECT_TIMEOUT", "10")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hamkori.site.settings")
    variable = surroundings.VARIABLE_OF[process]
    if environment.text(variable):
        return None
    data = places.data_folder("demo")
    cluster = Cluster(data)
    if cluster.running() is None:
        raise NoDatabase(f"set {variable} to {whose}, or start the demo first")
    os.environ.update(surroundings.of_process(process, "demo", cluster, servers.DATABASE, data))
    return data


def act_as(process: str) -> None:
    """The same, said, and the database asked whether it lets us in. OperationalError: it does not (outages.of)."""
    if data := surround(process, f"the address of the login {surroundings.LOGIN_OF[process]}"):
        variable = surroundings.VARIABLE_OF[process]
        sys.stderr.write(f"This is the demo in {data}. For another database set {variable}.\n")
    with reading.all_of_it():
        django.setup()
    connection.ensure_connection()  # whom the database refuses has changed nothing yet, of the keyring either


def handed(command: str, process: str, whose: str) -> Callable[[argparse.Namespace], int]:
    """The `main` of a command that only acts as this process, on the database of `whose` address or of the demo."""

    def main(arguments: argparse.Namespace) -> int:
        surround(process, whose)
        return run(command, arguments)

    return main


def run(command: str, arguments: argparse.Namespace) -> int:
    """Django's command of that name, with the same words. It ends with a code of its own."""
    with reading.all_of_it():
        django.setup()
    call_command(command, *arguments.words)
    return 0
