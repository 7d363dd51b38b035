"""`audit-verify`: the ledger where HAMKORI_CLOCK_URL points, or else of the running demo, read by the clock's login."""

import argparse
import os

from hamkori.audit import command
from hamkori.site import environment
from hamkori.site.database.binaries import NoDatabase
from hamkori.site.database.cluster import Cluster
from hamkori.site.launch import acting, places, servers, surroundings


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `audit-verify`."""
    command.configure(parser)


def main(arguments: argparse.Namespace) -> int:
    """As `hamkori.audit.command.main`. NoDatabase: neither an address nor a running demo."""
    surround()
    return command.main(arguments)


def surround() -> None:
    """The environment of the worker: the given one, or else of the running demo."""
    os.environ["HAMKORI_PROCESS"] = "worker"
    acting.alone()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hamkori.site.settings")
    if not environment.text("HAMKORI_CLOCK_URL"):
        data = places.data_folder("demo")
        cluster = Cluster(data)
        if cluster.running() is None:
            raise NoDatabase("set HAMKORI_CLOCK_URL to the clock's address, or start the demo first")
        os.environ.update(surroundings.of_process("worker", "demo", cluster, servers.DATABASE, data))
