"""What the worker shows a database beside its password: a secret in a file of its folder, made at its first start.

The database keeps the hash of one secret (access/walls/50_worker.sql) and does what only the clock does for connections
that bring it. Each connection of the worker brings it among its options, those of the queue too, and no statement names
it. The pages never read the file.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import psycopg

MODE = 0o400
SETTING = "hk.worker"
HEARTBEAT = "heartbeat"
_SECRET = re.compile(r"[0-9a-f]{64}")
DOCS = "docs/operating.md says what to do"

SENTENCES = {
    "mode": "others than its owner may read it",
    "format": "it holds no secret",
    "unreadable": "this process may not read it",
    "missing": f"it is not there, and this database knows a worker already. {DOCS}",
    "other": f"it is not the one that this database knows. {DOCS}",
}
"""Why the worker may not begin, as the operator reads it."""


class SecretRefused(Exception):
    """The secret cannot be used; the text says which file and why."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The worker's secret {path} can not be used: {SENTENCES[reason]}.")
        self.reason = reason


def read(path: Path) -> str:
    """The secret; '' if there is none yet. SecretRefused: mode, format, unreadable."""
    try:
        if stat.S_IMODE(path.lstat().st_mode) & 0o077:
            raise SecretRefused(path, "mode")
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        raise SecretRefused(path, "format") from None
    except OSError:
        raise SecretRefused(path, "unreadable") from None
    if not _SECRET.fullmatch(text):
        raise SecretRefused(path, "format")
    return text


def options(path: Path) -> dict[str, str]:
    """What a connection of the worker brings along. Nothing where the file is not, or not for this user: such a process
    reads, as `audit-verify` does, and whatever it writes is refused.
    """
    with suppress(SecretRefused):
        if secret := read(path):
            return {SETTING: secret}
    return {}


def ensure(path: Path) -> str:
    """The secret, made if there is none; of two who make it at once one is first."""
    if secret := read(path):
        return secret
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()
    return read(path)


def hash_of(secret: str) -> bytes:
    """What the database keeps of it."""
    return hashlib.sha256(secret.encode()).digest()


def come(connection: psycopg.Connection, path: Path) -> None:
    """As the worker, at its start: known from its first one on. SecretRefused, also: missing, other."""
    # In this order: another worker that begins now makes the file first and is known afterwards.
    is_known = connection.execute("select worker_is_known()").fetchone() == (True,)
    secret = read(path) if is_known else ensure(path)
    if not secret:
        raise SecretRefused(path, "missing")
    if connection.execute("select worker_comes(%s)", [hash_of(secret)]).fetchone() != (True,):
        raise SecretRefused(path, "other")


def make_known(connection: psycopg.Connection, path: Path) -> None:
    """As the owner, where he has the worker's folder: the secret there counts from now on."""
    connection.execute(
        "insert into public.worker_known (id, secret_hash, known_at) values (1, %s, statement_timestamp())"
        " on conflict (id) do update set secret_hash = excluded.secret_hash, known_at = excluded.known_at"
        " where worker_known.secret_hash <> excluded.secret_hash",
        [hash_of(ensure(path))],
    )


def heard(connection: psycopg.Connection) -> timedelta | None:
    """As the owner: how long ago the worker that is known gave a sign of life. None: none is known or none there."""
    row = connection.execute(
        "select statement_timestamp() - s.at from public.worker_known, public.worker_signs() s where s.sign_code = %s",
        [HEARTBEAT],
    ).fetchone()
    age: timedelta | None = row[0] if row else None
    return age


def forget(connection: psycopg.Connection) -> bool:
    """As the owner: the next worker that begins is known, with its own secret. False: none was known."""
    return connection.execute("delete from public.worker_known").rowcount > 0
