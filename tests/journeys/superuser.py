"""Whoever holds everything: the whole database, the keyring, and one person's passphrase. What can she still read?

It asks the product nothing: PyNaCl on the bytes. Every sealed box is tried with her private key, also under the outer
locks that the keyring takes off; every key found so is tried on every ciphertext, without minding whether the lock
would hold: a stream is laid over the bytes, whatever they are bound to.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import psycopg
from nacl import bindings
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from hamkori.vault import bytes as raw
from hamkori.vault import person
from hamkori.vault.bytes import Sealed
from hamkori.vault.keyring import Keyring

HEADER = 4
NONCE = bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
TAG = bindings.crypto_aead_xchacha20poly1305_ietf_ABYTES
COLUMNS = """
    select table_name, column_name from information_schema.columns
    where table_schema = 'public' and data_type = 'bytea' and table_name in
        (select table_name from information_schema.tables where table_type = 'BASE TABLE')
"""


@dataclass(frozen=True)
class Reader:
    """A superuser with somebody's key pair."""

    connection: psycopg.Connection
    keyring: Keyring
    user: UUID
    private: bytes

    def sealed(self) -> list[bytes]:
        """Every bytea value that the database holds."""
        found: list[bytes] = []
        for table, column in self.connection.execute(COLUMNS).fetchall():
            rows = self.connection.execute(f'select "{column}" from "{table}" where "{column}" is not null').fetchall()
            found += [bytes(row[0]) for row in rows]
        return found

    def released(self) -> list[bytes]:
        """What lies under the outer locks of all packets, taken off with the keyring, asking nobody."""
        inner: list[bytes] = []
        rows = self.connection.execute(
            "select referral_id, packet_no, section_code, recipient_key_id, seal from packet_seal"
        ).fetchall()
        for referral, packet_no, section, recipient, seal in rows:
            with suppress(Sealed):
                place = raw.release_context(referral, packet_no, section, recipient, raw.epoch_of(bytes(seal)))
                inner.append(self.keyring.unlock_release(bytes(seal), place))
        return inner

    def keys(self) -> set[bytes]:
        """Every 32 bytes at the end of a box that her private key opens."""
        box = SealedBox(PrivateKey(self.private))
        found: set[bytes] = set()
        for one in (*self.sealed(), *self.released()):
            with suppress(CryptoError, ValueError):
                found.add(box.decrypt(one[HEADER:])[-32:])
        return found

    def reads(self, word: bytes) -> int:
        """How many ciphertexts show this word under any of her keys."""
        keys = self.keys()
        texts = [one for one in self.sealed() if len(one) > HEADER + NONCE + TAG]
        return sum(any(word in stream(key, text) for key in keys) for text in texts)


def stream(key: bytes, locked: bytes) -> bytes:
    """The plain text if this is the key, noise if not. Zeros, encrypted, are the stream itself."""
    nonce, body = locked[HEADER : HEADER + NONCE], locked[HEADER + NONCE : -TAG]
    over = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(bytes(len(body)), b"", nonce, key)[: len(body)]
    return (int.from_bytes(body, "big") ^ int.from_bytes(over, "big")).to_bytes(len(body), "big")


def with_key_of(connection: psycopg.Connection, keyring: Keyring, email: str, passphrase: str) -> Reader:
    """Opens her box with her passphrase, as sign-in does."""
    row = connection.execute(
        "select u.id, c.salt, c.ops, c.memory, c.login_hash, k.id, c.key_no, c.box from app_user u"
        " join credential c on c.user_id = u.id join person_key k on k.user_id = u.id and k.ended_at is null"
        " where u.email = %s",
        [email],
    ).fetchone()
    assert row is not None
    user, salt, ops, memory, login, key_id, key_no, box = row
    credential = person.Credential(user, bytes(salt), ops, memory, bytes(login))
    kek = person.sign_in(keyring, email, passphrase, credential)
    assert kek is not None
    opened = person.open_box(kek, bytes(box), user, key_id, key_no)
    return Reader(connection, keyring, user, opened.private.raw)
