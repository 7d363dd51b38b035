"""To whom anything may be sealed: public keys and team rows, each with our tag.

Anybody who can write the database can plant a public key; nobody without the keyring can tag it. So every row that
decides who can read is checked here before a key leaves in its direction, and a bad one raises the alarm.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from hamkori.canon import canon
from hamkori.vault import bytes as raw
from hamkori.vault import tags
from hamkori.vault.bytes import Secret, Untrusted
from hamkori.vault.keyring import Keyring

DESK, CONTINUITY = "desk", "continuity"


@dataclass(frozen=True)
class PersonKey:
    """A row of person_key, its public half."""

    id: UUID
    user: UUID
    key_no: int
    public: bytes
    tag: bytes

    def trusted(self, keyring: Keyring) -> bool:
        """Whether we made this key for this user."""
        return keyring.tag_holds(tags.person_key(self.user, self.key_no, self.public).covered, self.tag)


@dataclass(frozen=True)
class BodyKey:
    """A row of body_key, its public half; `kind` is desk or continuity."""

    id: UUID
    organisation: UUID
    kind: str
    key_no: int
    public: bytes
    tag: bytes

    def trusted(self, keyring: Keyring) -> bool:
        """Whether this key was made in a session of this body."""
        fact = tags.body_key(self.organisation, self.kind, self.key_no, self.public)
        return keyring.tag_holds(fact.covered, self.tag)


@dataclass(frozen=True)
class TeamRow:
    """A live row of case_access with the member's current key, as `case_people()` gives it."""

    case: UUID
    membership: UUID
    kind: str
    sections: frozenset[str]
    writes: frozenset[str]
    tag: bytes
    key: PersonKey

    def trusted(self, keyring: Keyring) -> bool:
        """Whether an admission wrote this row as it stands, for the user whose key is ours too."""
        row = _team(self.case, self.membership, self.key.user, self.kind, self.sections, self.writes)
        return keyring.tag_holds(row, self.tag) and self.key.trusted(keyring)


def require_trusted(keyring: Keyring, key: PersonKey | BodyKey | TeamRow) -> None:
    """Untrusted, naming the row, unless the tags hold."""
    if not key.trusted(keyring):
        if isinstance(key, TeamRow):
            raise Untrusted("case_access", key.membership)
        raise Untrusted("person_key" if isinstance(key, PersonKey) else "body_key", key.id)


def require_body(keyring: Keyring, key: BodyKey, organisation: UUID, kind: str) -> None:
    """Untrusted unless this is a key of that body and kind: another body's good key is a wrong one here."""
    if key.organisation != organisation or key.kind != kind:
        raise Untrusted("body_key", key.id)
    require_trusted(keyring, key)


def tag_person(keyring: Keyring, user: UUID, key_no: int, public: bytes) -> bytes:
    """The tag of a person's public key."""
    return keyring.tag(tags.person_key(user, key_no, public).covered)


def tag_body(keyring: Keyring, organisation: UUID, kind: str, key_no: int, public: bytes) -> bytes:
    """The tag of a body's public key."""
    return keyring.tag(tags.body_key(organisation, kind, key_no, public).covered)


def tag_team(
    keyring: Keyring,
    case: UUID,
    membership: UUID,
    user: UUID,
    kind: str,
    sections: Iterable[str],
    writes: Iterable[str],
) -> bytes:
    """The tag of a team row; the order of the sections does not matter. A change of any part needs a new tag."""
    return keyring.tag(_team(case, membership, user, kind, sections, writes))


def tag_epoch(keyring: Keyring, case: UUID, section: str, epoch: int, key: Secret) -> bytes:
    """The tag of a section's epoch, over the key's commitment: nobody can plant an epoch whose key he knows."""
    return keyring.tag(tags.epoch(case, section, epoch, commitment(key)).covered)


def epoch_trusted(keyring: Keyring, case: UUID, section: str, epoch: int, key: Secret, tag: bytes) -> bool:
    """Whether this very key was minted for this epoch."""
    return keyring.tag_holds(tags.epoch(case, section, epoch, commitment(key)).covered, tag)


def commitment(key: Secret) -> bytes:
    """Names a key without telling it."""
    return raw.h(key.raw, person=b"hk.commit.v1")


def _team(case: UUID, membership: UUID, user: UUID, kind: str, sections: Iterable[str], writes: Iterable[str]) -> bytes:
    return canon("team", case, membership, user, kind, frozenset(sections), frozenset(writes))
