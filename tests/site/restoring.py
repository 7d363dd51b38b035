"""A dump as docs/operating.md has it made, and its way back into an empty database."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from psycopg import sql

from hamkori.site.database import roles
from tests import database
from tests.database import CLONE, address

DOCUMENTED = Path("docs/operating.md")


def options() -> list[str]:
    """Those of the command in docs/operating.md that say what is left out."""
    (command,) = re.findall(r"^pg_dump (?:.*\\\n)*.*$", DOCUMENTED.read_text(), re.MULTILINE)
    return [word for word in command.replace("\\\n", " ").split() if word.startswith(("--exclude", "--no-"))]


def dump(url: str, target: Path) -> None:
    """As docs/operating.md has it made, through this address of the login of backups."""
    words = [str(database.programs() / "pg_dump"), "--dbname", url, *options(), "--format=custom", f"--file={target}"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def elsewhere(url: str, name: str) -> str:
    """The same login's address of the database of that name."""
    return url.replace(f"/{CLONE}?", f"/{name}?")


@contextmanager
def empty_database() -> Iterator[str]:
    """An empty database beside ours, as the script makes it; its name. It is dropped at the end."""
    name, superuser = f"{CLONE}_restored", address("postgres")
    roles.ensure_database(superuser, name)
    roles.harden(elsewhere(superuser, name), tests=True)
    yield name
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def put_back(name: str, kept: Path) -> str:
    """The dump put into the empty database as docs/operating.md has it done; the superuser's address of it."""
    (documented,) = re.findall(r"^pg_restore .*$", DOCUMENTED.read_text(), re.MULTILINE)
    how = [word for word in documented.split()[1:] if word.startswith("--") and not word.startswith("--dbname")]
    login = elsewhere(address("hk_migrate"), name)
    words = [str(database.programs() / "pg_restore"), "--dbname", login, *how, str(kept)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return elsewhere(address("postgres"), name)


def migrate(name: str, keyring: Path | None = None) -> subprocess.CompletedProcess[str]:
    """`./hamkori migrate` on the database of that name."""
    known = os.environ | {
        "HAMKORI_OWNER_URL": elsewhere(address("hk_migrate"), name),
        "HAMKORI_PROCESS": "owner",
        "HAMKORI_ASSUME_ROLE": "hk_owner",
        "HAMKORI_KEYRING": str(keyring or settings.HAMKORI_KEYRING),
        "PYTHONPATH": "src",
    }
    words = [sys.executable, "-m", "hamkori.site.launch", "migrate"]
    return subprocess.run(words, env=known, capture_output=True, text=True, check=False)
