"""A person's passphrase and key: one slow stretch, two outputs.

`login` is stored and proves who it is; `kek` is never stored and opens the private key. Both need the keyring's
pepper, so a dump alone cannot be guessed at; both carry the user id, so a credential copied to another user is void.
Here also: what a passphrase must be like, and the words we offer.
See docs/design/keys-and-walls.md#a-persons-key.
"""

import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

from nacl import bindings

from hamkori.vault import bytes as raw
from hamkori.vault.bytes import OpenKey, Sealed, Secret, Untrusted
from hamkori.vault.keyring import VERSION_BYTES, Keyring, Stretching
from hamkori.vault.recipients import tag_person

SALT_BYTES = 16
ROOT_BYTES = 64
LOGIN_BYTES = VERSION_BYTES + 32
FIRST_PEPPER = 1
# A row that asks for more than this was not written by us, and would only exhaust the server.
CEILING = Stretching(16, 1024 * 1024 * 1024)
# 64 MiB each: more at once would let a burst of sign-ins take the machine's memory.
SIDE_BY_SIDE = 2
_turns = threading.BoundedSemaphore(SIDE_BY_SIDE)


@dataclass
class Ahead:
    """What was stretched before the transaction that asks for it: roots by text, salt and cost, salts for new ones."""

    roots: dict[tuple[str, bytes, Stretching], bytes] = field(default_factory=dict, repr=False)
    salts: dict[str, bytes] = field(default_factory=dict, repr=False)


_ahead: ContextVar[Ahead | None] = ContextVar("ahead", default=None)


@contextmanager
def ahead() -> Iterator[None]:
    """Within this, nothing is stretched twice: what is asked before the transaction is at hand inside it."""
    kept = Ahead()
    token = _ahead.set(kept)
    try:
        yield
    finally:
        _ahead.reset(token)
        kept.roots.clear()
        kept.salts.clear()


def stretch_new(keyring: Keyring, typed: str) -> None:
    """Stretch a passphrase that will be set, ahead of its `set_passphrase`."""
    kept = _ahead.get()
    if kept is not None:
        salt = kept.salts.setdefault(typed, secrets.token_bytes(SALT_BYTES))
        _stretch(typed, salt, keyring.stretching)


class BelowFloor(Exception):
    """A stored credential asks for less (or absurdly more) work than this world allows. Nothing was computed."""


@dataclass(frozen=True)
class Credential:
    """The credential row. Worthless without the pepper; still never shown."""

    user: UUID
    salt: bytes = field(repr=False)
    ops: int
    memory: int
    login: bytes = field(repr=False)

    @property
    def pepper_no(self) -> int:
        """The version of the pepper under which it lies. From before peppers had versions it is the first."""
        return int.from_bytes(self.login[:VERSION_BYTES], "big") if len(self.login) == LOGIN_BYTES else FIRST_PEPPER


@dataclass(frozen=True)
class NewKey:
    """What the person_key row gets (public, tag, box), and the key itself for this request."""

    public: bytes
    tag: bytes
    box: bytes = field(repr=False)
    opened: OpenKey


def set_passphrase(keyring: Keyring, user: UUID, typed: str) -> tuple[Credential, Secret]:
    """A new credential and the kek, with a new salt. Ask `passphrase.weakness` first; this asks nothing."""
    cost = keyring.stretching
    kept = _ahead.get()
    salt = (kept.salts.pop(typed, None) if kept else None) or secrets.token_bytes(SALT_BYTES)
    root = _stretch(typed, salt, cost)
    number = keyring.newest("pepper")
    login = _login(keyring, root, user, number)
    return Credential(user, salt, cost.ops, cost.memory, login), _kek(keyring, root, user, number)


def sign_in(keyring: Keyring, email: str, typed: str, credential: Credential | None) -> Secret | None:
    """The kek if the passphrase is right, else None.

    `credential` None is an e-mail nobody has: the same work is done, with a salt that stays the same for this e-mail.
    BelowFloor: the stored parameters are not of this world. Untrusted: it names a pepper that this keyring lacks, or
    its salt or its hash is of no length of ours.
    """
    known = credential or _nobody(keyring, email)
    cost = Stretching(known.ops, known.memory)
    floor = keyring.stretching
    if cost.ops < floor.ops or cost.memory < floor.memory or cost.ops > CEILING.ops or cost.memory > CEILING.memory:
        raise BelowFloor
    if len(known.salt) != SALT_BYTES or len(known.login) not in (LOGIN_BYTES - VERSION_BYTES, LOGIN_BYTES):
        raise Untrusted("credential", known.user)
    root = _stretch(typed, known.salt, cost)
    try:
        login = _login(keyring, root, known.user, known.pepper_no)
        right = raw.same(login[-len(known.login) :], known.login)
        kek = _kek(keyring, root, known.user, known.pepper_no)
    except Sealed:  # under a pepper that this keyring does not hold: no passphrase of theirs was ever put there
        raise Untrusted("credential", known.user) from None
    return kek if right and credential is not None else None


@dataclass(frozen=True)
class Turned:
    """The same passphrase and pair under the newest pepper: what the credential row gets."""

    login: bytes = field(repr=False)
    box: bytes = field(repr=False)


def under_newest_pepper(
    keyring: Keyring, credential: Credential, typed: str, key: OpenKey, key_no: int
) -> Turned | None:
    """For a passphrase that was right. None: it lies there already. The root stays, so nothing is stretched anew."""
    number, user = keyring.newest("pepper"), credential.user
    if credential.pepper_no == number:
        return None
    root = _stretch(typed, credential.salt, Stretching(credential.ops, credential.memory))
    box = _box(_kek(keyring, root, user, number), user, key_no, key)
    return Turned(_login(keyring, root, user, number), box)


def new_person_key(keyring: Keyring, user: UUID, key_id: UUID, key_no: int, kek: Secret) -> NewKey:
    """A new pair: at the invitation (`key_no` 1), with each new passphrase (one more)."""
    opened = OpenKey(key_id, Secret.new())
    return NewKey(
        opened.public, tag_person(keyring, user, key_no, opened.public), _box(kek, user, key_no, opened), opened
    )


def new_person(keyring: Keyring, user: UUID, key_id: UUID, key_no: int, typed: str) -> tuple[Credential, NewKey]:
    """Credential and pair in one stretch, as the invitation needs them."""
    credential, kek = set_passphrase(keyring, user, typed)
    return credential, new_person_key(keyring, user, key_id, key_no, kek)


def open_box(kek: Secret, box: bytes, user: UUID, key_id: UUID, key_no: int) -> OpenKey:
    """The key pair. A box of another person, key number or passphrase: Sealed."""
    return OpenKey(key_id, raw.unlock_key(kek, box, raw.user_context(user, key_no)))


@dataclass(frozen=True)
class Changed:
    """A new passphrase with a new pair of its own, and the old pair, open to be sealed on from."""

    credential: Credential
    key: NewKey
    former: OpenKey


def change_passphrase(
    keyring: Keyring, credential: Credential, box: bytes, key: tuple[UUID, int], new_key: tuple[UUID, int], old: str,
    new: str,
) -> Changed | None:  # fmt: skip
    """A new pair under a new passphrase; each key is named by its row and number. None: the old passphrase is wrong.

    Whoever has seen the old passphrase, and a copy of the old box, opens nothing that is sealed from now on. The
    caller seals on what the old pair held.
    """
    kek = sign_in(keyring, "", old, credential)
    if kek is None:
        return None
    former = open_box(kek, box, credential.user, *key)
    changed, new_kek = set_passphrase(keyring, credential.user, new)
    return Changed(changed, new_person_key(keyring, credential.user, *new_key, new_kek), former)


def _box(kek: Secret, user: UUID, key_no: int, opened: OpenKey) -> bytes:
    return raw.lock_key(kek, opened.private, raw.user_context(user, key_no))


def _stretch(typed: str, salt: bytes, cost: Stretching) -> bytes:
    """The root: the only slow step, at most two at a time. Typed text is neither trimmed nor folded, only NFC."""
    kept = _ahead.get()
    place = (typed, salt, cost)
    if kept is not None and place in kept.roots:
        return kept.roots[place]
    # surrogatepass: what no keyboard types must fail like any wrong passphrase, not as a fault.
    text = unicodedata.normalize("NFC", typed).encode("utf-8", "surrogatepass")
    with _turns:
        root = bindings.crypto_pwhash_alg(
            ROOT_BYTES, text, salt, cost.ops, cost.memory, bindings.crypto_pwhash_ALG_ARGON2ID13
        )
    if kept is not None:
        kept.roots[place] = root
    return root


def _login(keyring: Keyring, root: bytes, user: UUID, number: int) -> bytes:
    """The pepper's version in two bytes, as a tag names its own; then what is compared."""
    said = keyring.peppered(root, salt=user.bytes, person=b"hk.login.v1", number=number)
    return number.to_bytes(VERSION_BYTES, "big") + said


def _kek(keyring: Keyring, root: bytes, user: UUID, number: int) -> Secret:
    return Secret(keyring.peppered(root, salt=user.bytes, person=b"hk.vault.v1", number=number))


def _nobody(keyring: Keyring, email: str) -> Credential:
    salt = keyring.peppered(email.encode("utf-8", "surrogatepass"), size=SALT_BYTES)
    login = keyring.newest("pepper").to_bytes(VERSION_BYTES, "big") + bytes(32)
    return Credential(UUID(bytes=salt), salt, *keyring.stretching, login=login)
