"""Sign-in below any page: the account at the door, the passphrase, the session.

Pages, the command line and the world builder go through these same steps; only pages have a browser's cookie.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db import connection

from hamkori.access.actor import Actor
from hamkori.access.context import current_actor, issue, new_token, set_token
from hamkori.vault.bytes import OpenKey, Sealed
from hamkori.vault.keyring import Keyring
from hamkori.vault.person import BelowFloor, Credential, open_box, sign_in
from hamkori.vault.proof import prove, prover

LEVEL = "mfa"


@dataclass(frozen=True)
class Stored:
    """What the database keeps of a person's passphrase and key."""

    credential: Credential
    key_id: UUID
    key_no: int
    box: bytes = field(repr=False)


@dataclass(frozen=True)
class Opened:
    """A passphrase that was right, and the key it opened."""

    user_id: UUID
    key_no: int
    key: OpenKey


class WrongPassphrase(Exception):
    """Not this passphrase, or nobody with this e-mail: nobody can tell which."""


def knock(keyring: Keyring, who: str | UUID) -> None:
    """Name the account at the door, by e-mail or user id, for the rest of this transaction.

    Policies then show this one account. The proof makes it worthless to a statement slipped in from outside.
    """
    name, value = str(who).strip().lower(), ""
    if "|" not in name and "\0" not in name:
        at, shown = prove(keyring, "knock", name)
        value = f"{name}|{at}|{shown.hex()}"
    with connection.cursor() as cursor:
        cursor.execute("select set_config('hk.knock', %s, true)", [value])


def leave_door() -> None:
    """Nobody is at the door any more."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('hk.knock', '', true)")


def stored(user_id: UUID) -> Stored | None:
    """The credential of the account at the door or one's own; None for everybody else, and for who works nowhere."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select salt, ops, memory, login_hash, key_no, box, key_id from credential_for(%s)",
            [user_id],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    salt, ops, memory, login_hash, key_no, box, key_id = row
    return Stored(Credential(user_id, bytes(salt), ops, memory, bytes(login_hash)), key_id, key_no, bytes(box))


def check(keyring: Keyring, email: str, user_id: UUID | None, typed: str) -> Opened | None:
    """One slow stretch, whoever it is. None: wrong, unknown, or a row that this world must not believe."""
    row = stored(user_id) if user_id is not None else None
    try:
        kek = sign_in(keyring, email, typed, row.credential if row else None)
    except BelowFloor:
        return None
    if kek is None or row is None:
        return None
    try:
        return Opened(
            row.credential.user,
            row.key_no,
            open_box(kek, row.box, row.credential.user, row.key_id, row.key_no),
        )
    except Sealed:
        return None


@dataclass(frozen=True)
class Body:
    """A place of work: one membership of the person at the door or signed in."""

    membership_id: UUID
    organisation_id: UUID
    names: dict[str, str]
    function: str
    roles: frozenset[str]

    def name(self, language: str) -> str:
        """In this language, else in any that is written down."""
        return self.names.get(language) or next((name for name in self.names.values() if name), "")


def bodies() -> list[Body]:
    """Where she works now, the longest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select membership_id, organisation_id, name_en, name_tg, name_ru, name_fr, function_code, roles"
            " from my_bodies()"
        )
        rows = cursor.fetchall()
    return [
        Body(membership, org, dict(zip(("en", "tg", "ru", "fr"), names, strict=True)), function, frozenset(roles))
        for membership, org, *names, function, roles in rows
    ]


def begin(keyring: Keyring, token_hex: str, membership_id: UUID) -> UUID:
    """A session for this token, acting as this membership; the rest of the transaction already acts in it."""
    session_id = issue(token_hex, membership_id, LEVEL, prover(keyring))
    set_token(token_hex)
    leave_door()
    return session_id


@contextmanager
def acting(keyring: Keyring, email: str, typed: str, membership_id: UUID | None = None) -> Iterator[Actor]:
    """Be this person for a while without a browser: her passphrase, a real session, an open vault. WrongPassphrase."""
    knock(keyring, email)
    with connection.cursor() as cursor:
        cursor.execute("select at_door()")
        found = cursor.fetchone()
    opened = check(keyring, email, found[0] if found else None, typed)
    if opened is None:
        raise WrongPassphrase
    with acting_as(keyring, membership_id or bodies()[0].membership_id, opened.key) as actor:
        yield actor


@contextmanager
def acting_as(keyring: Keyring, membership_id: UUID, key: OpenKey | None = None) -> Iterator[Actor]:
    """The same with a key that is open already. At the end the transaction acts as whoever it did before."""
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('hk.token', true)")
        row = cursor.fetchone()
    before = (row[0] if row else None) or ""
    begin(keyring, new_token(), membership_id)
    actor = current_actor()
    if actor is None:
        set_token(before)
        raise WrongPassphrase
    try:
        yield replace(actor, keys=key)
    finally:
        if connection.in_atomic_block and not connection.needs_rollback:
            set_token(before)
