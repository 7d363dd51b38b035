"""Founding: what the owner writes into a new database before anybody can sign in.

Two rows. `world` says whether the people in it are real; `session_proof` holds what definers compare a proof with,
made of the keyring and a salt of this database. Neither can be written by the pages.
"""

import secrets
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg

from hamkori.vault import keyring, proof
from hamkori.vault.server import make_marks


class OtherWorld(Exception):
    """The database belongs to another world already."""


def ensure_keyring(path: Path, world: str) -> keyring.Keyring:
    """Make the keyring if there is none. A keyring of another world is refused."""
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
    return ring


def found(connection: psycopg.Connection, world: str, ring: keyring.Keyring) -> None:
    """Write both rows, as owner. Repeatable; a database of another world is refused and left as it is."""
    row = connection.execute("select world_code from public.world").fetchone()
    if row is not None and row[0] != world:
        raise OtherWorld(f"This database holds the {row[0]} world, not the {world} one.")
    connection.execute("insert into public.world (id, world_code) values (1, %s) on conflict (id) do nothing", [world])
    renew_proof(connection, ring)


def holds(connection: psycopg.Connection, world: str) -> bool:
    """Whether the database is marked as this world's."""
    return connection.execute("select 1 from public.world where world_code = %s", [world]).fetchone() is not None


def renew_proof(connection: psycopg.Connection, ring: keyring.Keyring) -> None:
    """From now on definers compare with this; what they compared with before goes for a minute more. As owner."""
    number, salt = ring.newest("proof"), secrets.token_bytes(proof.SALT_BYTES)
    inner, outer = proof.halves(proof.key_for(ring, number, salt))
    connection.execute("delete from public.session_proof where ended_at < statement_timestamp() - interval '1 minute'")
    connection.execute("update public.session_proof set ended_at = statement_timestamp() where ended_at is null")
    connection.execute(
        "insert into public.session_proof (id, no, salt, inner_half, outer_half, made_at)"
        " values (%s, %s, %s, %s, %s, statement_timestamp())",
        [uuid4(), number, salt, inner, outer],
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
