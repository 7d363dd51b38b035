"""The bytes of the vault: one hash, one lock, one seal, one pair, and the contexts that bind them.

Here live the formats (docs/design/keys-and-walls.md#locks-seals-and-pairs) and nothing that knows people, cases or
files. Everything opened here proves three things at once: the right key, unchanged bytes, the place it was made for.
"""

import re
import secrets
from dataclasses import dataclass, field
from typing import Any, Never
from uuid import UUID

from nacl import bindings
from nacl._sodium import ffi, lib

from hamkori.vault import memory

KEY_BYTES = 32
LOCK_HEADER, SEAL_HEADER, PAIR_HEADER = b"\x01\x01", b"\x01\x02\x00\x00", b"\x01\x03\x00\x00"
HEADER_BYTES = 4
NONCE_BYTES = bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
PADDING = 256
BINDING_BYTES = 16
LOCKED_LEAST = HEADER_BYTES + NONCE_BYTES + PADDING + bindings.crypto_aead_xchacha20poly1305_ietf_ABYTES
SEALED_BYTES = 100
PAIRED_BYTES = 152
EPOCH_MAX = 0xFFFF

WORD = re.compile(r"[a-z0-9_.,-]+", re.ASCII)


class Sealed(Exception):
    """It stays shut: wrong key, moved, changed, or of a format we do not know. Says nothing more on purpose."""

    def __init__(self) -> None:
        super().__init__("sealed")


NAMELESS = "-"
"""How an alarm calls a thing whose name is none."""


class Untrusted(Exception):
    """A row of the database lacks our tag: nothing may be sealed to it. Raise the alarm; `what` and `row` name it."""

    def __init__(self, what: str, row: UUID | str) -> None:
        super().__init__(f"no valid tag on {what} {row}")
        self.what = what
        self.row = row


class Gone(RuntimeError):
    """A key was used after the request for which it was opened. A fault of ours, and nothing that a reader can mend."""


class Secret:
    """32 bytes that open something. Not printable, not comparable, not picklable: it must not leave the request.

    They lie in memory that is wiped when nobody holds it, or when the request is over; who uses it then gets Gone.
    """

    __slots__ = ("__weakref__", "_held")

    def __init__(self, raw: bytes) -> None:
        """Any other length than 32: Sealed. The bytes given are copied, and cannot be wiped themselves."""
        if len(raw) != KEY_BYTES:
            raise Sealed
        self._held: Any = memory.filled(raw)

    @classmethod
    def new(cls) -> "Secret":
        """Fresh from the system's random source, and in no other place."""
        return cls._of(memory.fresh(KEY_BYTES))

    @classmethod
    def opened(cls, inside: Any, start: int = 0) -> "Secret":
        """32 bytes of what was just opened, for the length of this request."""
        secret = cls._of(memory.taken(inside, start, KEY_BYTES))
        memory.passes(secret)
        return secret

    @classmethod
    def _of(cls, held: Any) -> "Secret":
        made = cls.__new__(cls)
        made._held = held
        return made

    @property
    def held(self) -> Any:
        """Where it lies, for libsodium. Gone: it was wiped."""
        if self._held is None:
            raise Gone
        return self._held

    @property
    def raw(self) -> bytes:
        """A copy that cannot be wiped: for the keyring's keys, which stay as long as the process, and for tests."""
        return memory.text_of(self.held, 0, KEY_BYTES)

    def wipe(self) -> None:
        """It opens nothing any more."""
        held, self._held = self._held, None
        if held is not None:
            memory.wipe(held)

    def __del__(self) -> None:
        if getattr(self, "_held", None) is not None:
            self.wipe()

    def __repr__(self) -> str:
        return "<secret>"

    def __reduce__(self) -> Never:
        raise TypeError("a secret is not written anywhere")


@dataclass(frozen=True, eq=False)
class OpenKey:
    """A person's or body's key pair, open: lives inside one request. `id` is the key row that seals are bound to."""

    id: UUID
    private: Secret = field(repr=False)
    public: bytes = field(init=False)

    def __post_init__(self) -> None:
        public = memory.blank(KEY_BYTES)
        lib.crypto_scalarmult_base(public, self.private.held)
        object.__setattr__(self, "public", memory.text_of(public, 0, KEY_BYTES))

    def __reduce__(self) -> Never:
        raise TypeError("an open key is not written anywhere")


def h(data: bytes, *, person: bytes = b"", key: bytes = b"", salt: bytes = b"", size: int = 32) -> bytes:
    """The one hash: BLAKE2b with key, salt (up to 16 bytes) and the name of its use."""
    return bindings.crypto_generichash_blake2b_salt_personal(data, digest_size=size, key=key, salt=salt, person=person)


def digest_of(key: Secret, *, person: bytes) -> bytes:
    """The same hash of a key, for what may be known of it."""
    made = _digest(key, b"", person)
    return memory.text_of(made, 0, KEY_BYTES)


def derived(key: Secret, *, salt: bytes, person: bytes) -> Secret:
    """Another key made of this one, for one use."""
    return Secret.opened(_digest(key, salt, person))


def _digest(key: Secret, salt: bytes, person: bytes) -> Any:
    made = memory.blank(KEY_BYTES)
    lib.crypto_generichash_blake2b_salt_personal(
        made, KEY_BYTES, key.held, KEY_BYTES, ffi.NULL, 0, salt.ljust(16, b"\0"), person.ljust(16, b"\0")
    )
    return made


def same(one: bytes, other: bytes) -> bool:
    """Equal, in a time that does not tell where they differ. Other lengths: not equal."""
    return len(one) == len(other) and bindings.sodium_memcmp(one, other)


# Lock ---------------------------------------------------------------------------------------------------------------


def lock(key: Secret, text: bytes, context: bytes, epoch: int = 0) -> bytes:
    """Text under a key, bound to its context: header, nonce, ciphertext. Lengths show in steps of 256 only."""
    return _lock(key, memory.filled(text), context, epoch)


def lock_key(key: Secret, inside: Secret, context: bytes, epoch: int = 0) -> bytes:
    """The same for a key: on its way it lies nowhere that is not wiped."""
    return _lock(key, memory.taken(inside.held, 0, KEY_BYTES), context, epoch)


def unlock(key: Secret, locked: bytes, context: bytes, epoch: int = 0) -> bytes:
    """The text again. Another key, context, epoch, format or a changed byte: Sealed."""
    inside, length = _unlock(key, locked, context, epoch)
    try:
        return memory.text_of(inside, 0, length)
    finally:
        memory.wipe(inside)


def unlock_key(key: Secret, locked: bytes, context: bytes, epoch: int = 0) -> Secret:
    """The key again, in no other place. What is no key: Sealed."""
    inside, length = _unlock(key, locked, context, epoch)
    try:
        if length != KEY_BYTES:
            raise Sealed
        return Secret.opened(inside)
    finally:
        memory.wipe(inside)


def _lock(key: Secret, text: Any, context: bytes, epoch: int) -> bytes:
    """Wipes the text: it is a copy."""
    header = _lock_header(epoch)
    nonce, bound = secrets.token_bytes(NONCE_BYTES), header + context
    padded = memory.blank((len(text) // PADDING + 1) * PADDING)
    ffi.memmove(padded, text, len(text))
    padded[len(text)] = 0x80  # as sodium_pad does
    memory.wipe(text)
    sealed = memory.blank(len(padded) + bindings.crypto_aead_xchacha20poly1305_ietf_ABYTES)
    lib.crypto_aead_xchacha20poly1305_ietf_encrypt(
        sealed, ffi.NULL, padded, len(padded), bound, len(bound), ffi.NULL, nonce, key.held
    )
    memory.wipe(padded)
    return header + nonce + memory.text_of(sealed, 0, len(sealed))


def _unlock(key: Secret, locked: bytes, context: bytes, epoch: int) -> tuple[Any, int]:
    """What was inside, to be wiped by the caller, and how much of it is not padding."""
    header, nonce = locked[:HEADER_BYTES], locked[HEADER_BYTES : HEADER_BYTES + NONCE_BYTES]
    if header != _lock_header(epoch) or len(locked) < LOCKED_LEAST:
        raise Sealed
    body, bound = locked[HEADER_BYTES + NONCE_BYTES :], header + context
    inside = memory.blank(len(body) - bindings.crypto_aead_xchacha20poly1305_ietf_ABYTES)
    refused = lib.crypto_aead_xchacha20poly1305_ietf_decrypt(
        inside, ffi.NULL, ffi.NULL, body, len(body), bound, len(bound), nonce, key.held
    )
    length = ffi.new("size_t *")
    if refused or len(inside) % PADDING or lib.sodium_unpad(length, inside, len(inside), PADDING):
        memory.wipe(inside)
        raise Sealed
    return inside, int(length[0])


def epoch_of(locked: bytes) -> int:
    """The epoch a lock says it was made in; believe it only once it opened. No lock of ours: Sealed."""
    if locked[:2] != LOCK_HEADER or len(locked) < HEADER_BYTES:
        raise Sealed
    return int.from_bytes(locked[2:HEADER_BYTES], "big")


def _lock_header(epoch: int) -> bytes:
    if not 0 <= epoch <= EPOCH_MAX:
        raise Sealed
    return LOCK_HEADER + epoch.to_bytes(2, "big")


# Seal ---------------------------------------------------------------------------------------------------------------


def seal(public: bytes, key: Secret, context: bytes) -> bytes:
    """A key to one public key, 100 bytes. A sealed box has no associated data: 16 bytes inside bind it to its place."""
    inside = memory.blank(BINDING_BYTES + KEY_BYTES)
    ffi.memmove(inside, _binding(context), BINDING_BYTES)
    ffi.memmove(inside + BINDING_BYTES, key.held, KEY_BYTES)
    return SEAL_HEADER + _box(public, inside)


def open_seal(holder: OpenKey, sealed: bytes, context: bytes) -> Secret:
    """The key inside. A seal moved from another place, or to another holder: Sealed."""
    if sealed[:HEADER_BYTES] != SEAL_HEADER or len(sealed) != SEALED_BYTES:
        raise Sealed
    inside = _unbox(holder, sealed[HEADER_BYTES:])
    try:
        if not same(memory.text_of(inside, 0, BINDING_BYTES), _binding(context)):
            raise Sealed
        return Secret.opened(inside, BINDING_BYTES)
    finally:
        memory.wipe(inside)


def pair(outer_public: bytes, inner_public: bytes, key: Secret, context: bytes) -> bytes:
    """A key in an envelope within an envelope, 152 bytes: two people, in this order, are needed to open it."""
    return envelope(outer_public, seal(inner_public, key, context))


def envelope(outer_public: bytes, inner: bytes) -> bytes:
    """The outer one of the two, around a seal."""
    return PAIR_HEADER + _box(outer_public, memory.filled(inner))


def peel(outer: OpenKey, paired: bytes) -> bytes:
    """Take off the outer envelope. What is left is a seal for the second holder; the first cannot read it."""
    if paired[:HEADER_BYTES] != PAIR_HEADER or len(paired) != PAIRED_BYTES:
        raise Sealed
    inner = _unbox(outer, paired[HEADER_BYTES:])
    return memory.text_of(inner, 0, len(inner))


def _box(public: bytes, inside: Any) -> bytes:
    """Wipes what it was given: it is a copy."""
    try:
        box = memory.blank(len(inside) + bindings.crypto_box_SEALBYTES)
        if len(public) != KEY_BYTES or lib.crypto_box_seal(box, inside, len(inside), public):
            raise Sealed  # a public key of wrong length or of low order
        return memory.text_of(box, 0, len(box))
    finally:
        memory.wipe(inside)


def _unbox(holder: OpenKey, box: bytes) -> Any:
    inside = memory.blank(len(box) - bindings.crypto_box_SEALBYTES)
    if lib.crypto_box_seal_open(inside, box, len(box), holder.public, holder.private.held):
        raise Sealed
    return inside


def _binding(context: bytes) -> bytes:
    return h(context, person=b"hk.bind.v1", size=BINDING_BYTES)


# Contexts -----------------------------------------------------------------------------------------------------------


def context(*parts: str | int | UUID | bytes) -> bytes:
    """One context: `hk1|a|b|...` in ASCII; ids as 32 hex digits, bytes as hex, numbers in decimal.

    A part that could look like two (a bar, a space, a capital, nothing at all) is a ValueError: two places
    must never share a context.
    """
    return "|".join(("hk1", *map(_part, parts))).encode("ascii")


def _part(part: str | int | UUID | bytes) -> str:
    if isinstance(part, UUID):
        return part.hex
    if isinstance(part, bytes):
        return part.hex()
    text = str(part)
    if not WORD.fullmatch(text):
        raise ValueError("not a part of a context")
    return text


def user_context(user: UUID, key_no: int) -> bytes:
    """A person's private key under their passphrase."""
    return context("user", user, key_no)


def session_context(session: UUID, user: UUID, key_no: int, number: int) -> bytes:
    """A person's private key for the length of one session, or until it is sealed."""
    return context("session", session, user, key_no, number)


def field_context(case: UUID, section: str, column: str, row: UUID, epoch: int, seal_no: int, *of: str | UUID) -> bytes:
    """One field of one row as it stood at one sealed write; `column` is `table.column`.

    `of`: of a row that was written for one request its kind and that request; no other row has any.
    """
    return context("field", case, section, column, row, epoch, seal_no, *of)


def wrap_context(case: UUID, section: str, epoch: int, recipient_key: UUID) -> bytes:
    """A section key for one recipient."""
    return context("wrap", case, section, epoch, recipient_key)


def body_context(organisation: UUID, kind: str, key_no: int, recipient_key: UUID) -> bytes:
    """A body's private key (desk or continuity) for one recipient; in a pair, for the inner one."""
    return context("body", organisation, kind, key_no, recipient_key)


def former_context(user: UUID, key_no: int, recipient_key: UUID) -> bytes:
    """A person's former private key for their next one."""
    return context("former", user, key_no, recipient_key)


def packetwrap_context(referral: UUID, packet_no: int, section: str, recipient_key: UUID) -> bytes:
    """A packet's key for one recipient: the inner box."""
    return context("packetwrap", referral, packet_no, section, recipient_key)


def release_context(referral: UUID, packet_no: int, section: str, recipient_key: UUID, epoch: int) -> bytes:
    """The server's lock around that box: the outer lock."""
    return context("release", referral, packet_no, section, recipient_key, epoch)


def packet_context(
    referral: UUID, packet_no: int, section: str, from_org: UUID, to_desk: UUID, purpose: str, consent: UUID
) -> bytes:
    """The agreed fields of one section, or `text`, under the consent that allowed them."""
    return context("packet", referral, packet_no, section, from_org, to_desk, purpose, consent)


def meeting_context(referral: UUID, packet_no: int, from_desk: UUID, to_org: UUID) -> bytes:
    """The line that goes back: hour, place, whom to ask for; or the sender's own, whose two ends are turned round."""
    return context("packet", referral, packet_no, "meeting", from_desk, to_org, "-", "-")


def result_context(referral: UUID, packet_no: int, from_desk: UUID, to_org: UUID, case: UUID) -> bytes:
    """The note that goes back with a result: bound to the sender's case as well, whose team it is for."""
    return context("packet", referral, packet_no, "result", from_desk, to_org, case, "-")


def kept_context(name: str) -> bytes:
    """Small things the server keeps for itself: authenticator seeds, Django's session data."""
    return context("kept", name)
