"""`status`: what of Hamkori runs on this machine, and whether it is well."""

import argparse
from contextlib import suppress
from pathlib import Path

import psycopg

from hamkori.site import environment
from hamkori.site.database import logins, outages
from hamkori.site.database.cluster import Cluster
from hamkori.site.health import alarm_signs, key_ages, key_signs, neighbours, pulse, role_signs
from hamkori.site.health.pulse import Sign
from hamkori.site.launch import demo, places, servers
from hamkori.site.launch.asking import ask
from hamkori.site.launch.supervise import say

UNKNOWN = "so nothing of the worker, the mail and the ledger is known"
# Only `status` asks them: what a superuser must put right, what the ledger lacks of the alarms, and the worker's file.
OF_THE_SERVER = (
    neighbours.neighbours, role_signs.of_our_logins, role_signs.owner_of_the_database, role_signs.temporary_tables,
    role_signs.connections, role_signs.log_of_the_server, alarm_signs.late, key_signs.secret_of_the_worker,
    key_signs.continuity, key_ages.release_key, key_ages.server_keys,
)  # fmt: skip


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
    unwell = [sign.of for sign in found if sign.well is False]
    if found:
        say(f"To be looked into: {', '.join(unwell)}." if unwell else "All is well.")
    return 1 if unwell else 0


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
    beside = signing_key.with_name("worker-secret") if signing_key is not None else None
    secret = Path(named) if (named := environment.text("HAMKORI_WORKER_SECRET")) else beside
    try:
        with logins.connect(address, connect_timeout=5, autocommit=True) as connection:
            here = pulse.Here(
                connection=connection,
                data=data,
                keyring=keyring,
                signing_key=signing_key,
                marks=marks,
                worker_secret=secret,
            )
            return pulse.look((*pulse.OF_STATUS, *OF_THE_SERVER), here)
    except environment.BadEnvironment:
        why = f"HAMKORI_CLOCK_URL {environment.NOT_AN_ADDRESS}"
    except psycopg.Error as error:
        found = outages.of(error)
        why = found.words if found else f"the database refused to say it: {str(error).partition(chr(10))[0]}"
    return [Sign("Database", f"{why}, {UNKNOWN}", well=False), pulse.room(data)]


def of_the_pages(port: int) -> list[Sign]:
    """What the pages say of themselves: only they see their own files and their own way to the database."""
    status, said = ask(port, "/health/ready", seconds=10)
    if not status:
        return [Sign("Pages", "they do not answer", well=False)]
    if status == 200:
        return [Sign("Pages", "ready", well=True)]
    return [Sign("Pages", f"not ready: {line}", well=False) for line in said.splitlines()]


def data_since(cluster: Cluster) -> str | None:
    """When the demo's database was first filled, UTC."""
    with suppress(psycopg.Error), logins.connect(cluster.url("hk_migrate", servers.DATABASE)) as connection:
        connection.execute("set role hk_owner")  # whose table it is, and who may make something else of it
        row = connection.execute("select min(applied) from public.django_migrations").fetchone()
        return row[0].isoformat(timespec="milliseconds") if row and row[0] else None
    return None
