"""`status`: what of Hamkori runs on this machine, and whether it is well."""

import argparse
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from hamkori.site import environment
from hamkori.site.cluster import Cluster
from hamkori.site.launch import demo, places, servers
from hamkori.site.launch.supervise import say

# Of the last hour: the clock tries again every ten seconds, so what is older than that is over.
FAILURES = """
select act_code, fault_code, failures, first_at, last_at from clock_failure
 where last_at > statement_timestamp() - interval '1 hour' order by act_code
"""
QUIET = "no act has failed in the last hour"


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
    failing: list[str] | None = []
    if address := clock_address(data, own=bool(server)):
        failing = clock_failures(address)
        for line in ["not known, its database does not say"] if failing is None else failing or [QUIET]:
            say(f"Clock: {line}")
    if note is None:
        return 0 if failing == [] else 1
    well = demo.answers(int(note["address"].rpartition(":")[2]))
    say("Pages: ready" if well else "Pages: they do not answer")
    return 0 if well and (server or given) and failing == [] else 1


def clock_address(data: Path, *, own: bool) -> str:
    """Where the clock works: the address that somebody has named, else the demo's own server while it runs, else ''."""
    return environment.text("HAMKORI_CLOCK_URL") or (Cluster(data).url("hk_clock", servers.DATABASE) if own else "")


def clock_failures(address: str) -> list[str] | None:
    """What of the clock keeps failing, one line an act; None if the database cannot say."""
    with suppress(psycopg.Error), psycopg.connect(address, connect_timeout=5) as connection:
        return [_failing(*row) for row in connection.execute(FAILURES).fetchall()]
    return None


def _failing(act: str, fault: str, times: int, first: datetime, last: datetime) -> str:
    often = f"{times} time{'s' if times > 1 else ''}"
    return f"{act} fails ({fault}), {often} since {_minute(first)}, last {_minute(last)}; see the worker's log"


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def data_since(cluster: Cluster) -> str | None:
    """When the demo's database was first filled, UTC."""
    with suppress(psycopg.Error), psycopg.connect(cluster.superuser_url(servers.DATABASE)) as connection:
        row = connection.execute("select min(applied) from django_migrations").fetchone()
        return row[0].isoformat(timespec="milliseconds") if row and row[0] else None
    return None
