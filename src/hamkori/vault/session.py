"""What one cookie gives during a session: the right to rows (database token) and the right to text (the open key).

The cookie value V is 32 random bytes and lies nowhere on the server. No row of any table opens without it.
"""

import base64
import binascii
from uuid import UUID

from hamkori.vault import bytes as raw
from hamkori.vault.bytes import OpenKey, Sealed, Secret

COOKIE_LENGTH = 43
NUMBER_BYTES = 8


def new_cookie() -> str:
    """A new value for the cookie `__Host-hk_key`: HttpOnly, Secure, SameSite=Strict, no Max-Age. New at each step."""
    return base64.urlsafe_b64encode(Secret.new().raw).rstrip(b"=").decode("ascii")


def read_cookie(text: str | None) -> Secret | None:
    """V, or None for anything that we did not make."""
    if text is None or len(text) != COOKIE_LENGTH:
        return None
    try:
        value = Secret(base64.b64decode(text.encode("ascii") + b"=", altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, Sealed):
        return None
    return value


def db_token(v: Secret) -> str:
    """What goes into `hk.token` for each transaction: 64 hex digits. Tells nothing about the vault's half."""
    return raw.digest_of(v, person=b"hk.token.v1").hex()


def lock_session(v: Secret, session: UUID, user: UUID, key_no: int, opened: OpenKey, number: int = 0) -> bytes:
    """The private key for `vault_session`, to be opened only by this cookie in this session.

    `number`: how many times this vault was sealed by now. It stands before the lock and is under it.
    """
    return _lock(_key(v, session, b"hk.session.v1"), (session, user, key_no), opened, number)


def open_session(v: Secret, session: UUID, user: UUID, key_id: UUID, key_no: int, locked: bytes) -> OpenKey:
    """The key pair for this request. Another cookie, session or user, or a pending row: Sealed."""
    return OpenKey(key_id, _unlock(_key(v, session, b"hk.session.v1"), (session, user, key_no), locked))


def lock_pending(v: Secret, pending: UUID, user: UUID, key_no: int, opened: OpenKey, number: int = 0) -> bytes:
    """The same between passphrase and second factor; opens nothing as a live row. The caller keeps the five minutes,
    by this `number`: the moment.
    """
    return _lock(_key(v, pending, b"hk.pending.v1"), (pending, user, key_no), opened, number)


def open_pending(v: Secret, pending: UUID, user: UUID, key_id: UUID, key_no: int, locked: bytes) -> OpenKey:
    """The key pair once the second factor is right: lock it at once under a new cookie with `lock_session`."""
    return OpenKey(key_id, _unlock(_key(v, pending, b"hk.pending.v1"), (pending, user, key_no), locked))


def number_of(locked: bytes) -> int:
    """The number before a lock; to be believed of one that has opened."""
    return int.from_bytes(locked[:NUMBER_BYTES], "big")


def _lock(key: Secret, of: tuple[UUID, UUID, int], opened: OpenKey, number: int) -> bytes:
    before = number.to_bytes(NUMBER_BYTES, "big")
    return before + raw.lock_key(key, opened.private, raw.session_context(*of, number))


def _unlock(key: Secret, of: tuple[UUID, UUID, int], locked: bytes) -> Secret:
    return raw.unlock_key(key, locked[NUMBER_BYTES:], raw.session_context(*of, number_of(locked)))


def _key(v: Secret, session: UUID, person: bytes) -> Secret:
    return raw.derived(v, salt=session.bytes, person=person)
