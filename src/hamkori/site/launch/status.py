"""`status`: what of Hamkori runs on this machine, and whether it is well."""

import argparse
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psycopg

from hamkori.site import alarm_signs, environment, logins, neighbours, pulse
from hamkori.site.cluster import Cluster
from hamkori.site.launch import demo, places, servers
from hamkori.site.launch.supervise import say
from hamkori.site.pulse import Sign

SILENT = "it does not answer, so nothing of the clock, the mail and the ledger is known"


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def main(arguments: argparse.Namespace) -> int:
    """0 if everything that should run does; each thing that is not well is a line."""
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
    found: list[Sign] = []
    if address := clock_address(data, own=bool(server)):
        found += of_the_server(address, data, own=bool(server))
    elif note and not given:
        found += [Sign("Database", "it does not run, and the demo needs it", well=False), pulse.room(data)]
    if note:
        found += of_the_pages(int(note["address"].rpartition(":")[2]))
    for sign in found:
        say(f"{sign.of}: {sign.text}")
    return 1 if any(sign.well is False for sign in found) else 0


def clock_address(data: Path, *, own: bool) -> str:
    """Where the clock works: the address that somebody has named, else the demo's own server while it runs, else ''."""
    return environment.text("HAMKORI_CLOCK_URL") or (Cluster(data).url("hk_clock", servers.DATABASE) if own else "")


def of_the_server(address: str, data: Path, *, own: bool) -> list[Sign]:
    """What the clock's login and this machine's files say; a file that nobody has named here lies elsewhere."""
    files = (("HAMKORI_KEYRING", "keyring"), ("HAMKORI_SIGNING_KEY", "sign/signing-key"), ("HAMKORI_MARKS", "marks"))
    keyring, signing_key, marks = (
        Path(environment.text(variable, str(data / name))) if own or environment.text(variable) else None
        for variable, name in files
    )
    try:
        with logins.connect(address, connect_timeout=5, autocommit=True) as connection:
            here = pulse.Here(connection, data, keyring, signing_key, marks=marks)
            return pulse.look((*pulse.OF_STATUS, neighbours.neighbours, alarm_signs.late), here)
    except psycopg.Error:
        return [Sign("Database", SILENT, well=False), pulse.room(data)]


def of_the_pages(port: int) -> list[Sign]:
    """What the pages say of themselves: only they see their own files and their own way to the database."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/health/ready", headers={"Host": "localhost"})
        answer = connection.getresponse()
        said = answer.read().decode(errors="replace").splitlines()
    except (OSError, HTTPException):
        return [Sign("Pages", "they do not answer", well=False)]
    finally:
        connection.close()
    if answer.status == 200:
        return [Sign("Pages", "ready", well=True)]
    return [Sign("Pages", f"not ready: {line}", well=False) for line in said]


def data_since(cluster: Cluster) -> str | None:
    """When the demo's database was first filled, UTC."""
    with suppress(psycopg.Error), psycopg.connect(cluster.superuser_url(servers.DATABASE)) as connection:
        row = connection.execute("select min(applied) from django_migrations").fetchone()
        return row[0].isoformat(timespec="milliseconds") if row and row[0] else None
    return None
