"""Founding: what the owner writes into a new database before anybody can sign in.

Two rows. `world` says whether the people in it are real; `session_proof` holds what the definer `issue` compares a
sign-in with, and comes from the keyring. Neither can be written by the pages.
"""

from datetime import UTC, datetime
from pathlib import Path

import psycopg

from hamkori.vault import keyring
from hamkori.vault.server import make_marks


class OtherWorld(Exception):
    """The database belongs to another world already."""


def ensure_keyring(path: Path, world: str) -> bytes:
    """Make the keyring if there is none; what `issue` demands. A keyring of another world is refused."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        keyring.create(path, world)
        make_marks()
    try:
        ring = keyring.load(path)
    except keyring.KeyringRefused as refused:
        if refused.reason != "older":
            raise
        raise OtherWorld(
            f"The keyring {path} is of an older Hamkori. Begin the demo anew: ./hamkori demo --reset"
        ) from None
    if ring.world != world:
        raise OtherWorld(f"The keyring {path} is of the {ring.world} world.")
    return ring.proof_key()


def found(connection: psycopg.Connection, world: str, proof: bytes) -> None:
    """Write both rows, as owner. Repeatable; a database of another world is refused and left as it is."""
    row = connection.execute("select world_code from public.world").fetchone()
    if row is not None and row[0] != world:
        raise OtherWorld(f"This database holds the {row[0]} world, not the {world} one.")
    connection.execute("insert into public.world (id, world_code) values (1, %s) on conflict (id) do nothing", [world])
    connection.execute(
        "insert into public.session_proof (id, secret) values (1, %s) on conflict (id) do update set secret = %s",
        [proof, proof],
    )


def stand(connection: psycopg.Connection, until: datetime) -> None:
    """Let the world go on at that time: the demo's clock stands while the demo is stopped. Never for the real world."""
    offset = until - datetime.now(UTC)
    connection.execute("update public.world set \"offset\" = %s where world_code <> 'real'", [offset])


def now(connection: psycopg.Connection) -> datetime:
    """The world's time."""
    row = connection.execute("select public.hk_now()").fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment
