"""`status`: what of Hamkori runs on this machine, and whether it is well."""

import argparse

from hamkori.site.cluster import Cluster
from hamkori.site.launch import demo, places
from hamkori.site.launch.supervise import say


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def main(arguments: argparse.Namespace) -> int:
    """0 if everything that should run does."""
    data = places.data_folder("demo")
    note = demo.running(data)
    server = Cluster(data).running()
    say(f"Demo: {note['address']} (process {note['process']})" if note else "Demo: not running")
    say(f"Database server: process {server}" if server else "Database server: not running")
    say(f"Data: {data}")
    if note is None:
        return 0
    well = demo.answers(int(note["address"].rpartition(":")[2]))
    say("Pages: ready" if well else "Pages: they do not answer")
    return 0 if well and server else 1
