"""What one cookie gives during a session: the right to rows (database token) and the right to text (the open key).

The cookie value V is 32 random bytes and lies nowhere on the server. No row of any table opens without it.
"""

import base64
import binascii
import hashlib
from uuid import UUID

from hamkori.vault import bytes as raw
from hamkori.vault.bytes import OpenKey, Sealed, Secret

COOKIE = "__Host-hk_key"
COOKIE_LENGTH = 43


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


def token_hash(v: Secret) -> bytes:
    """What stands in `access_session`: SHA-256 of the token's hex text, as the definer computes it."""
    return hashlib.sha256(db_token(v).encode("ascii")).digest()


def lock_session(v: Secret, session: UUID, user: UUID, key_no: int, opened: OpenKey) -> bytes:
    """Her private key for `vault_session`, to be opened only by this cookie in this session."""
    return raw.lock_key(_key(v, session, b"hk.session.v1"), opened.private, raw.session_context(session, user, key_no))


def open_session(v: Secret, session: UUID, user: UUID, key_id: UUID, key_no: int, locked: bytes) -> OpenKey:
    """Her key pair for this request. Another cookie, session or user, or a pending row: Sealed."""
    private = raw.unlock_key(_key(v, session, b"hk.session.v1"), locked, raw.session_context(session, user, key_no))
    return OpenKey(key_id, private)


def lock_pending(v: Secret, pending: UUID, user: UUID, key_no: int, opened: OpenKey) -> bytes:
    """The same between passphrase and second factor; opens nothing as a live row. The caller keeps the five minutes."""
    return raw.lock_key(_key(v, pending, b"hk.pending.v1"), opened.private, raw.session_context(pending, user, key_no))


def open_pending(v: Secret, pending: UUID, user: UUID, key_id: UUID, key_no: int, locked: bytes) -> OpenKey:
    """Her key pair once the second factor is right: lock it at once under a new cookie with `lock_session`."""
    private = raw.unlock_key(_key(v, pending, b"hk.pending.v1"), locked, raw.session_context(pending, user, key_no))
    return OpenKey(key_id, private)


def _key(v: Secret, session: UUID, person: bytes) -> Secret:
    return raw.derived(v, salt=session.bytes, person=person)
