"""The keyring: what the database must not know.

One file, mode 0400, owned by the process that serves, outside the database and its backups. JSON with hex keys, each
under its version: `pepper` (passphrases), `tag` (whatever decides who reads), `kept` (authenticator seeds, session
data, permits), `proof` (what definers ask for), `release` (outer locks of packets, by epoch) and `world` (real, demo or
test). New things are made under the newest version; an older one is kept until nothing uses it any more.
A lost keyring loses every vault for good. Who holds the file and a dump can guess passphrases; he still opens nothing
without one.
See docs/design/keys-and-walls.md#the-keyring-and-its-versions.
"""

import json
import re
from typing import NamedTuple, Never

from hamkori.vault import bytes as raw
from hamkori.vault.bytes import EPOCH_MAX, NAMELESS, Sealed, Secret, Untrusted

FORMAT = 2
NAMES = ("pepper", "tag", "kept", "proof")
RELEASE = "release"
ALL = (*NAMES, RELEASE)
EPOCH = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
VERSION_BYTES = 2

Versions = dict[int, Secret]


class Stretching(NamedTuple):
    """Argon2id: passes over the memory, and its size in bytes."""

    ops: int
    memory: int


# What a new credential costs, and the least that a row may ask for. Only the production world protects people.
STRETCHING = {
    "real": Stretching(3, 64 * 1024 * 1024),
    "demo": Stretching(1, 8 * 1024 * 1024),
    "test": Stretching(1, 8 * 1024),
}


class KeyringRefused(Exception):
    """The keyring file cannot be used or made. `reason` is a code for the launcher's sentence; no content."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Keyring:
    """The server's own keys, behind the few questions that may be asked of them."""

    __slots__ = ("_keys", "world")

    def __init__(self, world: str, keys: dict[str, Versions]) -> None:
        """Other names, an unknown world, a key without a version: KeyringRefused('format')."""
        numbered = all(bool(one) and all(1 <= no <= EPOCH_MAX for no in one) for one in keys.values())
        if world not in STRETCHING or set(keys) != set(ALL) or not numbered:
            raise KeyringRefused("format")
        self.world = world
        self._keys = keys

    @classmethod
    def fresh(cls, world: str) -> "Keyring":
        """New keys in memory, each of version 1."""
        return cls(world, {name: {1: Secret.new()} for name in ALL})

    def __repr__(self) -> str:
        return f"<keyring of the {self.world} world>"

    def __reduce__(self) -> Never:
        raise TypeError("a keyring is not written anywhere but to its file")

    @property
    def stretching(self) -> Stretching:
        """What a new credential of this world costs, which is also the floor for stored ones."""
        return STRETCHING[self.world]

    # Versions ---------------------------------------------------------------------------------------------------

    def versions(self, name: str) -> tuple[int, ...]:
        """The versions of a key that are still held, oldest first; the last one makes what is new."""
        return tuple(sorted(self._keys[name]))

    def newest(self, name: str) -> int:
        """The version that makes what is new."""
        return max(self._keys[name])

    def with_next(self, name: str) -> "Keyring":
        """The same keyring with one version more of this key."""
        return self._with(name, {**self._keys[name], self.newest(name) + 1: Secret.new()})

    def without(self, name: str, number: int) -> "Keyring":
        """The same keyring without an old version. The newest, or an unknown one: KeyringRefused."""
        if number not in self._keys[name] or number == self.newest(name):
            raise KeyringRefused("release_epoch" if name == RELEASE else "version")
        return self._with(name, {no: key for no, key in self._keys[name].items() if no != number})

    def _with(self, name: str, versions: Versions) -> "Keyring":
        return Keyring(self.world, {**self._keys, name: versions})

    def _version(self, name: str, number: int | None) -> Secret:
        """This version of the key, or the newest. One that we lack: Sealed."""
        key = self._keys[name].get(self.newest(name) if number is None else number)
        if key is None:
            raise Sealed
        return key

    def _lock(self, name: str, text: bytes, context: bytes) -> bytes:
        number = self.newest(name)
        return raw.lock(self._keys[name][number], text, context, number)

    def _unlock(self, name: str, locked: bytes, context: bytes) -> bytes:
        number = raw.epoch_of(locked)
        return raw.unlock(self._version(name, number), locked, context, number)

    # Questions --------------------------------------------------------------------------------------------------

    def peppered(
        self, data: bytes, *, person: bytes = b"", salt: bytes = b"", size: int = 32, number: int | None = None
    ) -> bytes:
        """H under the pepper: of no use to anybody who holds only the database. A version we lack: Sealed."""
        return raw.h(data, key=self._version("pepper", number).raw, person=person, salt=salt, size=size)

    def tag(self, fact: bytes) -> bytes:
        """Our mark on something the database keeps for us: two bytes of version, then 32. Untrusted: it is nothing."""
        if not fact:
            raise Untrusted("row", NAMELESS)
        number = self.newest("tag")
        return number.to_bytes(VERSION_BYTES, "big") + self._tag(fact, self._keys["tag"][number])

    def tag_holds(self, fact: bytes, tag: bytes) -> bool:
        """Whether this mark is ours, for exactly this. A version we do not hold is nobody's."""
        if not fact or not isinstance(tag, bytes | memoryview):  # the database chooses in which type it answers
            return False
        key = self._keys["tag"].get(int.from_bytes(tag[:VERSION_BYTES], "big"))
        return key is not None and raw.same(self._tag(fact, key), tag[VERSION_BYTES:])

    def tag_text(self, fact: bytes) -> str:
        """The same as a form carries it."""
        return self.tag(fact).hex()

    def tag_text_holds(self, fact: bytes, text: str) -> bool:
        """Whether that text, which anybody may have written, is our mark for exactly this."""
        try:
            return self.tag_holds(fact, bytes.fromhex(text))
        except ValueError:
            return False

    @staticmethod
    def _tag(fact: bytes, key: Secret) -> bytes:
        return raw.h(fact, key=key.raw, person=b"hk.tag.v2")

    def lock_kept(self, name: str, text: bytes) -> bytes:
        """Lock what the server itself must read again; `name` says for which use and whose it is."""
        return self._lock("kept", text, raw.kept_context(name))

    def unlock_kept(self, name: str, locked: bytes) -> bytes:
        """The text again; another use, owner, version or keyring: Sealed."""
        return self._unlock("kept", locked, raw.kept_context(name))

    def proof_key(self, number: int | None = None) -> bytes:
        """The root of each database's own key for proofs (hamkori.vault.proof). A version we lack: Sealed."""
        return self._version("proof", number).raw

    def shown(self) -> str:
        """What the pages show the database with each token: hex, of the newest proof key and the one before."""
        return ",".join(self.shown_under(number) for number in self.versions("proof")[:-3:-1])

    def shown_under(self, number: int) -> str:
        """The same under one version, of which the database keeps the hash. A version we lack: Sealed."""
        return raw.h(b"", key=self.proof_key(number), person=b"hk.pages.v1").hex()

    # Release epochs ---------------------------------------------------------------------------------------------

    @property
    def release_epoch(self) -> int:
        """The epoch of new outer locks: the newest."""
        return self.newest(RELEASE)

    @property
    def release_epochs(self) -> tuple[int, ...]:
        """All epochs not yet destroyed, oldest first."""
        return self.versions(RELEASE)

    def lock_release(self, text: bytes, context: bytes) -> bytes:
        """The outer lock of a packet's seal, under the newest epoch (which `context` must name)."""
        return self._lock(RELEASE, text, context)

    def unlock_release(self, locked: bytes, context: bytes) -> bytes:
        """The seal inside. A destroyed epoch: Sealed, for ever."""
        return self._unlock(RELEASE, locked, context)

    # Writing ----------------------------------------------------------------------------------------------------

    def file_text(self) -> str:
        """What the file holds."""
        content = {
            "hamkori_keyring": FORMAT,
            "world": self.world,
            **{name: _numbered(self._keys[name]) for name in ALL},
        }
        return json.dumps(content, indent=1) + "\n"


def _numbered(versions: Versions) -> dict[str, str]:
    return {str(number): key.raw.hex() for number, key in sorted(versions.items())}


def _key(digits: object) -> Secret:
    if not isinstance(digits, str):
        raise KeyringRefused("format")
    try:
        return Secret(bytes.fromhex(digits))
    except (ValueError, Sealed):
        raise KeyringRefused("format") from None


def _versions(content: object) -> Versions:
    if not isinstance(content, dict) or not all(EPOCH.fullmatch(number) for number in content):
        raise KeyringRefused("format")
    return {int(number): _key(key) for number, key in content.items()}


def parse(text: bytes) -> Keyring:
    """What a file holds. KeyringRefused: format, older."""
    try:
        content = json.loads(text)
    except ValueError:
        raise KeyringRefused("format") from None
    if not isinstance(content, dict):
        raise KeyringRefused("format")
    if content.get("hamkori_keyring") == 1:
        raise KeyringRefused("older")  # keys without versions: only demonstrations ever had them
    if content.get("hamkori_keyring") != FORMAT or set(content) != {"hamkori_keyring", "world", *ALL}:
        raise KeyringRefused("format")
    return Keyring(str(content["world"]), {name: _versions(content[name]) for name in ALL})
