"""`import-directory`: takes in a foreign directory, where HAMKORI_OWNER_URL points or else into the running demo."""

import argparse
import os

from hamkori.directory import command
from hamkori.site import environment
from hamkori.site.database.binaries import NoDatabase
from hamkori.site.database.cluster import Cluster
from hamkori.site.launch import places, servers, surroundings


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `import-directory`."""
    command.configure(parser)


def main(arguments: argparse.Namespace) -> int:
    """As directory/command.py says. NoDatabase: neither an address nor a running demo."""
    if not environment.text("HAMKORI_OWNER_URL"):
        data = places.data_folder("demo")
        cluster = Cluster(data)
        if cluster.running() is None:
            raise NoDatabase("set HAMKORI_OWNER_URL to the owner's address, or start the demo first")
        os.environ.update(surroundings.of_process("owner", "demo", cluster, servers.DATABASE, data))
    return command.main(arguments)
