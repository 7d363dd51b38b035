"""`status`: what of Hamkori runs on this machine, and whether it is well."""

import argparse
from contextlib import suppress

import psycopg

from hamkori.site.cluster import Cluster
from hamkori.site.launch import demo, places, servers
from hamkori.site.launch.supervise import say


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def main(arguments: argparse.Namespace) -> int:
    """0 if everything that should run does."""
    data = places.data_folder("demo")
    note = demo.running(data)
    server = Cluster(data).running()
    given = isinstance(servers.choose(data), servers.Given)
    say(f"Demo: {note['address']} (process {note['process']})" if note else "Demo: not running")
    if given:
        say("Database server: the one of HAMKORI_DATABASE_URL")
    else:
        say(f"Database server: process {server}" if server else "Database server: not running")
    say(f"Data: {data}")
    since = data_since(Cluster(data)) if server else None
    if since:
        say(f"Data since: {since}")
    if note is None:
        return 0
    well = demo.answers(int(note["address"].rpartition(":")[2]))
    say("Pages: ready" if well else "Pages: they do not answer")
    return 0 if well and (server or given) else 1


def data_since(cluster: Cluster) -> str | None:
    """When the demo's database was first filled, UTC."""
    with suppress(psycopg.Error), psycopg.connect(cluster.superuser_url(servers.DATABASE)) as connection:
        row = connection.execute("select min(applied) from django_migrations").fetchone()
        return row[0].isoformat(timespec="milliseconds") if row and row[0] else None
    return None
