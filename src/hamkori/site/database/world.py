"""Founding: what the owner writes into a new database before anybody can sign in.

Two rows. `world` says whether the people in it are real; `session_proof` holds what definers compare a proof with,
made of the keyring and a salt of this database. Neither can be written by the pages.
"""

import secrets
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg

from hamkori.access.context import token_hash
from hamkori.people.facts import Institution
from hamkori.site.database import startcheck
from hamkori.vault import keyring, keyring_file, proof
from hamkori.vault.bytes import Sealed
from hamkori.vault.server import make_marks

ORGANISATIONS = (
    "select id, version, slug, name_en, name_tg, name_ru, name_fr, kind_code, compartment_code, has_desk, tag"
    " from public.organisation"
)


class OtherWorld(Exception):
    """The database belongs to another world already."""


def ensure_keyring(path: Path, world: str, connection: psycopg.Connection | None = None) -> keyring.Keyring:
    """The keyring of this world; a new one only where no database has been founded with another. Else OtherWorld."""
    if not path.exists() and not path.is_symlink():
        if connection is not None and is_founded(connection):
            raise OtherWorld(
                f"There is no keyring at {path}, and this database was founded with one: put it back. "
                "A new one would open nothing of what is here."
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        keyring_file.create(path, world)
        make_marks()
    if fault := startcheck.keyring_fault(path, world):
        way_out = " Begin the demo anew: ./hamkori demo --reset" if fault == "older" else ""
        raise OtherWorld(f"The keyring {path} can not be used: {startcheck.NO_KEYRING[fault]}.{way_out}")
    ring = keyring_file.load(path)
    if connection is not None and is_founded(connection) and not is_of(connection, ring):
        raise OtherWorld(f"The keyring {path} can not be used: {startcheck.NO_KEYRING['other']}.")
    return ring


def is_founded(connection: psycopg.Connection) -> bool:
    """Whether somebody's keyring stands behind this database already, also of one that was put back. As owner."""
    found = "select exists (select from public.session_proof) or exists (select from public.organisation)"
    return connection.execute(found).fetchone() == (True,)


def is_of(connection: psycopg.Connection, ring: keyring.Keyring) -> bool:
    """Whether what this database compares proofs with was made of this keyring. As owner.

    A backup that was put back has nothing of the kind yet: there an organisation that this keyring vouched for says it.
    """
    rows = connection.execute("select no, salt, inner_half, outer_half from public.session_proof").fetchall()
    if not rows:
        bodies = [Institution(*row) for row in connection.execute(ORGANISATIONS)]
        return not bodies or any(ring.tag_holds(body.fact.covered, bytes(body.tag)) for body in bodies)
    for number, salt, inner, outer in rows:
        with suppress(Sealed):
            if proof.halves(proof.key_for(ring, number, bytes(salt))) == (bytes(inner), bytes(outer)):
                return True
    return False


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
    connection.execute(
        "update public.pages_known set ended_at = statement_timestamp() where no <> %s and ended_at is null", [number]
    )
    connection.execute(
        "insert into public.pages_known (no, shown_hash) values (%s, %s)"
        " on conflict (no) do update set shown_hash = excluded.shown_hash, ended_at = null",
        [number, token_hash(ring.shown_under(number))],
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
