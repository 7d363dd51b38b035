"""A PostgreSQL server as an operator has one: on TCP, roles by `./hamkori migrate --roles`, passwords of his own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from hamkori.site.database import binaries, cluster
from hamkori.site.database.cluster import Cluster
from tests.site import made, ready

PASSWORD = "as-the-operator-chose"


@dataclass
class Elsewhere:
    """The server's superuser, and the address of each login after `make_roles`."""

    cluster: Cluster
    port: int

    def address(self, login: str, database: str = "hamkori") -> str:
        password = self.cluster.passwords()[login] if login == cluster.SUPERUSER else PASSWORD
        return f"postgresql://{login}:{password}@127.0.0.1:{self.port}/{database}"

    def addresses(self, **instead: str) -> dict[str, str]:
        """The three variables, with other logins where they are named."""
        logins = {"HAMKORI_DATABASE_URL": "hk_app", "HAMKORI_CLOCK_URL": "hk_clock", "HAMKORI_OWNER_URL": "hk_migrate"}
        return {variable: self.address(login) for variable, login in (logins | instead).items()}

    def make_roles(self, script: Path) -> None:
        """As docs/operating.md says it: print the script, let psql run it, type each password twice."""
        script.write_text(hamkori("migrate", "--roles").stdout)
        passwords = f"{PASSWORD}\n" * 2 * script.read_text().count("\\password")
        psql = binaries.find(self.cluster.root, self.cluster.user).folder / "psql"
        words = [
            self.address(cluster.SUPERUSER, "postgres"),
            "--no-psqlrc",
            "--set=ON_ERROR_STOP=1",
            f"--file={script}",
        ]
        # In a session of its own there is no terminal, and psql reads the passwords from where we type.
        done = subprocess.run(
            [psql, *words], input=passwords, capture_output=True, text=True, check=False, start_new_session=True
        )
        assert done.returncode == 0, done.stderr


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def on_tcp(folder: Path) -> Elsewhere:
    """A running server that listens on this machine's loopback."""
    port = free_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "PORT", port)
        patch.setitem(cluster.SETTINGS, "port", str(port))
        patch.setitem(cluster.SETTINGS, "listen_addresses", "'127.0.0.1'")
        made = Cluster(folder, hasty=True)
        made.start()
    return Elsewhere(made, port)


def bare(**variables: str) -> dict[str, str]:
    """An operator's environment: ours without what belongs to these tests, and his variables."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("HAMKORI_", "PYTEST_", "DJANGO_"))
    }
    return kept | {"PYTHONPATH": "src", "LC_ALL": "C.UTF-8"} | variables


def hamkori(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """One command of the launcher, from begin to end, in a process of its own (tests/site/ready.py)."""
    return ready.run(words, bare(**variables))


def from_nothing(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The same, begun as the operator begins it: Python itself is started for it."""
    command = [sys.executable, "-m", "hamkori.site.launch", *words]
    return subprocess.run(
        command, env=bare(**variables), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


@contextmanager
def migrated() -> Iterator[Elsewhere]:
    """A server with the tables and the logins of ours, for as long as it is needed; its folder goes with it."""
    with made.room("elsewhere") as folder:
        made.put("migrated", _make_migrated, folder)
        server = on_tcp(folder / "server")
        try:
            yield server
        finally:
            server.cluster.stop()


def _make_migrated(folder: Path) -> None:
    server = on_tcp(folder / "server")
    try:
        server.make_roles(folder / "roles.sql")
        done = hamkori("migrate", HAMKORI_OWNER_URL=server.address("hk_migrate"))
        assert done.returncode == 0, done.stderr
    finally:
        server.cluster.stop()
